/**
 * Where in a resource a FHIRPath leads: places that can be written to, not just values. Of the language it follows what
 * keeps to elements of the resource: names, indexes, `where()`, `ofType()`, `as()`, `extension()`, `first()`, `last()`
 * and `single()`; the criteria inside are any FHIRPath.
 * https://hl7.org/fhir/R4/fhirpatch.html
 */
import { refuse } from '../core/fhir-error.ts';
import type { Model, PropertyModel } from '../fhir/model.ts';
import { isObject, type Resource } from '../fhir/resource.ts';
import type { ExpressionCompiler, TypedValue } from './expression.ts';

/** An element of a resource. */
export interface Place extends TypedValue {
  /** JSON keys and indexes from the resource to the object that is the element, or that holds it as a primitive. */
  readonly steps: readonly (string | number)[];
  /** How it hangs on its parent; undefined for the resource itself. */
  readonly held: Held | undefined;
}

export interface Held {
  readonly parent: Place;
  readonly property: PropertyModel;
  readonly key: string;
  /** In the array of the property; undefined when it has none. */
  readonly index: number | undefined;
}

export interface Locator {
  /** The places a path leads to. */
  places(path: string): readonly Place[];
  /** The parents of what a path ends with, and the name it ends with: the list may be empty, or not be there yet. */
  lists(path: string): { readonly parents: readonly Place[]; readonly name: string };
}

/**
 * @param compile for expressions from clients: bounded
 * @param until when to give up, as `performance.now` tells it: each criterion is bounded, their number is not
 * @throws FhirError 400 `malformed-patch`, from the functions of the answer, for a path that cannot be followed
 */
export function createElementLocator(
  model: Model,
  compile: ExpressionCompiler,
  resource: Resource,
  until = Number.POSITIVE_INFINITY,
): Locator {
  const root: Place = { type: resource.resourceType, value: resource, steps: [], held: undefined };

  function places(path: string): readonly Place[] {
    const { left, step } = splitPath(path);
    const name = nameOf(step);
    if (left === undefined) {
      if (name === undefined) return filtered([root], step);
      return name === '$this' || model.isA(root.type, name) ? [root] : children(root, name);
    }
    const found = places(left);
    if (name !== undefined) return found.flatMap((place) => children(place, name));
    const index = /^\[\s*([0-9]{1,9})\s*\]$/.exec(step)?.[1];
    if (index !== undefined) return found.slice(Number(index), Number(index) + 1);
    return filtered(found, step);
  }

  function filtered(found: readonly Place[], step: string): readonly Place[] {
    const call = /^([A-Za-z]+)\(.*\)$/s.exec(step);
    const follow = call && Object.hasOwn(functions, call[1]!) ? functions[call[1]!] : undefined;
    if (!follow) throw unfollowed();
    return follow(found, step);
  }

  const keep = (found: readonly Place[], step: string): readonly Place[] =>
    found.filter((place) => valuesOf(place, step).length > 0);

  const functions: Readonly<Record<string, (found: readonly Place[], step: string) => readonly Place[]>> = {
    where: keep,
    ofType: keep,
    as: keep,
    first: (found) => found.slice(0, 1),
    last: (found) => found.slice(-1),
    single(found) {
      if (found.length > 1) throw refuse('patch-conflict', 'The path leads to several elements');
      return found;
    },
    extension: (found, step) =>
      found.flatMap((place) => {
        const wanted = new Set(valuesOf(place, step).map(({ value }) => value));
        return children(place, 'extension').filter(({ value }) => wanted.has(value));
      }),
  };

  function valuesOf({ type, value, element }: Place, step: string): readonly TypedValue[] {
    if (performance.now() > until) throw refuse('too-large', 'The paths take too long to follow');
    try {
      const expression = compile(step, type);
      // Only what is compiled is bounded.
      if (expression.engine === 'compiled')
        return expression.values({ type, value, element }, { resource: root, rootResource: root });
    } catch {
      // The message could quote what the criterion compares with.
    }
    throw unfollowed();
  }

  function children(parent: Place, name: string): readonly Place[] {
    const property = model.type(parent.type)?.property(name);
    // What stands beside a primitive value is a member of its companion.
    const isPrimitive = model.type(parent.type)?.kind === 'primitive';
    const holder = isPrimitive ? parent.element : parent.value;
    if (!property || !isObject(holder)) return [];
    return property.keys.flatMap(({ key, type }) => {
      const values = listOf(holder[key]);
      const companions = listOf(holder[`_${key}`]);
      return Array.from({ length: Math.max(values.length, companions.length) }, (_, i): Place => {
        const index = property.array ? i : undefined;
        const value = values[i] ?? undefined;
        return {
          type: typeOf(value) ?? type,
          value,
          element: companions[i] ?? undefined,
          steps: [...stepsInto(parent, isPrimitive), key, ...(property.array ? [i] : [])],
          held: { parent, property, key, index },
        };
      });
    });
  }

  return {
    places,
    lists(path) {
      const { left, step } = splitPath(path);
      const name = nameOf(step);
      if (name === undefined) throw unfollowed();
      return { parents: left === undefined ? [root] : places(left), name };
    },
  };
}

/** The steps to the object that holds the members of a place. */
export function stepsInto({ steps, held }: Place, isPrimitive: boolean): readonly (string | number)[] {
  if (!isPrimitive || !held) return steps;
  return steps.map((step, i) => (i === steps.lastIndexOf(held.key) ? `_${held.key}` : step));
}

function unfollowed() {
  return refuse('malformed-patch', 'The path is not one that a patch can follow', {
    hint: 'Names of elements, [indexes], where(), ofType(), as(), extension(), first(), last(), single()',
  });
}

/** `contained`, `entry.resource` and the like hold a resource that says itself what it is. */
function typeOf(value: unknown): string | undefined {
  return isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function nameOf(step: string): string | undefined {
  return (
    /^`([A-Za-z_][A-Za-z0-9_]*)`$/.exec(step)?.[1] ?? /^(?:[A-Za-z_][A-Za-z0-9_]*|\$this)$/.exec(step)?.[0]
  );
}

/** Takes the last step off a path: what follows the last dot, or an index; in neither quotes nor brackets. */
function splitPath(path: string): { readonly left: string | undefined; readonly step: string } {
  const text = path.trim();
  let depth = 0;
  let cut = -1;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "'" || c === '`' || c === '"') i = afterQuote(text, i, c);
    else if (c === '(' || c === '[') {
      if (c === '[' && depth === 0 && i > 0) cut = i;
      depth++;
    } else if (c === ')' || c === ']') depth--;
    else if (c === '.' && depth === 0) cut = i;
  }
  if (cut === -1) return { left: undefined, step: text };
  return { left: text.slice(0, cut), step: text.slice(text[cut] === '.' ? cut + 1 : cut).trim() };
}

function afterQuote(text: string, at: number, quote: string): number {
  let i = at + 1;
  while (i < text.length && text[i] !== quote) i += text[i] === '\\' ? 2 : 1;
  return i;
}
