/**
 * Dates and date-times of FHIR as instants. What is less precise than a second stands for the whole time it names: its
 * first instant where something begins, its last where something ends. Without a zone, times are UTC.
 */

export const minute = 60_000;
export const day = 86_400_000;

/** The first instant of a date or date-time, milliseconds; undefined when there is none. */
export function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(hasZone(text) || text.length <= 10 ? text : `${text}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** The last instant of a date or date-time, milliseconds; undefined when there is none. */
export function instantAfter(text: string | undefined): number | undefined {
  const first = instantOf(text);
  if (first === undefined || text === undefined || text.length > 10) return first;
  const date = new Date(first);
  if (text.length === 10) return first + day - 1;
  return (
    (text.length === 7
      ? date.setUTCMonth(date.getUTCMonth() + 1)
      : date.setUTCFullYear(date.getUTCFullYear() + 1)) - 1
  );
}

/** The calendar day that a date-time names where it was written, `2026-06-01`. */
export function dayOf(text: string | undefined): string | undefined {
  return text !== undefined && text.length >= 10 ? text.slice(0, 10) : undefined;
}

function hasZone(text: string): boolean {
  return /(?:Z|[+-]\d\d:\d\d)$/.test(text.slice(10));
}
