/**
 * The text of a parameter value: lists by comma, parts by bar or dollar, any of them escaped by a backslash.
 * https://hl7.org/fhir/R4/search.html#escaping
 */

import { type FhirError, refuse } from '../core/fhir-error.ts';

const escapes = /\\([\\,|$])/g;

/** The parts between unescaped separators; escapes stay for the next step. */
export function splitUnescaped(text: string, separator: ',' | '|' | '$'): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** @param most values that are taken */
export function tooManyValues(most: number): FhirError {
  return refuse('search-too-large', 'The search has more values than can be asked at once', {
    hint: `At most ${most}: send it in parts`,
  });
}

/** A part as meant. */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(escapes, '$1') : text;
}
