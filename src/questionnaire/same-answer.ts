/** When two answers are the same, and which is greater. https://hl7.org/fhir/R4/questionnaire.html#enableWhen */
import { isObject } from '../fhir/resource.ts';
import { compareUnitValues } from '../terminology/canonical-units.ts';
import { ucumSystem } from '../terminology/ucum.ts';

/**
 * Codings by system and code, or by their display where they have none, references by their reference, quantities by
 * value and unit, the rest by value.
 */
export function isSameAnswer(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return one === other;
  if ('code' in other && !('value' in other)) return one.code === other.code && one.system === other.system;
  if ('reference' in other) return one.reference === other.reference;
  if ('display' in other && !('value' in other)) return !('code' in one) && one.display === other.display;
  return (
    one.value === other.value &&
    (one.code ?? one.unit) === (other.code ?? other.unit) &&
    one.system === other.system
  );
}

/** A time on a day in a zone. */
const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Negative, zero or positive; undefined for what cannot be compared. Dates and times compare as their text does, those
 * in zones by the time they stand for.
 */
export function compareAnswers(one: unknown, other: unknown): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') {
    if (instant.test(one) && instant.test(other)) return Date.parse(one) - Date.parse(other);
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
