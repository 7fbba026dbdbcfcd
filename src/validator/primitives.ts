/**
 * Primitive types: how each is written in JSON and which texts are values of it.
 * https://hl7.org/fhir/R4/datatypes.html#primitive
 */

export type JsonType = 'string' | 'number' | 'boolean';

export interface PrimitiveFormat {
  readonly json: JsonType;
}

const maxString = 1024 * 1024;

/** Control characters that no text may hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\0-\x08\x0b\x0c\x0e-\x1f]/;

export const hasControl = (text: string): boolean => control.test(text);

/** A text with something other than white space in it and no control characters; at most 1 MiB. */
export function isText(text: string): boolean {
  const length = text.length;
  if (length === 0 || length > maxString) return false;
  let start = 0;
  while (text.charCodeAt(start) <= 32) start++;
  return start < length && !hasControl(text);
}

/** As `isText`, of a text that cannot hold a control character other than a tab or the end of a line. */
export function isPlainText(text: string): boolean {
  return text.length > 0 && text.length <= maxString && (text.charCodeAt(0) > 32 || isText(text));
}

/** Single spaces inside and no other white space. White space is that of XML: a no-break space is none. */
export function isCode(text: string): boolean {
  const length = text.length;
  let space = true;
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c <= 32) {
      if (space || c !== 32) return false;
      space = true;
    } else space = false;
  }
  return !space;
}

export function isId(text: string): boolean {
  return isIdFrom(text, 0);
}

/** 1 for each character of an id: letters and digits come in any order, and a table need not guess which is next. */
const inIds = new Uint8Array(128);
for (let c = 0; c < inIds.length; c++) if (/[A-Za-z0-9\-.]/.test(String.fromCharCode(c))) inIds[c] = 1;

/** Whether what follows a place in a text is an id. */
export function isIdFrom(text: string, start: number): boolean {
  const length = text.length;
  if (length === start || length - start > 64) return false;
  for (let i = start; i < length; i++) if (inIds[text.charCodeAt(i)] !== 1) return false;
  return true;
}

const space = /[\0-\x20]/;

/** `\S*`, and no empty value. */
export function isUri(text: string): boolean {
  return text.length > 0 && !space.test(text);
}

/** As `isUri`, of a text that cannot hold a control character, not even a tab or the end of a line. */
export function isPlainUri(text: string): boolean {
  return text.length > 0 && !text.includes(' ');
}

const oidPattern = /^urn:oid:[0-2](\.(0|[1-9][0-9]*))+$/;
const uuidPattern = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isOid = (text: string): boolean => oidPattern.test(text);
export const isUuid = (text: string): boolean => uuidPattern.test(text);

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Two digits at a place as a number, or -1. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** A real day, month or year: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, in the first `length` characters. */
function isDay(text: string, length: number): boolean {
  if (length !== 10 && length !== 7 && length !== 4) return false;
  const century = two(text, 0);
  const rest = two(text, 2);
  const year = century * 100 + rest;
  if (century < 0 || rest < 0 || year === 0) return false;
  if (length === 4) return true;
  const month = two(text, 5);
  if (text.charCodeAt(4) !== 45 || month < 1 || month > 12) return false;
  if (length === 7) return true;
  const day = two(text, 8);
  if (text.charCodeAt(7) !== 45 || day < 1) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (monthDays[month - 1] as number) + (leap ? 1 : 0);
}

/** `hh:mm:ss` with an optional fraction, from `at`; the place after it, or -1. */
function clock(text: string, at: number): number {
  const hour = two(text, at);
  const minute = two(text, at + 3);
  const second = two(text, at + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  if (text.charCodeAt(at + 2) !== 58 || text.charCodeAt(at + 5) !== 58) return -1;
  let end = at + 8;
  if (text.charCodeAt(end) !== 46) return end;
  const start = ++end;
  while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return end > start ? end : -1;
}

/** `Z` or `±hh:mm` up to ±14:00, and then the end. */
function isZone(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if (c === 90) return text.length === at + 1;
  if ((c !== 43 && c !== 45) || text.length !== at + 6 || text.charCodeAt(at + 3) !== 58) return false;
  const hour = two(text, at + 1);
  const minute = two(text, at + 4);
  return hour >= 0 && minute >= 0 && minute <= 59 && (hour < 14 || (hour === 14 && minute === 0));
}

export function isDate(text: string): boolean {
  return isDay(text, text.length);
}

/** A date, or a date with time and zone. */
export function isDateTime(text: string): boolean {
  if (text.length <= 10) return isDay(text, text.length);
  return isInstant(text);
}

export function isInstant(text: string): boolean {
  if (!isDay(text, 10) || text.charCodeAt(10) !== 84) return false;
  const end = clock(text, 11);
  return end > 0 && isZone(text, end);
}

export function isTime(text: string): boolean {
  return clock(text, 0) === text.length;
}

/** Groups of four characters of the alphabet, white space anywhere, padding at the end only. */
export function isBase64(text: string): boolean {
  return isPlainBase64(text) || isSpacedBase64(text);
}

/** Attachments are long, and the engine decodes far faster than a loop looks at characters. */
function isPlainBase64(text: string): boolean {
  if (text.length === 0 || text.length % 4 !== 0) return false;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  try {
    // White space is skipped in decoding: then there are fewer bytes than that many characters stand for.
    return atob(text).length === (text.length / 4) * 3 - padding;
  } catch {
    return false;
  }
}

function isSpacedBase64(text: string): boolean {
  let count = 0;
  let padding = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 32 || (c >= 9 && c <= 13)) continue;
    if (c === 61) padding++;
    else {
      const legal = (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 47 && c <= 57) || c === 43;
      if (!legal || padding > 0) return false;
    }
    count++;
  }
  return count > 0 && count % 4 === 0 && padding <= 2;
}

const largest = 2147483647;
export const isInteger = (value: number): boolean =>
  Number.isInteger(value) && value >= -largest - 1 && value <= largest;
export const isUnsignedInt = (value: number): boolean => isInteger(value) && value >= 0;
export const isPositiveInt = (value: number): boolean => isInteger(value) && value >= 1;

/** By type name; what is not listed is not a primitive. */
export const primitiveFormats: Readonly<Record<string, PrimitiveFormat>> = {
  boolean: { json: 'boolean' },
  integer: { json: 'number' },
  unsignedInt: { json: 'number' },
  positiveInt: { json: 'number' },
  decimal: { json: 'number' },
  string: { json: 'string' },
  markdown: { json: 'string' },
  code: { json: 'string' },
  id: { json: 'string' },
  uri: { json: 'string' },
  url: { json: 'string' },
  canonical: { json: 'string' },
  oid: { json: 'string' },
  uuid: { json: 'string' },
  date: { json: 'string' },
  dateTime: { json: 'string' },
  instant: { json: 'string' },
  time: { json: 'string' },
  base64Binary: { json: 'string' },
  xhtml: { json: 'string' },
};
