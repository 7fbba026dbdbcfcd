/**
 * Quantities: values with a UCUM unit or a calendar duration (`1 year`), converted where the units differ.
 * http://hl7.org/fhirpath/#quantity and https://hl7.org/fhir/R4/fhirpath.html#quantity
 */
import { inSilence } from '../../core/in-silence.ts';
import { fhirPathJs } from '../fhirpath-js.ts';
import { type Node, toNode } from './node.ts';

export interface Quantity {
  readonly value: number;
  /** A UCUM code, or the singular word of a calendar duration. */
  readonly unit: string;
  /** The calendar duration that the UCUM code of a FHIR Quantity also stands for. */
  readonly calendar?: string | undefined;
}

const ucum = 'http://unitsofmeasure.org';

/** UCUM codes of time and the calendar durations they stand for in a FHIR Quantity. */
const calendarOfCode: Readonly<Record<string, string>> = {
  a: 'year',
  mo: 'month',
  wk: 'week',
  d: 'day',
  h: 'hour',
  min: 'minute',
  s: 'second',
  ms: 'millisecond',
};
const codeOfCalendar = new Map(Object.entries(calendarOfCode).map(([code, word]) => [word, code]));

/** Singular of a calendar duration's word; undefined for any other text. */
export function calendarUnit(word: string): string | undefined {
  const singular = word.endsWith('s') ? word.slice(0, -1) : word;
  return codeOfCalendar.has(singular) ? singular : undefined;
}

/** Years and months have no fixed length, so they compare with each other only. */
const months: Readonly<Record<string, number>> = { year: 12, month: 1 };

/** Lengths of calendar durations that no date anchors. http://hl7.org/fhirpath/#toquantityunit--string--quantity */
const milliseconds: Readonly<Record<string, number>> = {
  year: 365 * 86_400_000,
  month: 30 * 86_400_000,
  week: 7 * 86_400_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};

/** Converts between calendar durations, by their singular words. */
export function convertCalendar(value: number, from: string, to: string): number {
  const lengths = from in months && to in months ? months : milliseconds;
  return (value * lengths[from]!) / lengths[to]!;
}

export function quantityNode(value: number, unit: string, text?: string): Node {
  return { ...toNode('System.Quantity', { value, unit }), text };
}

/** A node as a quantity: numbers have the unit `1`; a FHIR Quantity needs a UCUM code. */
export function quantityOf(node: Node): Quantity | undefined {
  if (typeof node.value === 'number') return { value: node.value, unit: '1' };
  if (node.type === 'System.Quantity') return node.value as Quantity;
  const { value, system, code, comparator } = (node.value ?? {}) as Record<string, unknown>;
  if (typeof value !== 'number' || system !== ucum || typeof code !== 'string' || comparator !== undefined) {
    return undefined;
  }
  return {
    value,
    unit: code,
    calendar: Object.hasOwn(calendarOfCode, code) ? calendarOfCode[code] : undefined,
  };
}

/** As `quantityOf`; a FHIR Quantity with other units, or none, has a unit that only compares with itself. */
export function comparableQuantityOf(node: Node): Quantity | undefined {
  const known = quantityOf(node);
  if (known) return known;
  const { value, system, code, unit, comparator } = (node.value ?? {}) as Record<string, unknown>;
  if (typeof value !== 'number' || comparator !== undefined) return undefined;
  return { value, unit: `${system ?? ''}|${code ?? unit ?? ''}` };
}

/**
 * Values of two quantities in one unit.
 * @returns `incomparable` when they measure different things, `undefined` when calendar and fixed durations do not
 *   compare or a unit does not exist
 */
export function inOneUnit(a: Quantity, b: Quantity): [number, number] | 'incomparable' | undefined {
  if (a.unit === b.unit) return [a.value, b.value];
  if (isLongDuration(a) || isLongDuration(b)) {
    const left = months[a.unit] ?? months[a.calendar ?? ''];
    const right = months[b.unit] ?? months[b.calendar ?? ''];
    if (left !== undefined && right !== undefined) return [a.value * left, b.value * right];
    if (isDuration(a) && isDuration(b)) return undefined;
  }
  const [from, to] = [ucumCode(b.unit), ucumCode(a.unit)];
  const converted = convert(b.value, from, to);
  if (converted !== undefined) return [a.value, converted];
  return isUnit(from) && isUnit(to) ? 'incomparable' : undefined;
}

function isLongDuration({ unit }: Quantity): boolean {
  return Object.hasOwn(months, unit);
}

function isDuration({ unit }: Quantity): boolean {
  return codeOfCalendar.has(unit) || Object.hasOwn(calendarOfCode, unit);
}

export function ucumCode(unit: string): string {
  return codeOfCalendar.get(unit) ?? unit;
}

/** Where rounding errors of a conversion end. */
const significantDigits = 12;

/** Converts a value from one UCUM unit to another; undefined when that is not possible. */
export function convert(value: number, from: string, to: string): number | undefined {
  if (from === to) return value;
  const { status, toVal } = inSilence(() => fhirPathJs().ucumUtils.convertUnitTo(from, value, to));
  return status === 'succeeded' ? Number(Number(toVal).toPrecision(significantDigits)) : undefined;
}

function isUnit(code: string): boolean {
  return inSilence(() => fhirPathJs().ucumUtils.convertUnitTo(code, 1, code)).status === 'succeeded';
}

/** Unit of a product; `1` disappears. */
export function productUnit(a: string, b: string): string {
  if (a === '1') return b;
  return b === '1' ? a : `${grouped(a)}.${grouped(b)}`;
}

/** Unit of a quotient. */
export function quotientUnit(a: string, b: string): string {
  if (a === b) return '1';
  return b === '1' ? a : `${a === '1' ? '' : grouped(a)}/${grouped(b)}`;
}

function grouped(unit: string): string {
  return /[./]/.test(unit) ? `(${unit})` : unit;
}
