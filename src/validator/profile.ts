/**
 * A profile as a check: what it demands beyond the type it constrains.
 * https://hl7.org/fhir/R4/profiling.html
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { BaseElement, BaseElements } from './base-elements.ts';
import type { InvariantSurroundings } from './checks/invariant.ts';
import type { Compilation, ProfileCheck, ValueCheck } from './compilation.ts';
import { type ElementNode, elementTree } from './element-tree.ts';
import type { ProfileScope } from './profile-scope.ts';
import { instanceCheck } from './profile-source.ts';

/** Compiles a profile; the definition of a type itself demands nothing more than that type. */
export function compileProfile(
  structure: StructureDefinition,
  compilation: Compilation,
  surroundings: InvariantSurroundings,
  bases: BaseElements,
): ProfileCheck {
  const url = structure.url ?? '';
  const type = structure.type ?? '';
  const nothing: ValueCheck = () => undefined;
  const ofType = compilation.registry.typeStructure(type)?.url === url;
  const element = () => undefined;
  if (ofType) return { url, type, structure, ancestors: new Set(), imposes: [], check: nothing, element };
  const tree = elementTree(structure);
  const scope: ProfileScope = {
    compilation,
    surroundings,
    bases,
    profile: url,
    instanceCheck: (node, base) => instanceCheck(node, base, scope),
  };
  let compiled: ValueCheck | undefined;
  const elements = new Map<string, ValueCheck>();

  /** Compiled at the first use: profiles may refer to one another in a circle. */
  function body(): ValueCheck {
    if (!tree) return nothing;
    const root = { ...tree, definition: withoutTypes(tree.definition) };
    return instanceCheck(root, bases.root(type), scope) ?? nothing;
  }

  function elementCheck(id: string): ValueCheck {
    const node = tree && nodeOf(id, tree);
    return (node && instanceCheck(node, baseOf(node, type, bases), scope)) ?? nothing;
  }

  return {
    url,
    type,
    structure,
    ancestors: ancestorsOf(structure, compilation),
    imposes: imposedBy(structure),
    check(value, run, actual, companion) {
      compiled ??= body();
      compiled(value, run, actual, companion);
    },
    element(id) {
      const check = elements.get(id) ?? elementCheck(id);
      elements.set(id, check);
      return check;
    },
  };
}

const impose = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-imposeProfile';

/** https://hl7.org/fhir/extensions/StructureDefinition-structuredefinition-imposeProfile.html */
const imposedBy = ({ extension = [] }: StructureDefinition): string[] =>
  extension.flatMap(({ url, valueCanonical }) => (url === impose && valueCanonical ? valueCanonical : []));

/** The element of an id in a tree. */
function nodeOf(id: string, node: ElementNode): ElementNode | undefined {
  if (node.definition.id === id) return node;
  for (const one of [...node.children, ...node.slices]) {
    const found = nodeOf(id, one);
    if (found) return found;
  }
  return undefined;
}

/** The element of the type that an element of a profile constrains. */
function baseOf({ definition }: ElementNode, type: string, bases: BaseElements): BaseElement | undefined {
  const [, ...steps] = definition.path?.split('.') ?? [];
  return steps.reduce<BaseElement | undefined>(
    (base, step) => bases.child(base, [], step.replace('[x]', '')),
    bases.root(type),
  );
}

/** The profiles above a profile, up to the type. */
function ancestorsOf(structure: StructureDefinition, compilation: Compilation): Set<string> {
  const urls = new Set<string>();
  let base = structure.baseDefinition;
  while (base !== undefined && !urls.has(base)) {
    urls.add(base);
    base = compilation.structure(base)?.baseDefinition;
  }
  return urls;
}

/** The root of a profile is judged by the profile's type, not by a list of its own. */
function withoutTypes(definition: ElementDefinition): ElementDefinition {
  const { type, ...rest } = definition;
  return rest;
}
