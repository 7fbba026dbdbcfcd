/** When two answers are the same, and which is greater. https://hl7.org/fhir/R4/questionnaire.html#enableWhen */
import { isObject } from '../fhir/resource.ts';
import { compareUnitValues } from '../terminology/canonical-units.ts';
import { ucumSystem } from '../terminology/ucum.ts';
import { compareMoments, isMoment } from './compare-moments.ts';

/**
 * Codings by system and code, or by their display where they have none, references by their reference or identifier,
 * quantities by value and unit, dates and times by what they stand for, the rest by value.
 */
export function isSameAnswer(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return one === other || isSameMoment(one, other);
  if ('code' in other && !('value' in other)) return one.code === other.code && one.system === other.system;
  if ('reference' in other) return one.reference === other.reference;
  if ('identifier' in other) return isSameIdentifier(one.identifier, other.identifier);
  if ('display' in other && !('value' in other)) return !('code' in one) && one.display === other.display;
  const isAlike =
    one.value === other.value &&
    (one.code ?? one.unit) === (other.code ?? other.unit) &&
    one.system === other.system;
  return isAlike || (isMeasure(one) && isMeasure(other) && compareUnitValues(one, other) === 0);
}

function isSameMoment(one: unknown, other: unknown): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return false;
  return isMoment(one) && isMoment(other) && compareMoments(one, other) === 0;
}

const isSameIdentifier = (one: unknown, other: unknown) =>
  isObject(one) && isObject(other) && one.value === other.value && one.system === other.system;

/** Negative, zero or positive; undefined for what cannot be compared. */
export function compareAnswers(one: unknown, other: unknown): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') {
    if (isMoment(one) && isMoment(other)) return compareMoments(one, other);
    return one < other ? -1 : one > other ? 1 : 0;
  }
  return isObject(one) && isObject(other) ? compareQuantities(one, other) : undefined;
}

type Quantity = Record<string, unknown>;

function compareQuantities(one: Quantity, other: Quantity): number | undefined {
  if ((one.code ?? one.unit) === (other.code ?? other.unit)) return compareAnswers(one.value, other.value);
  return isMeasure(one) && isMeasure(other) ? compareUnitValues(one, other) : undefined;
}

/** Of UCUM's units one can be converted into another. */
function isMeasure(quantity: Quantity): quantity is Quantity & { value: number; code: string } {
  const { system, code, value } = quantity;
  return system === ucumSystem && typeof code === 'string' && typeof value === 'number';
}
