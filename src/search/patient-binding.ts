/**
 * Searches within one patient's resources, or a few's: they read short lists of joint terms, and what they answer
 * only changes with those patients' compartments.
 */
import type { Registry } from '../fhir/registry.ts';
import type { Condition } from './condition-context.ts';
import { findsPatient, isJoint, isJointTerm, joined } from './joint-terms.ts';
import { anyOf } from './params/kind.ts';
import type { ReferenceTerm } from './params/reference.ts';
import type { TokenTerm } from './params/token.ts';
import type { PlanNode } from './plan.ts';
import type { TypeParameters } from './type-parameters.ts';

/** The patients a condition asks for, as `Patient/1`; undefined when it asks for anything else too. */
function patientsOf({ parameter, modifier, terms }: Condition): string[] | undefined {
  if (parameter?.type !== 'reference' || terms.length === 0) return undefined;
  if (modifier !== undefined && modifier !== 'Patient') return undefined;
  const targets = (terms as ReferenceTerm[]).map((term) =>
    term.by === 'target' && term.version === undefined && term.target.startsWith('Patient/')
      ? term.target
      : undefined,
  );
  return targets.every((target) => target !== undefined) ? targets : undefined;
}

/**
 * All conditions as one plan, with codes joined to the patient where the index has them so.
 * @param compartment what else a resource must meet
 */
export function planOf(
  conditions: readonly Condition[],
  parameters: TypeParameters,
  compartment?: PlanNode,
): PlanNode {
  const binding = conditions.find(
    (condition) => patientsOf(condition) && findsPatient(condition.parameter!, parameters),
  );
  const patients = binding && patientsOf(binding)!;
  const joinable = patients ? conditions.filter(isJoinable) : [];
  const nodes = conditions.flatMap((condition) => {
    if (patients && joinable.includes(condition)) {
      return anyOf(patients.map((patient) => joined(condition.node, patient)));
    }
    // A joint term says both.
    return condition === binding && joinable.length > 0 ? [] : condition.node;
  });
  return conjunction(compartment ? [compartment, ...nodes] : nodes);
}

/** All conditions as one plan, as they are; those of a compartment before them. */
export function allConditions(conditions: readonly Condition[], compartment?: PlanNode): PlanNode {
  const nodes = conditions.map(({ node }) => node);
  return conjunction(compartment ? [compartment, ...nodes] : nodes);
}

function conjunction(nodes: readonly PlanNode[]): PlanNode {
  if (nodes.length === 0) return { kind: 'all' };
  return nodes.length === 1 ? nodes[0]! : { kind: 'and', nodes };
}

function isJoinable({ parameter, modifier, terms }: Condition): boolean {
  return (
    modifier === undefined &&
    parameter !== undefined &&
    parameter.indexedAs.every(isJoint) &&
    (terms as TokenTerm[]).every(isJointTerm)
  );
}

/** The compartments that bound a search: `Observation@1`; just `Observation` when none does. */
export function scopesOf(
  resourceType: string,
  conditions: readonly Condition[],
  parameters: TypeParameters,
  registry: Registry,
): string[] {
  const compartment = registry
    .patientCompartmentParameters(resourceType)
    .flatMap((code) => parameters.get(code)?.parts ?? [])
    .map((part) => part.expression);
  const within = new Set(compartment);
  for (const condition of conditions) {
    const patients = patientsOf(condition);
    if (patients && condition.parameter!.parts.every((part) => within.has(part.expression))) {
      return patients.map((patient) => `${resourceType}@${patient.slice('Patient/'.length)}`);
    }
  }
  return [resourceType];
}
