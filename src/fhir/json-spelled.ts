/**
 * JSON as a tree of texts: every scalar as it is spelled, so that `1.50` stays `1.50`.
 * For text that `JSON.parse` accepts.
 */
import { readTree, unquoted } from './json-tree.ts';

export type Spelled = null | string | Spelled[] | SpelledObject;
export type SpelledObject = ReadonlyMap<string, Spelled>;

/** Strings unescaped, numbers and booleans as text. */
export function readSpelled(text: string): Spelled {
  return readTree<null | string>(text, (token) => {
    if (token === 'null') return null;
    return token.startsWith('"') ? unquoted(token) : token;
  });
}

export function isSpelledObject(value: Spelled | undefined): value is SpelledObject {
  return value instanceof Map;
}
