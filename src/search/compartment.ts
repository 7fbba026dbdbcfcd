/**
 * Compartment search: `Patient/1/Observation?…` finds what belongs to the patient by any of the parameters that the
 * compartment's definition names; `Patient/1/*` everything that does.
 * https://hl7.org/fhir/R4/compartmentdefinition.html
 */
import { refuse } from '../core/fhir-error.ts';
import type { Registry } from '../fhir/registry.ts';
import { anyOf, termNode } from './params/kind.ts';
import { targetPrefix } from './params/reference.ts';
import type { PlanNode } from './plan.ts';
import type { SearchedTypes } from './searched-types.ts';
import type { ParametersOf } from './type-parameters.ts';

/** The resource whose compartment is searched. */
export interface Compartment {
  readonly type: string;
  readonly id: string;
}

/** In the place of a type: all that belongs to a compartment. */
export const everyMember = '*';

/** Whether resources of a type can belong to a compartment. */
export function hasPlaceIn(compartmentType: string, resourceType: string, registry: Registry): boolean {
  return (
    resourceType === compartmentType ||
    registry.compartmentParameters(compartmentType, resourceType).length > 0
  );
}

/**
 * The types to search in a compartment: those asked for, or all that have a place in it.
 * @throws FhirError for a type that has no place in the compartment
 */
export function typesWithin(
  { type }: Compartment,
  { types, selection, applied }: SearchedTypes,
  registry: Registry,
): Pick<SearchedTypes, 'types' | 'selection'> {
  const members = types.filter((resourceType) => hasPlaceIn(type, resourceType, registry));
  if (members.length === types.length) return { types, selection };
  const wholeSystem = types.length > 1 && applied === undefined;
  if (wholeSystem) return { types: members, selection: members };
  const stray = types.find((resourceType) => !members.includes(resourceType));
  throw refuse('invalid-parameter', `${stray} has no place in the compartment of a resource of type ${type}`);
}

/** What the members of a compartment meet. @param types those searched, all with a place in it */
export function withinCompartment(
  compartment: Compartment,
  types: readonly string[],
  parametersOf: ParametersOf,
  registry: Registry,
): PlanNode {
  const { type, id } = compartment;
  const itself: PlanNode[] = types.includes(type) ? [onlyItself(compartment, types)] : [];
  const members = types.flatMap((resourceType) => {
    const parameters = parametersOf(resourceType);
    return registry
      .compartmentParameters(type, resourceType)
      .flatMap((code) => parameters.get(code)?.indexedAs ?? []);
  });
  return anyOf([...itself, ...members.map(({ name }) => termNode(targetPrefix(name, type) + id))]);
}

/** Resources of other types may have the same id. */
function onlyItself({ type, id }: Compartment, types: readonly string[]): PlanNode {
  const byId: PlanNode = { kind: 'ids', ids: [id] };
  return types.length === 1 ? byId : { kind: 'and', nodes: [{ kind: 'type', type }, byId] };
}
