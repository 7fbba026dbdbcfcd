/** When two answers are the same, and which is greater. https://hl7.org/fhir/R4/questionnaire.html#enableWhen */
import { isObject } from '../fhir/resource.ts';

/** Codings by system and code, references by their reference, quantities by value and unit, the rest by value. */
export function isSameAnswer(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return one === other;
  if ('code' in other && !('value' in other)) return one.code === other.code && one.system === other.system;
  if ('reference' in other) return one.reference === other.reference;
  return (
    one.value === other.value &&
    (one.code ?? one.unit) === (other.code ?? other.unit) &&
    one.system === other.system
  );
}

/** Negative, zero or positive; undefined for what cannot be compared. Dates and times compare as their text does. */
export function compareAnswers(one: unknown, other: unknown): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : one > other ? 1 : 0;
  if (isObject(one) && isObject(other) && (one.code ?? one.unit) === (other.code ?? other.unit)) {
    return compareAnswers(one.value, other.value);
  }
  return undefined;
}
