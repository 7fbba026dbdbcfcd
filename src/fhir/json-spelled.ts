/**
 * JSON as a tree of texts: every scalar as it is spelled, so that `1.50` stays `1.50`.
 * For text that `JSON.parse` accepts.
 */
import { isArrayAt, isObjectAt, skipSpace, skipString, skipValue } from './json-text.ts';

export type Spelled = null | string | Spelled[] | SpelledObject;
export type SpelledObject = ReadonlyMap<string, Spelled>;

/** Strings unescaped, numbers and booleans as text. */
export function readSpelled(text: string): Spelled {
  let at = 0;

  function value(): Spelled {
    at = skipSpace(text, at);
    if (isObjectAt(text, at)) return members();
    if (isArrayAt(text, at)) return items();
    const start = at;
    at = skipValue(text, start);
    const scalar = text.slice(start, at);
    if (scalar === 'null') return null;
    return scalar.startsWith('"') ? unquoted(scalar) : scalar;
  }

  function members(): SpelledObject {
    const found = new Map<string, Spelled>();
    while (enter('}')) {
      const start = at;
      at = skipString(text, start);
      const key = unquoted(text.slice(start, at));
      at = skipSpace(text, at) + 1;
      found.set(key, value());
    }
    return found;
  }

  function items(): Spelled[] {
    const found: Spelled[] = [];
    while (enter(']')) found.push(value());
    return found;
  }

  /** Steps over a bracket or comma to the next member or item; past the end when there is none. */
  function enter(close: string): boolean {
    at = skipSpace(text, at);
    if (text[at] !== close) at = skipSpace(text, at + 1);
    if (text[at] !== close) return true;
    at++;
    return false;
  }

  return value();
}

function unquoted(token: string): string {
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}

export function isSpelledObject(value: Spelled | undefined): value is SpelledObject {
  return value instanceof Map;
}
