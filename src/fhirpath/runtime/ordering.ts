/**
 * Order of values: `<`, `<=`, `>`, `>=` and `sort()`.
 * http://hl7.org/fhirpath/#comparison
 */
import { ExpressionFault } from '../fault.ts';
import { compareDateTimes, compareTimes } from './date-time.ts';
import { familyOf, type Node } from './node.ts';
import { comparableQuantityOf, inOneUnit } from './quantity.ts';

/**
 * Orders two values.
 * @returns negative, zero or positive; undefined when one has no value or precision or units do not let one tell
 * @throws ExpressionFault when the types have no common order
 */
export function compare(a: Node, b: Node): number | undefined {
  if (a.value === undefined || b.value === undefined) return undefined;
  const left = familyOf(a.type);
  const right = familyOf(b.type);
  if (left === 'number' && right === 'number') return (a.value as number) - (b.value as number);
  if (left === 'string' && right === 'string') return compareTexts(a.value as string, b.value as string);
  if (isDay(left) && isDay(right)) return compareDateTimes(String(a.value), String(b.value));
  if (left === 'time' && right === 'time') return compareTimes(String(a.value), String(b.value));
  const quantities = left === 'quantity' || right === 'quantity';
  const [x, y] = quantities ? [comparableQuantityOf(a), comparableQuantityOf(b)] : [undefined, undefined];
  if (x && y) {
    const pair = inOneUnit(x, y);
    return Array.isArray(pair) ? pair[0] - pair[1] : undefined;
  }
  if (quantities && isQuantityLike(left) && isQuantityLike(right)) return undefined;
  throw new ExpressionFault(`Values of type ${a.type} and ${b.type} have no order`);
}

function isDay(family: string): boolean {
  return family === 'date' || family === 'dateTime';
}

function isQuantityLike(family: string): boolean {
  return family === 'quantity' || family === 'number';
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Each item's keys, in the order in which they decide. */
export interface SortKey {
  readonly keys: (item: Node) => Node | undefined;
  readonly descending: boolean;
}

/** `sort()`: items without a key come first, or last where the order descends. */
export function sort(items: readonly Node[], sortKeys: readonly SortKey[]): Node[] {
  const rows = items.map((item) => ({ item, keys: sortKeys.map(({ keys }) => keys(item)) }));
  rows.sort((a, b) => {
    for (let i = 0; i < sortKeys.length; i++) {
      const order = compareKeys(a.keys[i], b.keys[i]);
      if (order !== 0) return sortKeys[i]!.descending ? -order : order;
    }
    return 0;
  });
  return rows.map(({ item }) => item);
}

function compareKeys(a: Node | undefined, b: Node | undefined): number {
  if (!a || !b) return a ? 1 : b ? -1 : 0;
  return compare(a, b) ?? 0;
}
