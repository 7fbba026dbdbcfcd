/**
 * Adding durations to dates and times.
 * http://hl7.org/fhirpath/#datetime-arithmetic
 */
import { ExpressionFault } from '../fault.ts';
import {
  daysInMonth,
  formatDateTime,
  formatTime,
  type Moment,
  parseDateTime,
  parseTime,
} from './date-time.ts';
import { calendarUnit, type Quantity } from './quantity.ts';

/** UCUM units that may be added to a date; years and months of UCUM have a fixed length and may not. */
const calendarOfUcum: Readonly<Record<string, string>> = {
  wk: 'week',
  d: 'day',
  h: 'hour',
  min: 'minute',
  s: 'second',
  ms: 'millisecond',
};

/** What can be added to a time of day. */
const clockUnits: ReadonlySet<string> = new Set(['hour', 'minute', 'second', 'millisecond']);

const units = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'];
/** How many of each make one of the unit before it, for a value that is less precise than the duration. */
const millisecondsIn: Readonly<Record<string, number>> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};

/**
 * A date, date-time or time plus a duration, to the precision of the date.
 * @returns undefined when the text is no date, or the result leaves the calendar
 * @throws ExpressionFault when the unit is no duration that can be added
 */
export function addDuration(
  text: string,
  isTime: boolean,
  quantity: Quantity,
  sign: 1 | -1,
): string | undefined {
  const unit = quantity.calendar ?? calendarUnit(quantity.unit) ?? calendarOfUcum[quantity.unit];
  if (unit === undefined)
    throw new ExpressionFault('Only a calendar duration can be added to a date or time');
  const amount = sign * (unit === 'second' ? quantity.value : Math.trunc(quantity.value));
  const shifted = addToSeconds(text, amount * (millisecondsIn[unit] ?? Number.NaN));
  if (shifted !== undefined) return shifted;
  const moment = isTime ? parseTime(text) : parseDateTime(text);
  if (!moment) return undefined;
  if (isTime && !clockUnits.has(unit)) throw new ExpressionFault('A time takes hours and less, no days');
  if (isTime) return formatTime(addToClock(moment, amount, unit));
  const sum =
    unit === 'year' || unit === 'month' ? addMonths(moment, amount, unit) : addTime(moment, amount, unit);
  return sum && formatDateTime(sum);
}

/**
 * The usual case, without taking the text apart: a date-time to the second with its zone, and whole seconds.
 * @param step milliseconds
 * @returns undefined when this is another case
 */
function addToSeconds(text: string, step: number): string | undefined {
  const zone = text.charCodeAt(19);
  const ends = text.length === 20 ? zone === 90 : text.length === 25 && (zone === 43 || zone === 45);
  // Every month but February has 30 days; on later ones JavaScript takes what is no date for a day of the next month.
  const isFebruary = text.charCodeAt(5) === 48 && text.charCodeAt(6) === 50;
  if (!ends || !(digits(text, 8) <= (isFebruary ? 28 : 30))) return undefined;
  const sameDay = withinDay(text, step);
  if (sameDay !== undefined) return sameDay;
  const sum = Date.parse(`${text.slice(0, 19)}Z`) + step;
  if (!(sum >= earliest && sum <= latest) || sum % 1000 !== 0) return undefined;
  return new Date(sum).toISOString().slice(0, 19) + text.slice(19);
}

/** Where the day stays the same only the clock is written anew. */
function withinDay(text: string, step: number): string | undefined {
  const seconds = digits(text, 11) * 3600 + digits(text, 14) * 60 + digits(text, 17) + step / 1000;
  if (!(seconds >= 0 && seconds < 86_400) || !Number.isInteger(seconds)) return undefined;
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${text.slice(0, 11)}${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(seconds % 60)}${text.slice(19)}`;
}

const digits = (text: string, at: number): number =>
  (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** A calendar that is certain to have four digits in each year. */
const earliest = Date.UTC(1000, 0, 1);
const latest = Date.UTC(9999, 11, 31);

function addMonths(moment: Moment, amount: number, unit: string): Moment | undefined {
  const [year, month, day, ...clock] = moment.parts as [number, number?, number?, ...number[]];
  if (month === undefined) {
    return inCalendar({ ...moment, parts: [year + (unit === 'year' ? amount : Math.trunc(amount / 12))] });
  }
  const total = year * 12 + month - 1 + amount * (unit === 'year' ? 12 : 1);
  const [newYear, newMonth] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1];
  if (day === undefined) return inCalendar({ ...moment, parts: [newYear, newMonth] });
  const lastDay = daysInMonth(newYear, newMonth);
  return inCalendar({ ...moment, parts: [newYear, newMonth, Math.min(day, lastDay), ...clock] });
}

function addTime(moment: Moment, amount: number, unit: string): Moment | undefined {
  const given = moment.parts.length;
  if (given < 3) {
    // Less precise than a day: whole months (30 days) or years (365 days) of the duration count.
    const days = (amount * millisecondsIn[unit]!) / millisecondsIn.day!;
    const whole = given === 1 ? Math.trunc(days / 365) : Math.trunc(days / 30);
    return addMonths(moment, whole, units[given - 1]!);
  }
  const [year, month, day, hour = 0, minute = 0, milliseconds = 0] = moment.parts as [number, number, number];
  const step = amount * millisecondsIn[unit]!;
  const precision = [86_400_000, 3_600_000, 60_000, 1][given - 3]!;
  const kept = Math.trunc(step / precision) * precision;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setTime(date.getTime() + hour * 3_600_000 + minute * 60_000 + milliseconds + kept);
  const parts = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() * 1000 + date.getUTCMilliseconds(),
  ].slice(0, given);
  return inCalendar({ ...moment, parts, fraction: fractionOf(moment, parts) });
}

/** Milliseconds that were added show, even where none were written. */
function fractionOf({ fraction }: Moment, parts: readonly number[]): number {
  return fraction >= 0 && parts.at(-1)! % 1000 !== 0 ? Math.max(fraction, 3) : fraction;
}

function addToClock(moment: Moment, amount: number, unit: string): Moment {
  const step = amount * millisecondsIn[unit]!;
  const [hour = 0, minute = 0, milliseconds = 0] = moment.parts;
  const day = millisecondsIn.day!;
  const precision = [3_600_000, 60_000, 1][moment.parts.length - 1]!;
  const kept = Math.trunc(step / precision) * precision;
  const total = (((hour * 3_600_000 + minute * 60_000 + milliseconds + kept) % day) + day) % day;
  const parts = [Math.floor(total / 3_600_000), Math.floor(total / 60_000) % 60, total % 60_000];
  const given = parts.slice(0, moment.parts.length);
  return { ...moment, parts: given, fraction: fractionOf(moment, given) };
}

function inCalendar(moment: Moment): Moment | undefined {
  const year = moment.parts[0]!;
  return year >= 1 && year <= 9999 ? moment : undefined;
}
