/**
 * Compartment search: `Patient/1/Observation?…` finds what belongs to the patient by any of the parameters that the
 * compartment's definition names.
 * https://hl7.org/fhir/R4/compartmentdefinition-patient.html
 */
import { refuse } from '../core/fhir-error.ts';
import type { Registry } from '../fhir/registry.ts';
import { anyOf, termNode } from './params/kind.ts';
import { targetPrefix } from './params/reference.ts';
import type { PlanNode } from './plan.ts';
import type { TypeParameters } from './type-parameters.ts';

/**
 * @param patient id
 * @throws FhirError for a type that has no place in the compartment
 */
export function compartmentOf(
  patient: string,
  resourceType: string,
  parameters: TypeParameters,
  registry: Registry,
): PlanNode {
  const codes = registry.patientCompartmentParameters(resourceType);
  const itself: PlanNode[] = resourceType === 'Patient' ? [{ kind: 'ids', ids: [patient] }] : [];
  if (codes.length + itself.length === 0) {
    throw refuse('invalid-parameter', `${resourceType} has no place in the compartment of a patient`);
  }
  const members = codes.flatMap((code) => parameters.get(code)?.indexedAs ?? []);
  return anyOf([...itself, ...members.map(({ name }) => termNode(targetPrefix(name, 'Patient') + patient))]);
}
