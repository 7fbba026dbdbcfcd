/**
 * Submitted JSON: parsed once, its text kept. Malformed text is refused with line and column, never quoted.
 * https://hl7.org/fhir/R4/json.html
 */
import { refuse } from '../core/fhir-error.ts';
import { findSyntaxError } from './json-syntax.ts';
import { countKeysAtLeast, isArrayAt, isObjectAt, itemSpans, memberSpans, skipSpace } from './json-text.ts';

/** Deeper nesting than any resource needs, shallow enough for every recursive walk. */
const maximumDepth = 200;

/** 1-based position in a text. */
export interface TextPosition {
  readonly line: number;
  readonly col: number;
}

/**
 * Parses JSON text.
 * @returns the value, as `JSON.parse` gives it
 * @throws FhirError 400 `malformed-json` for text that is no JSON, names a key twice in one object or nests deeper
 *   than 200 levels
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const fault = findSyntaxError(text);
    throw refuse(
      'malformed-json',
      `The body is not JSON: ${fault.expected} expected`,
      positionOf(text, fault.offset),
    );
  }
  // Counting keys in the text and in the value is far cheaper than looking for a key given twice.
  if (countKeysAtLeast(text) !== countKeys(value, 1)) {
    const offset = findDuplicateKey(text, skipSpace(text, 0));
    if (offset !== undefined) {
      throw refuse('malformed-json', 'A property is given twice in one object', positionOf(text, offset));
    }
  }
  return value;
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

function countKeys(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > maximumDepth)
    throw refuse('malformed-json', `The body nests deeper than ${maximumDepth} levels`);
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item, depth + 1);
    return count;
  }
  for (const key in value) {
    count += 1 + countKeys((value as Record<string, unknown>)[key], depth + 1);
  }
  return count;
}

function findDuplicateKey(text: string, at: number): number | undefined {
  if (isArrayAt(text, at)) {
    for (const item of itemSpans(text, at)) {
      const found = findDuplicateKey(text, item.start);
      if (found !== undefined) return found;
    }
  } else if (isObjectAt(text, at)) {
    const seen = new Set<string>();
    for (const member of memberSpans(text, at)) {
      if (seen.has(member.key)) return member.start;
      seen.add(member.key);
      const found = findDuplicateKey(text, member.value);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
