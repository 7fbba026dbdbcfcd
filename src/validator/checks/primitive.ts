/**
 * Values of primitive types: their JSON type and their form. One function for each type, called from every element of
 * that type, so that the code generated for an element stays small.
 * https://hl7.org/fhir/R4/datatypes.html#primitive
 */
import {
  isBase64,
  isCode,
  isDate,
  isDateTime,
  isId,
  isInstant,
  isInteger,
  isOid,
  isPlainText,
  isPlainUri,
  isPositiveInt,
  isText,
  isTime,
  isUnsignedInt,
  isUri,
  isUuid,
  primitiveFormats,
} from '../primitives.ts';
import { found, type Run, stepAt } from '../run.ts';
import { checkUri } from './url.ts';

/** @param index place in the array; -1 for an element that does not repeat */
export type PrimitiveCheck = (value: unknown, run: Run, name: string, index: number) => boolean;

export function wrongJson(run: Run, value: unknown, step: string, type: string): void {
  if (value === null) found(run, 'null-unexpected', step, step);
  else if (Array.isArray(value)) found(run, 'array-unexpected', step, step);
  else found(run, 'json-type', step, step, type, primitiveFormats[type]?.json ?? 'string');
}

/** Types whose values should have something other than white space in them; those of all others must. */
const texts: ReadonlySet<string> = new Set(['string', 'markdown']);

export function badFormat(run: Run, value: unknown, step: string, type: string): void {
  if (typeof value !== 'string' || !/^[ \t\r\n]*$/.test(value)) found(run, 'format', step, step, type);
  else found(run, value !== '' && texts.has(type) ? 'string-blank' : 'string-empty', step);
}

/** Reports a value that is none of its type. */
function refuse(value: unknown, run: Run, name: string, index: number, type: string): false {
  const step = stepAt(name, index);
  if (typeof value === (primitiveFormats[type]?.json ?? 'string')) badFormat(run, value, step, type);
  else wrongJson(run, value, step, type);
  return false;
}

/** An HTML tag, as opposed to an autolink or a comparison. */
const htmlTag = /<\/?[a-z][a-z0-9]*(?:\s[^<>]*)?\/?>/i;
/** Code, in a line or in lines of its own: a tag in it is shown as it is written. */
const code = /(?<!`)`+[^`]+`+/g;

const hasHtml = (text: string) =>
  text.includes('<') && htmlTag.test(text) && htmlTag.test(text.replace(code, ''));

/** `isText`, as cheap as the run allows. */
export const isTextIn = (value: string, { escapes }: Run): boolean =>
  escapes === 'controls' ? isText(value) : isPlainText(value);

const text: PrimitiveCheck = (value, run, name, index) =>
  (typeof value === 'string' && isTextIn(value, run)) || refuse(value, run, name, index, 'string');

const markdown: PrimitiveCheck = (value, run, name, index) => {
  if (typeof value !== 'string' || !isTextIn(value, run)) return refuse(value, run, name, index, 'markdown');
  if (hasHtml(value)) found(run, 'html-in-markdown', stepAt(name, index));
  return true;
};

function uri(value: unknown, run: Run, name: string, index: number, type: string): boolean {
  if (typeof value !== 'string' || !(run.escapes === 'none' ? isPlainUri(value) : isUri(value)))
    return refuse(value, run, name, index, type);
  checkUri(value, run, name, index, type);
  return true;
}

/** Tells the run of a number that stands where an integer has to, if only the text says how it is spelled. */
function isNumber(value: unknown, run: Run): value is number {
  if (typeof value !== 'number') return false;
  if (run.numbers === 'any' || (run.numbers === 'hundreds' && value % 100 === 0)) run.integers = true;
  return true;
}

/**
 * By type. Each is true of a value of its type, and reports what is none. Written out one by one: of functions that a
 * function makes, the engine knows only what is common to all of them.
 */
export const primitiveChecks: Readonly<Record<string, PrimitiveCheck>> = {
  boolean: (v, x, name, i) => typeof v === 'boolean' || refuse(v, x, name, i, 'boolean'),
  decimal: (v, x, name, i) => typeof v === 'number' || refuse(v, x, name, i, 'decimal'),
  integer: (v, x, name, i) => (isNumber(v, x) && isInteger(v)) || refuse(v, x, name, i, 'integer'),
  unsignedInt: (v, x, name, i) =>
    (isNumber(v, x) && isUnsignedInt(v)) || refuse(v, x, name, i, 'unsignedInt'),
  positiveInt: (v, x, name, i) =>
    (isNumber(v, x) && isPositiveInt(v)) || refuse(v, x, name, i, 'positiveInt'),
  string: text,
  markdown,
  code: (v, x, name, i) => (typeof v === 'string' && isCode(v)) || refuse(v, x, name, i, 'code'),
  id: (v, x, name, i) => (typeof v === 'string' && isId(v)) || refuse(v, x, name, i, 'id'),
  uri: (v, x, name, i) => uri(v, x, name, i, 'uri'),
  url: (v, x, name, i) => uri(v, x, name, i, 'url'),
  canonical: (v, x, name, i) => uri(v, x, name, i, 'canonical'),
  oid: (v, x, name, i) => (typeof v === 'string' && isOid(v)) || refuse(v, x, name, i, 'oid'),
  uuid: (v, x, name, i) => (typeof v === 'string' && isUuid(v)) || refuse(v, x, name, i, 'uuid'),
  date: (v, x, name, i) => (typeof v === 'string' && isDate(v)) || refuse(v, x, name, i, 'date'),
  dateTime: (v, x, name, i) => (typeof v === 'string' && isDateTime(v)) || refuse(v, x, name, i, 'dateTime'),
  instant: (v, x, name, i) => (typeof v === 'string' && isInstant(v)) || refuse(v, x, name, i, 'instant'),
  time: (v, x, name, i) => (typeof v === 'string' && isTime(v)) || refuse(v, x, name, i, 'time'),
  base64Binary: (v, x, name, i) =>
    (typeof v === 'string' && isBase64(v)) || refuse(v, x, name, i, 'base64Binary'),
};
