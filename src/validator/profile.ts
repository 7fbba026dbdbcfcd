/**
 * A profile as a check: what it demands beyond the type it constrains.
 * https://hl7.org/fhir/R4/profiling.html
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { BaseElements } from './base-elements.ts';
import type { InvariantSurroundings } from './checks/invariant.ts';
import type { Compilation, ProfileCheck, ValueCheck } from './compilation.ts';
import { elementTree } from './element-tree.ts';
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
  if (ofType) return { url, type, structure, ancestors: new Set(), check: nothing };
  const tree = elementTree(structure);
  let compiled: ValueCheck | undefined;

  /** Compiled at the first use: profiles may refer to one another in a circle. */
  function body(): ValueCheck {
    if (!tree) return nothing;
    const scope: ProfileScope = {
      compilation,
      surroundings,
      bases,
      profile: url,
      instanceCheck: (node, base) => instanceCheck(node, base, scope),
    };
    return (
      instanceCheck({ ...tree, definition: withoutTypes(tree.definition) }, bases.root(type), scope) ??
      nothing
    );
  }

  const check: ValueCheck = (value, run, actual, companion) => {
    compiled ??= body();
    compiled(value, run, actual, companion);
  };
  return { url, type, structure, ancestors: ancestorsOf(structure, compilation), check };
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
