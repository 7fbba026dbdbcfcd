/**
 * Narrative XHTML, judged by a scanner that hops from `<` to `<` and never builds a tree.
 * https://hl7.org/fhir/R4/narrative.html#xhtml, rules txt-1 and txt-2
 */
import type { FindingKey } from '../finding.ts';
import { hasControl } from '../primitives.ts';
import { found, foundAs, type Run, report } from '../run.ts';
import { checkFragments, fragmentsIn } from './narrative-links.ts';
import { type MetName, nameless } from './narrative-names.ts';
import { pastRun } from './narrative-runs.ts';
import { elements, endsParagraph, holdsText, image, mayStand, paragraph } from './narrative-structure.ts';
import { entitiesAreKnown, isSpace, newTags, readAttributes, type Tags } from './narrative-tag.ts';

/**
 * `malformed`: no well-formed div of the namespace; `content`: breaks txt-1; `block`: a block in a paragraph; `place`:
 * an element elsewhere where HTML has no place for it; `url`: no URL; `link`: leads where no reader can follow; `empty`:
 * breaks txt-2; `blank`: has white space and nothing else.
 */
export type NarrativeFault = 'malformed' | 'content' | 'block' | 'place' | 'url' | 'link' | 'empty' | 'blank';

export interface NarrativeReading {
  readonly fault: NarrativeFault | undefined;
  /** Links and images that begin with `#`, as they are written; undefined when there are none. */
  readonly fragments: readonly string[] | undefined;
}

const malformed: NarrativeReading = { fault: 'malformed', fragments: undefined };

function hasInk(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!isSpace(text.charCodeAt(i))) return true;
  return false;
}

function nextEntity(text: string, from: number): number {
  const at = text.indexOf('&', from);
  return at < 0 ? text.length : at;
}

/** Reads the div of a narrative. */
export function readNarrative(text: string): NarrativeReading {
  /** The next `&`; from the end of the text on there is none. */
  let entity = nextEntity(text, 0);
  const tags = newTags(entity < text.length);
  const met: MetName = { number: nameless, end: 0 };
  /** Elements around, by number; the names of those that HTML does not know, in the same order. */
  const open: number[] = [];
  const strange: string[] = [];
  let depth = 0;
  let paragraphs = 0;
  let placed = true;
  let apart = true;
  let ink = false;
  let blank = false;
  let started = false;
  const { length } = text;
  let at = 0;
  for (;;) {
    // Never past the end: the engine is slow at what it once saw to reach beyond a text.
    if (at === length) break;
    const less = text.charCodeAt(at) === 60 ? at : text.indexOf('<', at);
    const end = less < 0 ? length : less;
    const parent = depth > 0 ? (open[depth - 1] as number) : nameless;
    if (depth === 0) {
      if (hasInk(text, at, end)) return malformed;
    } else if (end > at) {
      if (entity < end) {
        if (!entitiesAreKnown(text, at, end)) return malformed;
        entity = nextEntity(text, end);
      }
      const bare = !holdsText(parent);
      if (bare || !ink) {
        const inked = hasInk(text, at, end);
        ink ||= inked;
        blank = true;
        if (bare && inked) placed = false;
      }
    }
    if (less < 0) break;
    // Around the div, and before it, there may be comments.
    if (depth === 0 && !text.startsWith('<!--', less) && (started || !text.startsWith('<div', less)))
      return malformed;
    const next = text.charCodeAt(less + 1);
    if (next === 47) {
      if (depth === 0) return malformed;
      depth--;
      at =
        nameless === parent ? endOf(strange.pop(), text, less + 2) : elements.endOf(parent, text, less + 2);
      if (at < 0) return malformed;
      if (parent === paragraph) paragraphs--;
      while (isSpace(text.charCodeAt(at))) at++;
      if (at === length || text.charCodeAt(at) !== 62) return malformed;
      at++;
      continue;
    }
    if (next === 33) {
      at = endOfSection(text, less);
      if (at < 0) return malformed;
      if (text.charCodeAt(less + 2) === 91) {
        ink ||= hasInk(text, less + cdata.length, at - 3);
        if (!holdsText(parent) && hasInk(text, less + cdata.length, at - 3)) placed = false;
      }
      continue;
    }
    elements.read(text, less + 1, met);
    const { number: element, end: stop } = met;
    if (stop === less + 1) return malformed;
    if (element === nameless) tags.legal = false;
    else if (depth > 0) {
      if (!mayStand(element, parent)) placed = false;
      if (paragraphs > 0 && endsParagraph(element)) apart = false;
    }
    let closed = false;
    // The usual tag is a name and nothing else.
    if (started && text.charCodeAt(stop) === 62) {
      // Once it is known that there is any ink, only tags matter.
      const past = ink ? pastRun(element, text, less) : less;
      if (past > less) {
        at = past;
        continue;
      }
      at = stop + 1;
    } else {
      readAttributes(text, stop, element, tags);
      if (tags.end < 0 || (!started && !tags.namespace)) return malformed;
      started = true;
      closed = tags.closed;
      at = tags.end;
    }
    if (element === image) ink = true;
    if (closed) continue;
    open[depth++] = element;
    if (element === paragraph) paragraphs++;
    else if (element === nameless) strange.push(text.slice(less + 1, stop));
  }
  if (depth > 0 || !started) return malformed;
  const content = ink ? undefined : blank ? 'blank' : 'empty';
  const structure = apart ? undefined : 'block';
  const fault = faultOf(tags) ?? structure ?? (content === 'empty' ? content : undefined);
  return { fault: fault ?? (placed ? content : 'place'), fragments: tags.fragments };
}

function faultOf({ legal, linkable, urls }: Tags): NarrativeFault | undefined {
  if (!legal) return 'content';
  if (!linkable) return 'link';
  return urls ? undefined : 'url';
}

const cdata = '<![CDATA[';

/** The place after a comment or a CDATA section; -1 of what is neither. https://www.w3.org/TR/xml/#sec-comments */
function endOfSection(text: string, at: number): number {
  const isData = text.startsWith(cdata, at);
  if (!isData && !text.startsWith('<!--', at)) return -1;
  // The first two hyphens within a comment are its last.
  const end = isData ? text.indexOf(']]>', at) : text.indexOf('--', at + 4);
  return end >= 0 && text.charCodeAt(end + 2) === 62 ? end + 3 : -1;
}

/** The place after a name that is none of the table; -1 when it does not stand there. */
function endOf(name = '', text: string, at: number): number {
  return text.startsWith(name, at) ? at + name.length : -1;
}

const txt1 =
  'The narrative SHALL contain only the basic html formatting elements and attributes described in chapters 7-11 (except section 4 of chapter 9) and 15 of the HTML 4.0 standard, <a> elements (either name or href), images and internally contained style attributes';

/** Reports what is wrong with `Narrative.div`. */
export function checkNarrative(value: unknown, run: Run): void {
  if (typeof value !== 'string') {
    found(run, 'json-type', 'div', 'div', 'xhtml', 'string');
    return;
  }
  const { fault, fragments } =
    run.escapes === 'controls' && hasControl(value) ? malformed : readNarrative(value);
  const links = fault === 'malformed' ? fragmentsIn(value) : fragments;
  if (links !== undefined) {
    for (const link of links) run.scope.fragments.push(link);
    checkFragments(links, run);
  }
  if (fault === undefined) return;
  if (fault === 'content')
    report(run, { key: 'txt-1', severity: 'error', code: 'invariant', text: txt1, path: 'div' });
  // txt-1 says which elements there may be, not where; readers of HTML make the best of it.
  else if (fault === 'place') foundAs(run, 'warning', 'narrative-structure', 'div');
  // HL7's own examples have such narratives.
  else if (fault === 'blank') foundAs(run, 'warning', 'narrative-empty', 'div');
  else found(run, findingOf[fault], 'div');
}

const findingOf = {
  malformed: 'narrative',
  link: 'narrative-link',
  block: 'narrative-structure',
  url: 'narrative-url',
  // The prose of txt-2 forbids it; its expression in 4.0.1, htmlChecks(), is that of txt-1 and does not look at it.
  empty: 'narrative-empty',
} as const satisfies Record<Exclude<NarrativeFault, 'content' | 'place' | 'blank'>, FindingKey>;
