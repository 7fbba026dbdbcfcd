/**
 * Types turned into functions when first needed. All types that an extension may carry refer to one another, so they
 * form one unit of source; every other type is a unit that refers to what came before.
 */
import { TextTable } from '../core/text-table.ts';
import type { Compilation, TypeCheck } from './compilation.ts';
import type { TypeRuntime } from './type-runtime.ts';
import { functionName, type SourceParts, type TypeSource, typeSource } from './type-source.ts';

export interface TypeFunctions {
  /** The function of a type or a backbone element's path. Throws for a name that no definition has. */
  get(name: string): TypeCheck;
  /** The generated source of every unit so far, by its first type. */
  readonly sources: ReadonlyMap<string, string>;
}

interface Unit {
  readonly types: Map<string, TypeSource>;
  readonly constants: unknown[];
}

export function typeFunctions(
  compilation: Compilation,
  parts: SourceParts,
  runtime: () => TypeRuntime,
): TypeFunctions {
  const functions = new TextTable<TypeCheck>();
  const sources = new Map<string, string>();

  /** Every type that a type leads to and that has no function yet. */
  function reach(type: string, into: Unit): Unit {
    if (into.types.has(type) || functions.get(type)) return into;
    const structure = compilation.registry.typeStructure(type);
    if (!structure) throw new Error(`No definition of type ${type}`);
    const source = typeSource(structure, parts, into.constants);
    into.types.set(type, source);
    for (const used of source.uses) reach(used, into);
    return into;
  }

  function load(name: string): void {
    const { types, constants } = reach(name, { types: new Map(), constants: [] });
    const named = runtime();
    const inside = [...types.values()];
    const paths = inside.flatMap((source) => source.paths);
    const outside = new Set(inside.flatMap((source) => [...source.uses]).filter((type) => !types.has(type)));
    const text = [
      `'use strict';`,
      `const { ${Object.keys(named).join(', ')} } = runtime;`,
      `const [${constants.map((_, index) => `k${index}`).join(', ')}] = constants;`,
      ...[...outside].map((type) => `const ${functionName(type)} = types.get('${type}');`),
      ...inside.map(({ source }) => source),
      `return { ${paths.map((path) => `'${path}': ${functionName(path)}`).join(', ')} };`,
      `//# sourceURL=kat-fhir/validator/${name}.js`,
    ].join('\n');
    sources.set(name, text);
    const made = new Function('runtime', 'constants', 'types', text)(named, constants, functions);
    for (const path of paths) functions.add(path, made[path]);
  }

  function get(name: string): TypeCheck {
    const known = functions.get(name);
    if (known) return known;
    if (!functions.get('Extension')) load('Extension');
    const type = name.split('.')[0] as string;
    if (!functions.get(type)) load(type);
    const made = functions.get(name);
    if (!made) throw new Error(`No definition of ${name}`);
    return made;
  }

  return { get, sources };
}
