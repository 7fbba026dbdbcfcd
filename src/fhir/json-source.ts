/**
 * Submitted JSON: parsed once, its text kept. Malformed text is refused with line and column, never quoted.
 * https://hl7.org/fhir/R4/json.html
 */
import { refuse } from '../core/fhir-error.ts';
import { atOnce, inTurns, type Stepwise } from '../core/pauses.ts';
import { halfCharacterIn } from './json-half-character.ts';
import { type Escapes, escapesIn, type Met, plainLength } from './json-length.ts';
import { findSyntaxError } from './json-syntax.ts';
import { membersSeen, skipString } from './json-text.ts';

/** Deeper nesting than any resource needs, shallow enough for every recursive walk. */
const maximumDepth = 200;

/** 1-based position in a text. */
export interface TextPosition {
  readonly line: number;
  readonly col: number;
}

/** What is known of how a text spells its values. */
export interface Spelling {
  /** Whether all numbers are certain to be spelled as `JSON.stringify` spells them, or all but those of hundreds. */
  readonly numbers: 'plain' | 'hundreds' | 'any';
  /** Whether any character may be escaped, and one that no text of FHIR may hold. */
  readonly escapes: 'none' | 'some' | 'controls';
}

export interface ReadJson {
  /** As `JSON.parse` gives it. */
  readonly value: unknown;
  readonly spelling: Spelling;
}

/**
 * Parses JSON text.
 * @returns the value, as `JSON.parse` gives it
 * @throws FhirError 400 `malformed-json` for text that is no JSON, names a key twice in one object, nests deeper than
 *   200 levels or has half a character
 */
export function parseJson(text: string): unknown {
  return readJson(text).value;
}

/** As `parseJson`, and tells what is known of the text by then. */
export function readJson(text: string): ReadJson {
  const value = parsed(text);
  const met: Met = { keys: 0, hundreds: false, listed: false, enter: requireDepth };
  const length = plainLength(value, 1, met);
  // As long as its value: it has no white space, no escapes and no member that another one has replaced.
  let numbers: Spelling['numbers'] = met.hundreds ? 'hundreds' : 'plain';
  if (length === text.length) return { value, spelling: { numbers, escapes: 'none' } };
  const escapes = escapesIn(text);
  if (escapes.ofUnits) refuseHalfCharacter(text);
  if (length !== text.length - escapes.characters) {
    const seen = membersSeen(text);
    if (seen.keys !== met.keys) atOnce(refuseDuplicateKeys(text));
    numbers = seen.plainNumbers && !met.listed && typeof value !== 'number' ? 'plain' : 'any';
  }
  return { value, spelling: { numbers, escapes: kindOf(escapes) } };
}

const kindOf = ({ characters, ofControls }: Escapes) =>
  ofControls ? 'controls' : characters > 0 ? 'some' : 'none';

/** What escapes a text has that `JSON.parse` accepts, for those who did not read it with `readJson`. */
export function escapesOf(text: string): Spelling['escapes'] {
  return kindOf(escapesIn(text));
}

/** Characters that are gone through without a pause. */
const unpaused = 128 * 1024;

/** As `parseJson`, with pauses for the event loop once a large text is parsed. */
export async function parseJsonInTurns(text: string): Promise<unknown> {
  if (text.length <= unpaused) return parseJson(text);
  const value = parsed(text);
  refuseHalfCharacter(text);
  if (membersSeen(text).keys !== (await inTurns(countKeysStepwise(value, 1)))) {
    await inTurns(refuseDuplicateKeys(text));
  }
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const fault = findSyntaxError(text);
    throw refuse(
      'malformed-json',
      `The body is not JSON: ${fault.expected} expected`,
      positionOf(text, fault.offset),
    );
  }
}

function refuseHalfCharacter(text: string): void {
  const offset = halfCharacterIn(text);
  if (offset === undefined) return;
  const fault = 'The body is not JSON in UTF-8: an escape stands for half a character';
  throw refuse('malformed-json', fault, positionOf(text, offset));
}

/** Line and column of an offset. */
export function positionOf(text: string, offset: number): TextPosition {
  let line = 1;
  let lineStart = 0;
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  return { line, col: offset - lineStart + 1 };
}

/**
 * Keys of a value: counting them here and in the text is far cheaper than looking for a key given twice.
 * @throws FhirError when it nests too deep
 */
function keysOf(value: unknown, depth: number): number {
  return typeof value === 'object' && value !== null ? countKeys(value, depth) : 0;
}

function countKeys(value: object, depth: number): number {
  requireDepth(depth);
  let count = 0;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === 'object' && item !== null) count += countKeys(item, depth + 1);
    }
    return count;
  }
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    count++;
    if (typeof member === 'object' && member !== null) count += countKeys(member, depth + 1);
  }
  return count;
}

/** The levels down to the resources of a Bundle within Parameters: what lies deeper is counted without a pause. */
const upperLevels = 6;

function* countKeysStepwise(value: unknown, depth: number): Stepwise<number> {
  if (typeof value !== 'object' || value === null || depth > upperLevels) return keysOf(value, depth);
  yield;
  let count = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const one of Object.values(value)) count += yield* countKeysStepwise(one, depth + 1);
  return count;
}

function requireDepth(depth: number): void {
  if (depth > maximumDepth)
    throw refuse('malformed-json', `The body nests deeper than ${maximumDepth} levels`);
}

/** Every so many keys of a text a search may be interrupted. */
const stride = 2048;

function* refuseDuplicateKeys(text: string): Stepwise<void> {
  /** Keys of the objects around; undefined stands for an array. */
  const around: (Set<string> | undefined)[] = [];
  let isKey = false;
  let keys = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      const end = skipString(text, i);
      const seen = isKey ? around.at(-1) : undefined;
      if (seen) {
        const key = JSON.parse(text.slice(i, end)) as string;
        if (seen.has(key))
          throw refuse('malformed-json', 'A property is given twice in one object', positionOf(text, i));
        seen.add(key);
        if (++keys % stride === 0) yield;
      }
      isKey = false;
      i = end - 1;
    } else if (c === '{' || c === '[') {
      isKey = c === '{';
      around.push(isKey ? new Set() : undefined);
    } else if (c === '}' || c === ']') {
      around.pop();
    } else if (c === ',') {
      isKey = around.at(-1) !== undefined;
    }
  }
}
