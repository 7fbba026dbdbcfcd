/**
 * What the definitions tell of a search expression without evaluating it: the types of its values, and the code
 * system behind its codes. Understands paths with `.where(…)`, `.ofType(T)` and an index in them; gives up on the rest.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Registry } from '../fhir/registry.ts';

/** An element as a path leads to it. */
export interface ElementAt {
  /** FHIR type, or the path that names a backbone element. */
  readonly type: string;
  /** `Observation.status`: where it is defined; undefined for the resource itself. */
  readonly path: string | undefined;
}

const step = /\.?(?:ofType\((\w+)\)|where\([^()]*(?:\([^()]*\))*[^()]*\)|(\w+))(?:\[\d+\])?/y;

/**
 * The elements a path leads to.
 * @param from type the path starts at
 * @returns undefined when the expression is more than a path
 */
export function elementsAt(registry: Registry, from: string, expression: string): ElementAt[] | undefined {
  let elements: ElementAt[] = [{ type: from, path: undefined }];
  step.lastIndex = 0;
  while (step.lastIndex < expression.length) {
    const match = step.exec(expression);
    if (!match) return undefined;
    const [, type, name] = match;
    if (type !== undefined) {
      elements = elements.filter((element) => registry.model.isA(element.type, type));
    } else if (name !== undefined && name !== from && name !== '$this') {
      elements = elements.flatMap((element) => childrenOf(registry, element, name));
    }
  }
  return elements.length > 0 ? elements : undefined;
}

function childrenOf(registry: Registry, parent: ElementAt, name: string): ElementAt[] {
  const property = registry.model.type(parent.type)?.property(name);
  return (property?.types ?? []).map((type) => ({ type, path: `${parent.type}.${name}` }));
}

/**
 * The code systems a coded element draws from, by its required or extensible binding.
 * @returns for a code, its system; undefined when no binding tells
 */
export function codeSystemOf(registry: Registry, element: ElementAt): (code: string) => string | undefined {
  if (element.type !== 'code' || element.path === undefined) return () => undefined;
  const owner = element.path.split('.')[0]!;
  const definition = registry
    .typeStructure(owner)
    ?.snapshot?.element?.find((candidate: ElementDefinition) => candidate.path === element.path);
  const canonical = definition?.binding?.valueSet;
  const include = canonical === undefined ? [] : (registry.valueSet(canonical)?.compose?.include ?? []);
  const systems = include.flatMap(({ system }) => system ?? []);
  if (systems.length <= 1) return () => systems[0];
  const systemOf = new Map<string, string>();
  for (const { system, concept } of include) {
    if (system === undefined) continue;
    const concepts = concept ?? registry.codeSystem(system)?.concept ?? [];
    for (const { code } of concepts) if (code !== undefined) systemOf.set(code, system);
  }
  return (code) => systemOf.get(code);
}
