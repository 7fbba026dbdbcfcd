/**
 * What a fragment leads to.
 * https://hl7.org/fhir/R4/references.html#contained
 */
import { isObject } from '../../fhir/resource.ts';
import { type ResourceScope, rootScope } from '../run.ts';

/** The resource that a fragment `#id` names in the outermost resource; `#` alone names that one itself. */
export function containedTarget(fragment: string, scope: ResourceScope): Record<string, unknown> | undefined {
  const root = rootScope(scope).resource;
  if (fragment === '#') return root;
  const { contained } = root;
  if (!Array.isArray(contained)) return undefined;
  const id = fragment.slice(1);
  return contained.find((resource) => isObject(resource) && resource.id === id);
}
