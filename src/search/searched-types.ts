/**
 * Which resource types a search is about: the one it was asked of or, at the system level, those that `_type` names,
 * or all there are.
 * https://hl7.org/fhir/R4/http.html#search
 */
import { refuse } from '../core/fhir-error.ts';
import type { Registry } from '../fhir/registry.ts';
import type { TypeSelection } from './plan.ts';

type Pairs = readonly (readonly [string, string])[];

export interface SearchedTypes {
  readonly types: readonly string[];
  /** The same as the store is asked: an empty list for all. */
  readonly selection: TypeSelection;
  /** `_type` as applied; undefined when it was not given. */
  readonly applied: readonly [string, string] | undefined;
  /** The other parameters. */
  readonly rest: Pairs;
}

/**
 * @param resourceType empty at the system level
 * @throws FhirError for a type that R4 does not have
 */
export function searchedTypes(resourceType: string, pairs: Pairs, registry: Registry): SearchedTypes {
  if (resourceType !== '') {
    if (!registry.isResourceType(resourceType)) throw refuse('unknown-type', 'R4 has no such resource type');
    return { types: [resourceType], selection: resourceType, applied: undefined, rest: pairs };
  }
  const rest = pairs.filter(([name]) => name !== '_type');
  if (rest.length === pairs.length) {
    // By id each type is looked up; otherwise no type is the same as every type.
    const byId = pairs.some(([name]) => name === '_id');
    const types = registry.resourceTypes;
    return { types, selection: byId ? types : [], applied: undefined, rest };
  }
  const types = namedTypes(pairs, registry);
  return { types, selection: types, applied: ['_type', types.join(',')], rest };
}

/** Given more than once, it is a list all the same: no resource has two types. */
function namedTypes(pairs: Pairs, registry: Registry): string[] {
  const names = pairs.flatMap(([name, value]) => (name === '_type' ? value.split(',') : []));
  const types = [...new Set(names.map((name) => name.trim()))];
  if (types.length > 0 && types.every((type) => registry.isResourceType(type))) return types;
  throw refuse('invalid-parameter', "'_type' takes resource types of R4, separated by commas");
}
