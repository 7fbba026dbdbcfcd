/**
 * Search parameters that are no expression over a resource, beside those that shape the answer.
 * https://hl7.org/fhir/R4/search.html#all
 */
import { type FhirError, refuse } from '../core/fhir-error.ts';
import type { ConditionContext } from './condition-context.ts';

/** As the CapabilityStatement claims them: `_has` and `_list` have no definition in R4. */
export const specialParameters = [
  { code: '_text', type: 'string', definition: 'http://hl7.org/fhir/SearchParameter/DomainResource-text' },
  { code: '_content', type: 'string', definition: 'http://hl7.org/fhir/SearchParameter/Resource-content' },
  { code: '_filter', type: 'special', definition: 'http://hl7.org/fhir/SearchParameter/filter' },
  { code: '_list', type: 'string', definition: undefined },
  { code: '_has', type: 'string', definition: undefined },
] as const;

/** @param code as asked for, if it may be one that is not ready yet */
export function unknownParameter(
  { resourceType, subject, parameters, pending }: ConditionContext,
  code?: string,
): FhirError {
  const known = [...parameters.keys(), ...specialParameters.map((special) => special.code)].join(', ');
  const progress = code === undefined ? undefined : pending?.(resourceType, code);
  return refuse('unknown-parameter', `${subject} has no such search parameter; it has: ${known}`, {
    ...(progress === undefined ? {} : { hint: progress }),
  });
}
