/**
 * Dates and date-times of FHIR as instants. What is less precise than a second stands for the whole time it names: its
 * first instant where something begins, its last where something ends. A date has no zone: it is a day where that
 * happened to which it is compared. Without a zone, times are UTC.
 */

export const minute = 60_000;
export const day = 86_400_000;

/** How far a place is ahead of UTC, milliseconds. */
export type Zone = number;

/** A point in time, and where: what dates are compared to. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly zone: Zone;
}

/** The zone in which a date-time was written; UTC when it says none. */
export function zoneOf(text: string | undefined): Zone {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(text?.slice(10) ?? '') ?? [];
  return hours === undefined ? 0 : (sign === '-' ? -minute : minute) * (Number(hours) * 60 + Number(minutes));
}

/**
 * The first instant of a date or date-time, milliseconds; undefined when there is none.
 * @param zone in which a date is meant
 */
export function instantOf(text: string | undefined, zone: Zone = 0): number | undefined {
  if (text === undefined) return undefined;
  const isDate = text.length <= 10;
  const time = Date.parse(isDate || hasZone(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? undefined : time - (isDate ? zone : 0);
}

/** The last instant of a date or date-time, milliseconds; undefined when there is none. */
export function instantAfter(text: string | undefined, zone: Zone = 0): number | undefined {
  const first = instantOf(text, zone);
  if (first === undefined || text === undefined || text.length > 10) return first;
  if (text.length === 10) return first + day - 1;
  const date = new Date(first + zone);
  const next =
    text.length === 7
      ? date.setUTCMonth(date.getUTCMonth() + 1)
      : date.setUTCFullYear(date.getUTCFullYear() + 1);
  return next - zone - 1;
}

/** The calendar day that a date or date-time is in a zone, `2026-06-01`; undefined when it names none. */
export function dayIn(zone: Zone, text: string | undefined): string | undefined {
  if (text === undefined || text.length < 10) return undefined;
  const time = text.length === 10 ? undefined : instantOf(text);
  return time === undefined ? text.slice(0, 10) : new Date(time + zone).toISOString().slice(0, 10);
}

function hasZone(text: string): boolean {
  return /(?:Z|[+-]\d\d:\d\d)$/.test(text.slice(10));
}
