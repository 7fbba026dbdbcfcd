/**
 * maxLength, minValue and maxValue.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.minValue_x_
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import { compareUnitValues, type UnitValue } from '../../terminology/canonical-units.ts';
import { ucumSystem } from '../../terminology/ucum.ts';
import type { ValueCheck } from '../compilation.ts';
import type { FindingKey } from '../finding.ts';
import { found, type Run } from '../run.ts';
import { choiceValue, equals } from './fixed.ts';

export function maxLengthCheck(
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
): ValueCheck | undefined {
  const { maxLength } = definition;
  if (maxLength === undefined || base?.maxLength === maxLength) return undefined;
  return (value, run) => {
    if (typeof value === 'string' && isLonger(value, maxLength))
      found(run, 'string-length', '', '', maxLength);
  };
}

/** Characters beyond the first plane are two units of a text each. */
function isLonger(text: string, maxLength: number): boolean {
  return text.length > maxLength && Array.from(text).length > maxLength;
}

/** -1, 0 or 1; undefined when the two cannot be compared. */
export function compareValues(one: unknown, other: unknown): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return Math.sign(one - other);
  if (typeof one === 'string' && typeof other === 'string') return compareTimes(one, other);
  if (isObject(one) && isObject(other)) {
    const same = (one.code ?? one.unit) === (other.code ?? other.unit) || other.code === undefined;
    return same ? compareValues(one.value, other.value) : compareUnits(one, other);
  }
  return undefined;
}

/** Quantities in different units of one dimension. */
function compareUnits(one: Record<string, unknown>, other: Record<string, unknown>): number | undefined {
  return isMeasure(one) && isMeasure(other) ? compareUnitValues(one, other) : undefined;
}

/** Whether a value has a unit of UCUM. */
function isMeasure(value: unknown): value is UnitValue {
  if (!isObject(value)) return false;
  return value.system === ucumSystem && typeof value.value === 'number' && typeof value.code === 'string';
}

/** Dates of one precision compare as texts; instants by their time. */
function compareTimes(one: string, other: string): number | undefined {
  if (one.includes('T') && other.includes('T')) return Math.sign(Date.parse(one) - Date.parse(other));
  const length = Math.min(one.length, other.length);
  const [a, b] = [one.slice(0, length), other.slice(0, length)];
  if (a === b) return one.length === other.length ? 0 : undefined;
  return a < b ? -1 : 1;
}

const unitDays = new Map(
  Object.entries({
    a: 365.25,
    mo: 30.4375,
    wk: 7,
    d: 1,
    h: 1 / 24,
    min: 1 / 1440,
  }),
);
const dayMilliseconds = 86_400_000;

/** Whether a date lies further from now than a duration, before (-1) or after (1). */
function outside(date: string, duration: Record<string, unknown>, now: number, direction: -1 | 1): boolean {
  const days = unitDays.get(String(duration.code));
  const time = Date.parse(date);
  if (days === undefined || typeof duration.value !== 'number' || Number.isNaN(time)) return false;
  return direction * (time - now) > duration.value * days * dayMilliseconds;
}

const dateTypes: ReadonlySet<string> = new Set(['date', 'dateTime', 'instant']);

/** Whether a bound that is a text, a date or a time of day, is one for a type. */
function isFor(type: string, bound: string): boolean {
  const isTimeOfDay = bound.charAt(2) === ':';
  return isTimeOfDay ? type === 'time' : dateTypes.has(type);
}

interface Bound {
  readonly value: unknown;
  readonly key: FindingKey;
  /** Where the values are that it does not allow. */
  readonly direction: -1 | 1;
}

function isBeyond(value: unknown, type: string, bound: Bound, run: Run): boolean {
  if (typeof value === 'string' && isObject(bound.value))
    return outside(value, bound.value, run.options.now ?? Date.now(), bound.direction);
  if (typeof bound.value === 'string' && !isFor(type, bound.value)) return false;
  const compared = compareValues(value, bound.value);
  // What is measured in units of another dimension is not within the bound either.
  return compared === undefined ? isMeasure(value) && isMeasure(bound.value) : compared === bound.direction;
}

export function rangeCheck(
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
  profile: string,
): ValueCheck | undefined {
  const min = choiceValue(definition, 'minValue');
  const max = choiceValue(definition, 'maxValue');
  if (base && equals(choiceValue(base, 'minValue'), min) && equals(choiceValue(base, 'maxValue'), max))
    return undefined;
  const bounds: Bound[] = [];
  if (min !== undefined) bounds.push({ value: min, key: 'value-min', direction: -1 });
  if (max !== undefined) bounds.push({ value: max, key: 'value-max', direction: 1 });
  if (bounds.length === 0) return undefined;
  const name = definition.path ?? '';
  return (value, run, type) => {
    for (const bound of bounds)
      if (isBeyond(value, type, bound, run)) found(run, bound.key, '', name, profile);
  };
}
