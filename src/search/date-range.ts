/**
 * Dates and times as periods of milliseconds: a partial date covers all it could mean, `2026-01` the whole of January.
 * A time without a zone, and a date without a time, are taken as UTC.
 * https://hl7.org/fhir/R4/search.html#date
 */

export interface DateRange {
  /** Included. */
  readonly low: number;
  /** Excluded. */
  readonly high: number;
}

/** The outermost instants that JavaScript knows stand for the open ends of a period. */
export const beginningOfTime = -8.64e15;
export const endOfTime = 8.64e15;

const minute = 60_000;
const pattern =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,20}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

/** @returns undefined when the text is no date, or one that the calendar does not have */
export function dateRange(text: string): DateRange | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, y, mo, d, h, mi, s, fraction, zone] = match;
  const year = Number(y);
  if (mo === undefined) return { low: utc(year, 0, 1), high: utc(year + 1, 0, 1) };
  const month = Number(mo) - 1;
  if (month < 0 || month > 11) return undefined;
  if (d === undefined) return { low: utc(year, month, 1), high: utc(year, month + 1, 1) };
  const day = Number(d);
  const midnight = utc(year, month, day);
  if (day < 1 || new Date(midnight).getUTCDate() !== day) return undefined;
  if (h === undefined) return { low: midnight, high: utc(year, month, day + 1) };
  const seconds = Number(s ?? 0);
  const offset = zoneOffset(zone ?? 'Z');
  if (Number(h) > 23 || Number(mi) > 59 || seconds > 60 || offset === undefined) return undefined;
  const low = midnight + (Number(h) * 60 + Number(mi)) * minute - offset + seconds * 1000;
  if (s === undefined) return { low, high: low + minute };
  if (fraction === undefined) return { low, high: low + 1000 };
  const precision = Math.max(1, 10 ** (3 - fraction.length));
  const start = low + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return { low: start, high: start + precision };
}

/** `Date.UTC` takes years below 100 for the twentieth century. */
function utc(year: number, month: number, day: number): number {
  if (year >= 100) return Date.UTC(year, month, day);
  const date = new Date(0);
  return date.setUTCFullYear(year, month, day);
}

function zoneOffset(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minute;
}
