/**
 * What a token, reference or URI sorts by: a code by its code, a reference by its text.
 * https://hl7.org/fhir/R4/search.html#sort
 */
import { isObject } from '../fhir/resource.ts';
import type { TypedValue } from '../fhirpath/expression.ts';

/** The elements that tell, the most telling first. */
const telling = ['code', 'value', 'reference', 'display', 'text'] as const;

export function sortTexts({ value }: TypedValue): string[] {
  if (!isObject(value)) return value === undefined || value === null ? [] : [String(value)];
  if (Array.isArray(value.coding) && value.coding.length > 0) {
    const codes = value.coding.flatMap((coding) => sortTexts({ type: 'Coding', value: coding }));
    if (codes.length > 0) return codes;
  }
  for (const element of telling) {
    const text = value[element];
    if (typeof text === 'string') return [text];
  }
  return [];
}
