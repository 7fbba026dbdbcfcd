/**
 * The types that a StructureMap speaks of: those of its structures by their aliases, and those of R4 by their names.
 * https://hl7.org/fhir/R4/structuremap-definitions.html#StructureMap.structure
 */
import { objectsOf, type Resource } from '../../fhir/resource.ts';
import type { RuleContext } from '../type-rules.ts';
import { typesAt } from './element-types.ts';

type Types = readonly string[] | undefined;

export interface MapTypes {
  /** Whether the map says of what types its inputs are: otherwise any name may be that of a type. */
  readonly areTold: boolean;
  /** What a type of this name or alias is in R4; undefined where it is not known, or a model of its own. */
  named(type: unknown): Types;
  /** What an element of what may be of some types holds: undefined where that is not known, none when it has none. */
  element(of: Types, name: unknown): Types;
}

export function mapTypes(map: Resource, { model, structure }: RuleContext): MapTypes {
  const structures = objectsOf(map.structure);
  const told = objectsOf(map.group).some(({ input }) =>
    objectsOf(input).some(({ type }) => type !== undefined),
  );

  function named(type: unknown): Types {
    const url = structures.find(({ alias }) => alias !== undefined && alias === type)?.url ?? type;
    if (typeof url !== 'string') return undefined;
    const name = model.type(url) ? url : structure(url)?.type;
    return name !== undefined && model.type(name) ? [name] : undefined;
  }

  function element(of: Types, name: unknown): Types {
    if (of === undefined || typeof name !== 'string' || !/^[A-Za-z]\w*$/.test(name)) return undefined;
    const found = of.map((type) => stepFrom(type, name));
    if (found.includes('unknown')) return undefined;
    return found.flatMap((types) => (typeof types === 'string' ? [] : types));
  }

  /** An element that is a choice is named with or without `[x]`, or by one of its types. */
  function stepFrom(type: string, name: string) {
    const plain = typesAt(`${type}.${name}`, model);
    return plain === 'none' ? typesAt(`${type}.${name}[x]`, model) : plain;
  }

  return { areTold: structures.length > 0 || told, named, element };
}
