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
  itemSpans,
  type MemberSpan,
  memberSpans,
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
  const members = new Map<number, Map<string, MemberSpan>>();
  const items = new Map<number, Span[]>();
  const lineStarts = startsOfLines(text);
  const root = { at: skipSpace(text, 0), value: skipSpace(text, 0) };

  const membersAt = (at: number): Map<string, MemberSpan> => {
    const known = members.get(at);
    if (known) return known;
    const found = new Map(isObjectAt(text, at) ? memberSpans(text, at).map((span) => [span.key, span]) : []);
    members.set(at, found);
    return found;
  };
  const itemsAt = (at: number): Span[] => {
    const known = items.get(at);
    if (known) return known;
    const found = isArrayAt(text, at) ? itemSpans(text, at) : [];
    items.set(at, found);
    return found;
  };

  /** One step of the path: `name`, or `[index]` as its own step. */
  const step = (from: Place, segment: string): Place | undefined => {
    if (segment.startsWith('[')) {
      const index = Number(segment.slice(1, -1));
      const item = itemsAt(from.value)[index];
      if (item) return { at: item.start, value: item.start };
      return !isArrayAt(text, from.value) && index === 0 ? from : undefined;
    }
    const own = membersAt(from.value);
    const member = own.get(segment) ?? own.get(`_${segment}`) ?? choiceMember(own, segment);
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

/** `value` is spelled `valueQuantity` and the like. */
function choiceMember(own: ReadonlyMap<string, MemberSpan>, name: string): MemberSpan | undefined {
  for (const [key, member] of own) {
    const plain = key.startsWith('_') ? key.slice(1) : key;
    if (plain.startsWith(name) && /^[A-Z]/.test(plain.slice(name.length))) return member;
  }
  return undefined;
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
