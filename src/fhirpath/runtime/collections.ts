/**
 * Functions of whole collections: combining, subsets, distinct values, aggregates.
 * http://hl7.org/fhirpath/#combining and http://hl7.org/fhirpath/#subsetting
 */
import { ExpressionFault } from '../fault.ts';
import { dividedBy, plus } from './arithmetic.ts';
import { equalItems } from './equality.ts';
import { booleanNode, type Collection, integerNode, type Node, stringNode } from './node.ts';
import { compare } from './ordering.ts';

export function includes(items: Collection, item: Node): boolean {
  return items.some((other) => other === item || equalItems(other, item) === true);
}

/** Each value once, in the order of first appearance. */
export function distinct(items: Collection): Node[] {
  if (items.length < 2) return [...items];
  const seen = new Set<string>();
  const found: Node[] = [];
  for (const item of items) {
    const key = plainKey(item);
    if (key === undefined ? includes(found, item) : seen.has(key)) continue;
    if (key !== undefined) seen.add(key);
    found.push(item);
  }
  return found;
}

/** Texts without companion are told apart by their text, as there may be thousands of them. */
function plainKey({ type, value, element }: Node): string | undefined {
  if (typeof value !== 'string' || element !== undefined) return undefined;
  return /date|Date|time|Time|instant/.test(type) ? undefined : value;
}

export function union(a: Collection, b: Collection): Node[] {
  return distinct([...a, ...b]);
}

export function intersect(a: Collection, b: Collection): Node[] {
  return distinct(a).filter((item) => includes(b, item));
}

export function exclude(a: Collection, b: Collection): Node[] {
  return a.filter((item) => !includes(b, item));
}

export function subsetOf(a: Collection, b: Collection): boolean {
  return a.every((item) => includes(b, item));
}

/** The only item of a collection. */
export function single(items: Collection): Node | undefined {
  if (items.length > 1) throw new ExpressionFault('A single value was expected');
  return items[0];
}

/** `allTrue()` and its like: the items must be booleans. */
export function booleans(items: Collection): boolean[] {
  return items.map(({ type, value }) => {
    if (typeof value !== 'boolean') throw new ExpressionFault(`A boolean was expected, not ${type}`);
    return value;
  });
}

export function join(items: Collection, separator: string): Node {
  const texts = items.flatMap(({ type, value }) => {
    if (value === undefined) return [];
    if (typeof value !== 'string') throw new ExpressionFault(`A string was expected, not ${type}`);
    return [value];
  });
  return stringNode(texts.join(separator));
}

function total(items: Collection): Node | undefined {
  return items.slice(1).reduce<Node | undefined>((sum, item) => sum && plus(sum, item), items[0]);
}

function extreme(items: Collection, sign: 1 | -1): Node | undefined {
  return items.slice(1).reduce<Node | undefined>((best, item) => {
    const order = best && compare(item, best);
    return order === undefined ? undefined : order * sign > 0 ? item : best;
  }, items[0]);
}

/** Functions that make one value, or none, of a collection. */
export const aggregates: Readonly<Record<string, (items: Collection) => Node | undefined>> = {
  single,
  sum: total,
  avg: (items) => {
    const sum = total(items);
    return sum && dividedBy(sum, integerNode(items.length));
  },
  min: (items) => extreme(items, -1),
  max: (items) => extreme(items, 1),
  isDistinct: (items) => booleanNode(distinct(items).length === items.length),
  allTrue: (items) => booleanNode(booleans(items).every((value) => value)),
  anyTrue: (items) => booleanNode(booleans(items).some((value) => value)),
  allFalse: (items) => booleanNode(booleans(items).every((value) => !value)),
  anyFalse: (items) => booleanNode(booleans(items).some((value) => !value)),
};

/** `repeat()`: what a projection finds, what it finds there, and so on, each value once. */
export function repeat(items: Collection, project: (item: Node) => Collection): Node[] {
  const found: Node[] = [];
  const isNew = newcomers();
  let level: readonly Node[] = items;
  while (level.length > 0) {
    const next: Node[] = [];
    for (const one of level) {
      for (const item of project(one)) {
        if (isNew(item.value)) next.push(item);
      }
    }
    for (const item of next) found.push(item);
    level = next;
  }
  return found;
}

/** More than any tree of elements has; what finds itself again and again would never end. */
const mostRepeated = 100_000;

/** `repeatAll()`: as `repeat()`, but equal values come as often as they are found. */
export function repeatAll(items: Collection, project: (item: Node) => Collection): Node[] {
  const found: Node[] = [];
  let level: readonly Node[] = items;
  while (level.length > 0) {
    level = level.flatMap(project);
    if (found.length + level.length > mostRepeated) throw new ExpressionFault('repeatAll() finds no end');
    for (const item of level) found.push(item);
  }
  return found;
}

/** Whether a value comes for the first time. Objects are only written out where others begin as they do. */
function newcomers(): (value: unknown) => boolean {
  const primitives = new Set<unknown>();
  const objects = new Map<string, { readonly first: unknown; texts?: Set<string> }>();
  return (value) => {
    if (typeof value !== 'object') return isAdded(primitives, value);
    const beginning = beginningOf(value);
    const alike = objects.get(beginning);
    if (!alike) {
      objects.set(beginning, { first: value });
      return true;
    }
    alike.texts ??= new Set([JSON.stringify(alike.first)]);
    return isAdded(alike.texts, JSON.stringify(value));
  };
}

function isAdded<Item>(set: Set<Item>, item: Item): boolean {
  if (set.has(item)) return false;
  set.add(item);
  return true;
}

/** The first member of an object that is no object itself: the same for objects of the same text. */
function beginningOf(value: object | null): string {
  const record = value as Readonly<Record<string, unknown>>;
  for (const key in record) {
    const member = record[key];
    if (typeof member !== 'object') return `${key}:${member}`;
  }
  return '';
}
