/**
 * The score of an answer: the weight that its value carries, else what the form says about it.
 * https://hl7.org/fhir/uv/sdc/expressions.html#fhirpath-supplements
 */
import type { Environment, TypedValue } from '../expression.ts';
import { list } from './navigation.ts';

const scores: ReadonlySet<unknown> = new Set([
  'http://hl7.org/fhir/StructureDefinition/itemWeight',
  'http://hl7.org/fhir/StructureDefinition/ordinalValue',
]);

interface MaybeExtended {
  readonly extension?: unknown;
}

export function weight(environment: Environment, { value, element }: TypedValue): number | undefined {
  const extended = (typeof value === 'object' ? value : element) as MaybeExtended | null | undefined;
  for (const extension of list(extended?.extension)) {
    const { url, valueDecimal } = extension as { url?: unknown; valueDecimal?: unknown };
    if (scores.has(url) && typeof valueDecimal === 'number') return valueDecimal;
  }
  return environment.weight?.(value);
}
