/**
 * Walking JSON as text, for what a parsed object has lost: positions, the spelling of numbers, the order of members.
 * Every function here expects text that `JSON.parse` accepts; json-source.ts makes sure of that.
 * https://www.rfc-editor.org/rfc/rfc8259
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LARGE_E = 0x45;
const SMALL_E = 0x65;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** A stretch of text: `start` included, `end` excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface MemberSpan extends Span {
  readonly key: string;
  /** Where the value starts; the span itself starts at the key. */
  readonly value: number;
}

/** Index of the first character at or after `at` that is not white space. */
export function skipSpace(text: string, at: number): number {
  let i = at;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return i;
    i++;
  }
}

/** Index after the string whose opening quote is at `at`. */
export function skipString(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (text.charCodeAt(end - 1) === BACKSLASH && isEscaped(text, end)) {
    end = text.indexOf('"', end + 1);
  }
  return end + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** Index after the value that starts at `at`. */
export function skipValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipString(text, at);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return skipScalar(text, at);
  let depth = 0;
  let i = at;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      i = skipString(text, i);
      continue;
    }
    if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
    else if ((c === CLOSE_BRACE || c === CLOSE_BRACKET) && --depth === 0) return i + 1;
    i++;
  }
}

function skipScalar(text: string, at: number): number {
  let i = at;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET || c <= 0x20) break;
  }
  return i;
}

/** A stretch whose end is looked for when it is first asked for: it may lie far away. */
class LazySpan implements Span {
  readonly start: number;
  readonly value: number;
  readonly #text: string;
  #end = -1;

  constructor(text: string, start: number, value: number) {
    this.#text = text;
    this.start = start;
    this.value = value;
  }

  get end(): number {
    if (this.#end < 0) this.#end = skipValue(this.#text, this.value);
    return this.#end;
  }
}

class LazyMember extends LazySpan implements MemberSpan {
  readonly key: string;

  constructor(text: string, start: number, value: number, key: string) {
    super(text, start, value);
    this.key = key;
  }
}

/** Members of the object whose opening brace is at `at`; none is looked at before it is asked for. */
export function* membersOf(text: string, at: number): Generator<MemberSpan> {
  let i = skipSpace(text, at + 1);
  while (text.charCodeAt(i) !== CLOSE_BRACE) {
    const keyEnd = skipString(text, i);
    const key = JSON.parse(text.slice(i, keyEnd)) as string;
    const value = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const member = new LazyMember(text, i, value, key);
    yield member;
    i = skipSpace(text, member.end);
    if (text.charCodeAt(i) === COMMA) i = skipSpace(text, i + 1);
  }
}

/** Items of the array whose opening bracket is at `at`; none is looked at before it is asked for. */
export function* itemsOf(text: string, at: number): Generator<Span> {
  let i = skipSpace(text, at + 1);
  while (text.charCodeAt(i) !== CLOSE_BRACKET) {
    const item = new LazySpan(text, i, i);
    yield item;
    i = skipSpace(text, item.end);
    if (text.charCodeAt(i) === COMMA) i = skipSpace(text, i + 1);
  }
}

/** Members of the object whose opening brace is at `at`, in document order. */
export function memberSpans(text: string, at: number): MemberSpan[] {
  return [...membersOf(text, at)];
}

/** Items of the array whose opening bracket is at `at`. */
export function itemSpans(text: string, at: number): Span[] {
  return [...itemsOf(text, at)];
}

/** A member of the object whose opening brace is at `at`; what comes after it is not looked at. */
export function memberOf(text: string, at: number, key: string): MemberSpan | undefined {
  for (const member of membersOf(text, at)) if (member.key === key) return member;
  return undefined;
}

/** Whether an object or an array starts here. */
export function isObjectAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === OPEN_BRACE;
}

export function isArrayAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === OPEN_BRACKET;
}

/** What a look at the colons of a text tells of its members. */
export interface MembersSeen {
  /** At least the number of object keys. */
  readonly keys: number;
  /** Whether the numbers among their values are certain to be written in digits alone, as JavaScript writes them. */
  readonly plainNumbers: boolean;
}

/**
 * Looks at colons that follow a quote, white space between them or not: far cheaper than to read the text. What stands
 * in a string can only add to the keys (`": "`) and take the plainness away, never the other way round.
 */
export function membersSeen(text: string): MembersSeen {
  let keys = 0;
  let plainNumbers = true;
  for (let i = text.indexOf(':'); i !== -1; i = text.indexOf(':', i + 1)) {
    let before = i - 1;
    while (text.charCodeAt(before) <= 0x20) before--;
    if (text.charCodeAt(before) !== QUOTE) continue;
    keys++;
    const next = text.charCodeAt(i + 1);
    // Most values are texts, objects and arrays.
    if (next === QUOTE || next === OPEN_BRACE || next === OPEN_BRACKET || !plainNumbers) continue;
    plainNumbers = !beginsOtherNumber(text, next <= 0x20 ? skipSpace(text, i + 1) : i + 1);
  }
  return { keys, plainNumbers };
}

/** More digits than a number of JavaScript is sure to keep. */
const mostDigits = 15;

/** Whether a number begins here that is not written in digits alone, after a sign, or in too many. */
export function beginsOtherNumber(text: string, at: number): boolean {
  const first = text.charCodeAt(at) === MINUS ? at + 1 : at;
  let end = first;
  let c = text.charCodeAt(end);
  if (!isDigit(c)) return false;
  if (first > at && c === ZERO) return true;
  while (isDigit(c)) c = text.charCodeAt(++end);
  return end - first > mostDigits || c === POINT || c === SMALL_E || c === LARGE_E;
}

export const isDigit = (c: number): boolean => c >= ZERO && c <= NINE;
