/**
 * What the compiler writes with. An expression becomes nested loops: each part of it is a stream, which is asked to
 * write the code that finds its items, given a sink that writes what is to be done with each. Nothing is collected
 * unless an operator needs the whole collection.
 */
import type { Model } from '../../fhir/model.ts';
import type { Tree } from '../tree.ts';

/** A value at run time, as the code names it. */
export interface Item {
  /** JavaScript for the plain value; an identifier or a literal, cheap to repeat. */
  readonly value: string;
  /** JavaScript for the companion of a primitive. */
  readonly element: string;
  /** Types it may have; undefined when only the run knows. */
  readonly types: readonly string[] | undefined;
  /** JavaScript for the name of its type. */
  readonly typeCode: string;
  /** JavaScript for the node, where one exists already. */
  readonly node?: string | undefined;
  /** JavaScript for a decimal as written. */
  readonly text?: string | undefined;
  /** Whether the code may come by here more than once. */
  readonly many: boolean;
}

/** Writes what is to be done with an item. */
export type Sink = (item: Item) => string;

/** What the asker would do with the items anyway, so that a stream need not write more. */
export interface Hints {
  /** Items of other types would be dropped. */
  readonly accepts?: ((type: string) => boolean) | undefined;
  /** An item may come more than once without harm. */
  readonly duplicates?: boolean | undefined;
}

export interface Stream {
  (sink: Sink, hints?: Hints): string;
  /** Writes an assignment of the stream's boolean to a variable that is undefined so far. */
  readonly boolean?: (target: string) => string;
  /** Writes the addition of the number of items to a variable. */
  readonly count?: (target: string) => string;
}

/** What the words of an expression refer to at one place. */
export interface Scope {
  readonly this: Stream;
  readonly root: Stream;
  /** JavaScript for `$index`. */
  readonly index?: string | undefined;
  readonly total?: Stream | undefined;
  /** Whether this is an operand of `|`, which may be a path for another type than the focus has. */
  readonly alternative?: boolean | undefined;
}

export interface Writer {
  readonly model: Model;
  /** Whether an element that no definition has is a fault. */
  readonly strict: boolean;
  /** This one, or one to whom no element is a fault: it finds out types that are not all known yet. */
  lenient(): Writer;
  /** Type of `%resource`, where the type of the focus tells. */
  readonly resourceType: string | undefined;
  /** A name that is not used yet. */
  fresh(prefix: string): string;
  /** A name for a value that does not change. */
  constant(value: unknown): string;
  /** A name for a function of the run time. */
  runtime(name: string): string;
  /** Code that counts `amount` steps against the budget of the run; empty without a budget. */
  spend(amount?: string): string;
  stream(tree: Tree, scope: Scope): Stream;
  /** The stream of members of this name. */
  member(input: Stream, name: string): Stream;
  /** Writes an assignment of an expression's boolean to a variable that is undefined so far. */
  boolean(tree: Tree, scope: Scope, target: string): string;
}

/** The compiler has no code for this; the expression is left to fhirpath.js. */
export class NotCompiled extends Error {}

export const quoted = (text: string): string => JSON.stringify(text);

/** An item of a known type. */
export function typedItem(type: string, value: string, many = false, element = 'undefined'): Item {
  return { value, element, types: [type], typeCode: quoted(type), many };
}

/** An item that exists as a node. */
export function nodeItem(node: string, types: readonly string[] | undefined, many: boolean): Item {
  return {
    value: `${node}.value`,
    element: `${node}.element`,
    types,
    typeCode: `${node}.type`,
    node,
    text: `${node}.text`,
    many,
  };
}

/** JavaScript for an item's node. */
export function nodeOf(w: Writer, item: Item): string {
  if (item.node !== undefined) return item.node;
  const { typeCode, value, element, text } = item;
  if (text !== undefined) return `{type:${typeCode},value:${value},element:${element},text:${text}}`;
  return `${w.runtime('toNode')}(${typeCode},${value},${element})`;
}

/** The type of an item, when there is only one it can have. */
export function onlyType(item: Item): string | undefined {
  return item.types?.length === 1 ? item.types[0] : undefined;
}

/** A stream of one item. */
export function just(item: Item): Stream {
  return (sink) => sink(item);
}

/** A stream of at most one boolean. */
export function booleanStream(w: Writer, assign: (target: string) => string): Stream {
  const stream = (sink: Sink): string => {
    const target = w.fresh('b');
    const item = typedItem('System.Boolean', target);
    return `let ${target};${assign(target)}if(${target}!==undefined){${sink(item)}}`;
  };
  return Object.assign(stream, { boolean: assign });
}

/**
 * A loop over a list, one statement. By index: most expressions are evaluated too seldom to be optimized, and there an
 * iterator makes an object for each step.
 */
export function eachOf(w: Writer, list: string, one: string, body: string): string {
  const [all, i] = [w.fresh('l'), w.fresh('i')];
  return `for(let ${all}=${list},${i}=0;${i}<${all}.length;${i}++){const ${one}=${all}[${i}];${body}}`;
}

/** The items of a collection that a variable holds. */
export function collectionStream(w: Writer, name: string, types?: readonly string[]): Stream {
  return (sink) => {
    const node = w.fresh('n');
    return eachOf(w, name, node, `${w.spend()}${sink(nodeItem(node, types, true))}`);
  };
}

/** The node, or nothing, that an expression of JavaScript gives. */
export function optionalNodeStream(w: Writer, code: string, types?: readonly string[]): Stream {
  return (sink) => {
    const node = w.fresh('n');
    return `const ${node}=${code};if(${node}!==undefined){${sink(nodeItem(node, types, false))}}`;
  };
}

/** The same stream with code before it. */
export function after(code: string, stream: Stream): Stream {
  return (sink, hints) => code + stream(sink, hints);
}
