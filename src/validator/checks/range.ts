/**
 * minValue and maxValue.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.minValue_x_
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import { compareUnitValues } from '../../terminology/canonical-units.ts';
import { ucumSystem } from '../../terminology/ucum.ts';
import type { ValueCheck } from '../compilation.ts';
import type { FindingKey } from '../finding.ts';
import { found, type Run } from '../run.ts';
import { choiceValue, equals } from './fixed.ts';

/** -1, 0 or 1; undefined when the two cannot be compared. */
function compareValues(one: unknown, other: unknown): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return Math.sign(one - other);
  return typeof one === 'string' && typeof other === 'string' ? compareTimes(one, other) : undefined;
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
  return compareValues(value, bound.value) === bound.direction;
}

/** What is wrong with a quantity, if it and the bound are of the same system of units: else it is not known. */
function quantityFault(value: Record<string, unknown>, bound: Bound): FindingKey | undefined {
  if (!isObject(bound.value) || typeof value.value !== 'number') return undefined;
  const { system, code, value: limit } = bound.value;
  if (typeof system !== 'string' || value.system !== system || typeof limit !== 'number') return undefined;
  if (typeof code !== 'string' || typeof value.code !== 'string') return undefined;
  if (value.code === code)
    return compareValues(value.value, limit) === bound.direction ? bound.key : undefined;
  if (system !== ucumSystem) return undefined;
  const compared = compareUnitValues({ value: value.value, code: value.code }, { value: limit, code });
  if (compared === undefined) return 'value-unit';
  return compared === bound.direction ? bound.key : undefined;
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
    for (const bound of bounds) {
      const fault = isObject(value)
        ? quantityFault(value, bound)
        : isBeyond(value, type, bound, run)
          ? bound.key
          : undefined;
      if (fault) found(run, fault, '', name, profile);
    }
  };
}
