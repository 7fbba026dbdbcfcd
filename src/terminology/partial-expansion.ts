/**
 * Expansions that do not list every code: of a terminology too large to list, or cut at a limit.
 * https://hl7.org/fhir/R4/valueset.html#expansion
 */
import type { ValueSetExpansion } from '@medplum/fhirtypes';

/** HL7 marks expansions that leave codes out. */
export function isPartial({ extension = [], parameter = [] }: ValueSetExpansion): boolean {
  return (
    extension.some(({ url }) => /\/valueset-(?:toocostly|unclosed)$/.test(url)) ||
    parameter.some(({ name, valueBoolean }) => name === 'limitedExpansion' && valueBoolean === true)
  );
}
