/**
 * Equality and equivalence.
 * http://hl7.org/fhirpath/#equality
 */
import { compareDateTimes, compareTimes } from './date-time.ts';
import { decimalOf, rescale, round } from './decimal.ts';
import { type Collection, familyOf, isSystemType, type Node } from './node.ts';
import { inOneUnit, quantityOf, ucumCode } from './quantity.ts';

/** `=`: undefined when either side is empty or precision does not let one tell. */
export function equal(a: Collection, b: Collection): boolean | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  if (a.length !== b.length) return false;
  let result: boolean | undefined = true;
  for (let i = 0; i < a.length; i++) {
    const same = equalItems(a[i]!, b[i]!);
    if (same === false) return false;
    if (same === undefined) result = undefined;
  }
  return result;
}

/** Equality of two single values. */
export function equalItems(a: Node, b: Node): boolean | undefined {
  const same = equalValues(a, b);
  if (same !== true || (a.element === undefined && b.element === undefined)) return same;
  return isSystemType(a.type) || isSystemType(b.type) || equalJson(a.element, b.element);
}

function equalValues(a: Node, b: Node): boolean | undefined {
  const left = familyOf(a.type);
  const right = familyOf(b.type);
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  if (left === 'quantity' || right === 'quantity') return equalQuantities(a, b);
  if (isDay(left) && isDay(right)) return isZero(compareDateTimes(String(a.value), String(b.value)));
  if (left === 'time' && right === 'time') return isZero(compareTimes(String(a.value), String(b.value)));
  if (left !== right) return false;
  return left === 'complex' ? equalJson(a.value, b.value) : a.value === b.value;
}

function isDay(family: string): boolean {
  return family === 'date' || family === 'dateTime';
}

function isZero(order: number | undefined): boolean | undefined {
  return order === undefined ? undefined : order === 0;
}

function equalQuantities(a: Node, b: Node): boolean | undefined {
  const left = quantityOf(a);
  const right = quantityOf(b);
  if (!left || !right) return typeof a.value === typeof b.value && equalJson(a.value, b.value);
  const pair = inOneUnit(left, right);
  if (pair === undefined) return undefined;
  return pair !== 'incomparable' && pair[0] === pair[1];
}

/** Structures with the same members and the same values, whatever the order of the members. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && equalLists(a, b);
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  let members = 0;
  for (const key in left) {
    if (!equalJson(left[key], right[key])) return false;
    members++;
  }
  for (const _ in right) members--;
  return members === 0;
}

function equalLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
}

/** `~`: never empty; the order of items does not matter. */
export function equivalent(a: Collection, b: Collection): boolean {
  if (a.length !== b.length) return false;
  const rest = [...b];
  return a.every((item) => {
    const at = rest.findIndex((other) => equivalentItems(item, other));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function equivalentItems(a: Node, b: Node): boolean {
  const left = familyOf(a.type);
  const right = familyOf(b.type);
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  if (left === 'quantity' || right === 'quantity') return equivalentQuantities(a, b);
  if (left === 'number' && right === 'number') return equivalentNumbers(a, b);
  if (left === 'string' && right === 'string') return folded(String(a.value)) === folded(String(b.value));
  if (left === 'complex' && right === 'complex') return equivalentJson(a.value, b.value);
  return equalValues(a, b) === true;
}

/** Case and the kind of white space (what the language has as such) do not matter. */
function folded(text: string): string {
  return text.toUpperCase().replace(/[\t\r\n]/g, ' ');
}

/** Rounded to the precision of the less precise one; trailing zeroes do not count. */
function equivalentNumbers(a: Node, b: Node): boolean {
  const left = decimalOf(a.value as number);
  const right = decimalOf(b.value as number);
  const scale = Math.min(left.scale, right.scale);
  return rescale(round(left, scale), scale) === rescale(round(right, scale), scale);
}

function equivalentQuantities(a: Node, b: Node): boolean {
  const left = quantityOf(a);
  const right = quantityOf(b);
  if (!left || !right) return equivalentJson(a.value, b.value);
  const pair = inOneUnit(
    { value: left.value, unit: ucumCode(left.unit) },
    { value: right.value, unit: ucumCode(right.unit) },
  );
  if (pair === undefined || pair === 'incomparable') return false;
  if (left.unit === right.unit) return equivalentNumbers({ ...a, value: pair[0] }, { ...b, value: pair[1] });
  // Compared in the coarser of the two units, where fewer digits are significant.
  const back = inOneUnit(
    { value: right.value, unit: ucumCode(right.unit) },
    { value: left.value, unit: ucumCode(left.unit) },
  );
  const pairs = Array.isArray(back) ? [pair, back] : [pair];
  return pairs.some(([x, y]) => equivalentNumbers({ ...a, value: x }, { ...b, value: y }));
}

function equivalentJson(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return folded(a) === folded(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) && Array.isArray(b)) {
    const rest = [...b];
    return (
      a.length === b.length &&
      a.every((item) => {
        const at = rest.findIndex((other) => equivalentJson(item, other));
        if (at >= 0) rest.splice(at, 1);
        return at >= 0;
      })
    );
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) =>
    equivalentJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
