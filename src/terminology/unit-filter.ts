/**
 * The filter that UCUM has for value sets: `canonical`, the units of one dimension. R4's units of time and of distance
 * are chosen by it.
 * https://hl7.org/fhir/R4/ucum.html#filters
 */
import type { ValueSetComposeIncludeFilter } from '@medplum/fhirtypes';
import type { CanonicalUnits } from './canonical-units.ts';

/** @returns a test of codes of UCUM; undefined for a filter that cannot be evaluated here */
export function unitFilter(
  { property, op, value }: ValueSetComposeIncludeFilter,
  canonicalUnits: CanonicalUnits,
): ((code: string) => boolean) | undefined {
  if (property !== 'canonical' || op !== '=' || value === undefined) return undefined;
  return (code) => {
    const dimension = canonicalUnits(value)?.key;
    return dimension !== undefined && canonicalUnits(code)?.key === dimension;
  };
}
