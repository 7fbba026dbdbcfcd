/**
 * The times of a plan. A plan that begins on a day is made of days: the hours of an appointment are for the clinic to
 * give. One that begins at a time of day is made of times, written in the zone of its beginning.
 */
import type { Duration, Range } from '@medplum/fhirtypes';
import { day, instantOf, minute } from '../time.ts';

export interface Calendar {
  /** When the plan begins, milliseconds since the epoch. */
  readonly start: number;
  /** A recorded date or date-time as a time of this calendar; undefined when there is none. */
  time(text: string | undefined): number | undefined;
  /** As FHIR writes it. */
  text(time: number): string;
  /** How long an appointment lasts: nothing in a plan of days, unless it lasts days. */
  length(duration: Duration | undefined): number;
}

/** @param start a date, or a date-time with a zone */
export function calendarFrom(start: string): Calendar | undefined {
  const begins = instantOf(start);
  if (begins === undefined) return undefined;
  if (start.length <= 10)
    return {
      start: begins,
      time: (text) => instantOf(text?.slice(0, 10)),
      text: (time) => new Date(time).toISOString().slice(0, 10),
      length: (duration) => Math.floor((millisecondsOf(duration) ?? 0) / day) * day,
    };
  const zone = /(?:Z|[+-]\d\d:\d\d)$/.exec(start)?.[0] ?? 'Z';
  const ahead = zoneMinutes(zone) * minute;
  return {
    start: begins,
    time: instantOf,
    text: (time) => `${new Date(time + ahead).toISOString().slice(0, 19)}${zone}`,
    length: (duration) => millisecondsOf(duration) ?? 0,
  };
}

/** An offset as the earliest and the latest of it; undefined when it is not in units of time. */
export function offsetOf(
  duration: Duration | undefined,
  range: Range | undefined,
): { readonly low: number; readonly high: number } | undefined {
  const low = millisecondsOf(duration ?? range?.low);
  const high = millisecondsOf(duration ?? range?.high);
  if (low === undefined && high === undefined) return undefined;
  return { low: low ?? 0, high: high ?? low ?? 0 };
}

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: minute,
  h: 60 * minute,
  d: day,
  wk: 7 * day,
  // Of UCUM: a month is a twelfth of a year of 365.25 days.
  mo: 30.4375 * day,
  a: 365.25 * day,
};

function millisecondsOf(duration: Duration | undefined): number | undefined {
  const unit = units[duration?.code ?? duration?.unit ?? ''];
  return duration?.value === undefined || unit === undefined ? undefined : duration.value * unit;
}

function zoneMinutes(zone: string): number {
  if (zone === 'Z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
