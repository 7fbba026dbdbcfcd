/**
 * From the FHIRPath of an issue to its line and column in the submitted text.
 * Only asked when there is an issue, so a plain second walk over the text is good enough; what it finds on the way
 * is remembered, so that a bundle with many issues is walked once.
 */

import type { Issue } from '../core/issue.ts';
import type { TextPosition } from './json-source.ts';
import {
  isArrayAt,
  isObjectAt,
  itemsOf,
  type MemberSpan,
  membersOf,
  type Span,
  skipSpace,
} from './json-text.ts';

/** Finds the position of an element; of its nearest present ancestor when it is absent. */
export type Locator = (expression: string) => TextPosition;

interface Place {
  /** Where to point at: the key of a member, the start of an item. */
  readonly at: number;
  readonly value: number;
}

/** @param text JSON text that parses */
export function createLocator(text: string): Locator {
  const places = new Map<string, Place | undefined>();
  const members = new Map<number, WalkedMembers>();
  const items = new Map<number, Walked<Span>>();
  const lineStarts = startsOfLines(text);
  const root = { at: skipSpace(text, 0), value: skipSpace(text, 0) };

  const membersAt = (at: number): WalkedMembers => {
    const known = members.get(at) ?? walkedMembers(isObjectAt(text, at) ? membersOf(text, at) : []);
    members.set(at, known);
    return known;
  };
  const itemsAt = (at: number): Walked<Span> => {
    const known = items.get(at) ?? walked(isArrayAt(text, at) ? itemsOf(text, at) : []);
    items.set(at, known);
    return known;
  };

  /** One step of the path: `name`, or `[index]` as its own step. */
  const step = (from: Place, segment: string): Place | undefined => {
    if (segment.startsWith('[')) {
      const index = Number(segment.slice(1, -1));
      const item = itemsAt(from.value).at(index);
      if (item) return { at: item.start, value: item.start };
      return !isArrayAt(text, from.value) && index === 0 ? from : undefined;
    }
    const own = membersAt(from.value);
    const member =
      own.named(segment) ?? own.named(`_${segment}`) ?? own.find(({ key }) => isChoiceOf(key, segment));
    return member && { at: member.start, value: member.value };
  };

  const placeOf = (segments: readonly string[]): Place => {
    let place: Place = root;
    let path = '';
    for (const segment of segments) {
      path += `.${segment}`;
      const known = places.get(path);
      const next: Place | undefined = known ?? step(place, segment);
      if (!next) break;
      places.set(path, next);
      place = next;
    }
    return place;
  };

  return (expression) => positionAt(lineStarts, placeOf(segmentsOf(expression)).at);
}

/**
 * Adds line and column to every issue that names an element.
 * @param text JSON text
 * @param locator when the text was not submitted as JSON: finds elements in what was
 */
export function withPositions(
  issues: readonly Issue[],
  text: string,
  locator: () => Locator = () => createLocator(text),
): Issue[] {
  if (issues.length === 0) return [];
  const locate = locator();
  return issues.map((issue) =>
    issue.expression === undefined || issue.line !== undefined
      ? issue
      : { ...issue, ...locate(issue.expression) },
  );
}

/** Members or items that were walked past so far: the text is walked no further than it is asked for, and once. */
interface Walked<S> {
  at(index: number): S | undefined;
}

interface WalkedMembers extends Walked<MemberSpan> {
  /** The first of a key. */
  named(key: string): MemberSpan | undefined;
  find(test: (member: MemberSpan) => boolean): MemberSpan | undefined;
}

function walked<S extends Span>(spans: Iterable<S>): Walked<S> {
  const rest = spans[Symbol.iterator]();
  const known: S[] = [];
  const at = (index: number): S | undefined => {
    while (known.length <= index) {
      const next = rest.next();
      if (next.done === true) return undefined;
      known.push(next.value);
    }
    return known[index];
  };
  return { at };
}

function walkedMembers(spans: Iterable<MemberSpan>): WalkedMembers {
  const { at } = walked(spans);
  const byKey = new Map<string, MemberSpan>();
  let next = 0;
  return {
    at,
    named(key) {
      for (let member = byKey.has(key) ? undefined : at(next); member; member = at(next)) {
        next++;
        if (!byKey.has(member.key)) byKey.set(member.key, member);
        if (member.key === key) break;
      }
      return byKey.get(key);
    },
    find(test) {
      for (let index = 0; ; index++) {
        const member = at(index);
        if (member === undefined || test(member)) return member;
      }
    },
  };
}

/** `value` is spelled `valueQuantity` and the like. */
function isChoiceOf(key: string, name: string): boolean {
  const plain = key.startsWith('_') ? key.slice(1) : key;
  return plain.startsWith(name) && /^[A-Z]/.test(plain.slice(name.length));
}

/** `Bundle.entry[2].resource.ofType(Patient).name[0]` → entry, [2], resource, name, [0]. */
export function segmentsOf(expression: string): string[] {
  const plain = expression.replace(/\.ofType\([^)]*\)|\/\*.*?\*\//g, '');
  return (plain.match(/\[\d+\]|[^.[\]]+/g) ?? []).slice(1);
}

/** Where each line of a text starts. */
export function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}

/** @param lineStarts of the text that the offset is in */
export function positionAt(lineStarts: readonly number[], offset: number): TextPosition {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, col: offset - lineStarts[low]! + 1 };
}
