/**
 * Dates, date-times and times as FHIR writes them, to the precision that is given.
 * Without a time zone a date-time is taken as UTC, so that an answer does not depend on where the server stands.
 * http://hl7.org/fhirpath/#datetime and https://hl7.org/fhir/R4/datatypes.html#dateTime
 */

/** Year, month, day, hour, minute, millisecond of the minute: as many as were given. */
export interface Moment {
  readonly parts: readonly number[];
  /** Minutes east of UTC, when a zone is given. */
  readonly zone: number | undefined;
  /** Digits after the second; -1 when no second is given. */
  readonly fraction: number;
}

const dateTimePattern =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(?:(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?(Z|[+-]\d\d:\d\d)?)?)?$/;
const timePattern = /^(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?$/;

/** @returns undefined when the text is no date or date-time, or names a day that does not exist */
export function parseDateTime(text: string): Moment | undefined {
  const match = dateTimePattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  if (hour !== undefined && day === undefined) return undefined;
  const parts = numbers(year, month, day);
  if (!inRange(parts, [9999, 12, 31], 0) || (parts[1] ?? 1) < 1 || (parts[2] ?? 1) < 1) return undefined;
  if (parts.length === 3 && parts[2]! > daysInMonth(parts[0]!, parts[1]!)) return undefined;
  const clock = clockParts(hour, minute, second, fraction);
  if (!clock) return undefined;
  return {
    parts: [...parts, ...clock],
    zone: zone === undefined ? undefined : zoneMinutes(zone),
    fraction: second === undefined ? -1 : (fraction ?? '').length,
  };
}

/** @returns undefined when the text is no time of day */
export function parseTime(text: string): Moment | undefined {
  const match = timePattern.exec(text);
  if (!match) return undefined;
  const [, hour, minute, second, fraction] = match;
  const parts = clockParts(hour, minute, second, fraction);
  return (
    parts && {
      parts,
      zone: undefined,
      fraction: second === undefined ? -1 : (fraction ?? '').length,
    }
  );
}

function clockParts(
  hour?: string,
  minute?: string,
  second?: string,
  fraction?: string,
): number[] | undefined {
  const parts = numbers(hour, minute);
  if (second !== undefined) parts.push(Math.round(Number(`${second}.${fraction ?? '0'}`) * 1000));
  return inRange(parts, [23, 59, 60_999], 0) ? parts : undefined;
}

function numbers(...texts: (string | undefined)[]): number[] {
  return texts.filter((text) => text !== undefined).map(Number);
}

function inRange(parts: readonly number[], highest: readonly number[], lowest: number): boolean {
  return parts.every((part, i) => part >= lowest && part <= highest[i]!);
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function zoneMinutes(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return zone.startsWith('-') ? -minutes : minutes;
}

/**
 * Orders two dates or date-times.
 * @returns negative, zero or positive; undefined when their precision does not let one tell
 */
export function compareDateTimes(a: string, b: string): number | undefined {
  if (a.length === b.length && sameZone(a, b)) return a < b ? -1 : a > b ? 1 : 0;
  const left = parseDateTime(a);
  const right = parseDateTime(b);
  if (!left || !right) return undefined;
  const zoned = left.parts.length > 3 && right.parts.length > 3 && (left.zone ?? 0) !== (right.zone ?? 0);
  return zoned ? compareParts(toUtc(left), toUtc(right)) : compareParts(left.parts, right.parts);
}

/** @returns as `compareDateTimes` */
export function compareTimes(a: string, b: string): number | undefined {
  if (a.length === b.length) return a < b ? -1 : a > b ? 1 : 0;
  const left = parseTime(a);
  const right = parseTime(b);
  return left && right && compareParts(left.parts, right.parts);
}

/** Texts of one length and zone are in order as they are written. */
function sameZone(a: string, b: string): boolean {
  const end = a.length;
  if (end <= 10) return true;
  const start = zoneStart(a);
  if (start !== zoneStart(b)) return false;
  for (let i = start; i < end; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return false;
  return true;
}

/** Where the zone of a date-time begins: `Z` or `±hh:mm`; its end when it has none. */
function zoneStart(text: string): number {
  const end = text.length;
  if (text.charCodeAt(end - 1) === 90) return end - 1;
  const sign = text.charCodeAt(end - 6);
  return sign === 43 || sign === 45 ? end - 6 : end;
}

function compareParts(a: readonly number[], b: readonly number[]): number | undefined {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  }
  return a.length === b.length ? 0 : undefined;
}

/** The same moment at Greenwich, to the same precision. */
function toUtc({ parts, zone }: Moment): readonly number[] {
  const [year, month, day, hour, minute] = parts as [number, number, number, number, number | undefined];
  const shifted = new Date(Date.UTC(year, month - 1, day, hour, (minute ?? 0) - (zone ?? 0)));
  shifted.setUTCFullYear(shifted.getUTCFullYear() + (year < 100 ? year - (1900 + year) : 0));
  const moved = [
    shifted.getUTCFullYear(),
    shifted.getUTCMonth() + 1,
    shifted.getUTCDate(),
    shifted.getUTCHours(),
    shifted.getUTCMinutes(),
  ];
  return [...moved, ...parts.slice(5)].slice(0, parts.length);
}

/** Text of a moment, with the parts and the fraction digits it has. */
export function formatDateTime({ parts, zone, fraction }: Moment): string {
  const [year, month, day] = parts;
  let text = pad(year!, 4);
  if (month !== undefined) text += `-${pad(month, 2)}`;
  if (day !== undefined) text += `-${pad(day, 2)}`;
  if (parts.length > 3) text += `T${formatClock(parts.slice(3), fraction)}${formatZone(zone)}`;
  return text;
}

/** Text of a time of day. */
export function formatTime({ parts, fraction }: Moment): string {
  return formatClock(parts, fraction);
}

function formatClock([hour, minute, milliseconds]: readonly number[], fraction: number): string {
  let text = pad(hour!, 2);
  if (minute !== undefined) text += `:${pad(minute, 2)}`;
  if (milliseconds !== undefined) {
    text += `:${pad(Math.floor(milliseconds / 1000), 2)}`;
    if (fraction > 0)
      text += `.${pad(milliseconds % 1000, 3)
        .padEnd(fraction, '0')
        .slice(0, fraction)}`;
  }
  return text;
}

export function formatZone(zone: number | undefined): string {
  if (zone === undefined) return '';
  if (zone === 0) return 'Z';
  const minutes = Math.abs(zone);
  return `${zone < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
