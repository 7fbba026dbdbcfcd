/**
 * Narrative XHTML, judged by a scanner that hops from `<` to `<` and never builds a tree.
 * https://hl7.org/fhir/R4/narrative.html#xhtml, rules txt-1 and txt-2
 */
import { found, type Run } from '../run.ts';
import { checkFragments } from './narrative-links.ts';
import { holdsText, mayStand } from './narrative-structure.ts';
import { urlFault } from './narrative-urls.ts';

/** HTML 4.0 chapters 7 to 11 (without 9.4) and 15, `a` and `img`; nothing deprecated. */
const elements =
  `div h1 h2 h3 h4 h5 h6 address bdo span em strong dfn code samp kbd var cite abbr acronym blockquote q sub sup p br
  pre ul ol li dl dt dd table caption thead tfoot tbody colgroup col tr th td tt i b big small hr a img map area`.split(
    /\s+/,
  );

/** By length and first letter: names are recognised where they stand. */
const elementsByStart = Map.groupBy(elements, (name) => name.length * 128 + name.charCodeAt(0));

/** The element whose name stands between two places; undefined when it is none of those allowed. */
function elementAt(text: string, start: number, end: number): string | undefined {
  const candidates = elementsByStart.get((end - start) * 128 + text.charCodeAt(start));
  if (candidates === undefined) return undefined;
  for (let i = 0; i < candidates.length; i++) {
    const name = candidates[i] as string;
    if (text.startsWith(name, start)) return name;
  }
  return undefined;
}

const attributes = new Set(
  `id class style title lang xml:lang xml:space dir xmlns cite href name src alt longdesc height width usemap ismap border
  summary frame rules cellspacing cellpadding align valign char charoff span abbr axis headers scope rowspan colspan
  nowrap rel rev hreflang type charset accesskey tabindex shape coords target start value compact clear size noshade
  bgcolor hspace vspace background`.split(/\s+/),
);

const xmlEntities = new Set(['amp', 'lt', 'gt', 'quot', 'apos', 'nbsp']);
const namespace = 'http://www.w3.org/1999/xhtml';

/**
 * `malformed`: no well-formed div of the namespace; `content`: breaks txt-1; `structure`: an element where HTML has no
 * place for it; `url`: no URL; `link`: leads where no reader can follow; `empty`: breaks txt-2.
 */
export type NarrativeFault = 'malformed' | 'content' | 'structure' | 'url' | 'link' | 'empty';

const isSpace = (c: number) => c === 32 || (c >= 9 && c <= 13);

/** Whether `&name;` and `&#n;` between two places are ones XML knows. */
function entitiesAreKnown(text: string, from: number, to: number): boolean {
  for (let at = text.indexOf('&', from); at >= 0 && at < to; at = text.indexOf('&', at)) {
    const end = text.indexOf(';', at);
    if (end < 0 || end > to || end === at + 1) return false;
    const name = text.slice(at + 1, end);
    const isNumber = name.charCodeAt(0) === 35;
    if (!(isNumber ? /^#(?:[0-9]+|x[0-9a-fA-F]+)$/.test(name) : xmlEntities.has(name))) return false;
    at = end;
  }
  return true;
}

function hasInk(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!isSpace(text.charCodeAt(i))) return true;
  return false;
}

/** The place after the name that begins at `at`. */
function nameEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length) {
    const c = text.charCodeAt(end);
    const part =
      (c >= 97 && c <= 122) ||
      (c >= 65 && c <= 90) ||
      (c >= 48 && c <= 58) ||
      c === 45 ||
      c === 95 ||
      c === 46;
    if (!part) break;
    end++;
  }
  return end;
}

interface Tag {
  /** Place after `>`; negative when the tag is malformed. */
  end: number;
  closed: boolean;
  legal: boolean;
  linkable: boolean;
  /** Whether its URLs are written as URLs are. */
  urls: boolean;
  namespace: boolean;
  /** Names of its attributes so far. */
  readonly names: string[];
  /** The same, of a tag that has so many that comparing them one by one would take long. */
  manyNames: Set<string> | undefined;
  /** Whether the text has any entities at all. */
  readonly entities: boolean;
}

/** Reads attributes from `at` up to the end of the tag. */
function readAttributes(text: string, start: number, tag: Tag): void {
  tag.end = -1;
  tag.closed = false;
  tag.legal = true;
  tag.linkable = true;
  tag.urls = true;
  tag.namespace = false;
  tag.names.length = 0;
  tag.manyNames = undefined;
  let at = start;
  let less = -1;
  for (;;) {
    const before = at;
    while (isSpace(text.charCodeAt(at))) at++;
    const c = text.charCodeAt(at);
    if (c === 62) {
      tag.end = at + 1;
      return;
    }
    if (c === 47) {
      if (text.charCodeAt(at + 1) !== 62) return;
      tag.closed = true;
      tag.end = at + 2;
      return;
    }
    const end = nameEnd(text, at);
    if (end === at || before === at) return;
    const name = text.slice(at, end);
    if (isRepeated(tag, name)) return;
    at = end;
    while (isSpace(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) !== 61) return;
    at++;
    while (isSpace(text.charCodeAt(at))) at++;
    const quote = text.charCodeAt(at);
    if (quote !== 34 && quote !== 39) return;
    const close = text.indexOf(quote === 34 ? '"' : "'", at + 1);
    if (close < 0 || (tag.entities && !entitiesAreKnown(text, at + 1, close))) return;
    if (less < at) less = nextTag(text, at);
    if (less < close) return;
    if (name === 'xmlns') tag.namespace = text.slice(at + 1, close) === namespace;
    else if (!attributes.has(name) && !name.startsWith('xmlns:')) tag.legal = false;
    if (name === 'href' || name === 'src') {
      const fault = urlFault(text.slice(at + 1, close));
      if (fault === 'script') tag.legal = false;
      else if (fault === 'scheme') tag.linkable = false;
      else if (fault === 'form') tag.urls = false;
    }
    at = close + 1;
  }
}

/** More attributes than HTML has for any element. */
const fewNames = 20;

/** Whether the tag had an attribute of that name already; remembers it. */
function isRepeated(tag: Tag, name: string): boolean {
  const { names } = tag;
  if (names.length < fewNames) {
    if (names.includes(name)) return true;
    names.push(name);
    return false;
  }
  tag.manyNames ??= new Set(names);
  if (tag.manyNames.has(name)) return true;
  tag.manyNames.add(name);
  return false;
}

function nextTag(text: string, from: number): number {
  const at = text.indexOf('<', from);
  return at < 0 ? text.length : at;
}

function nextEntity(text: string, from: number): number {
  const at = text.indexOf('&', from);
  return at < 0 ? text.length : at;
}

/** What is wrong with a narrative div, if anything. */
export function narrativeFault(text: string): NarrativeFault | undefined {
  /** The next `&`; from the end of the text on there is none. */
  let entity = nextEntity(text, 0);
  const open: string[] = [];
  const tag: Tag = {
    end: 0,
    closed: false,
    legal: true,
    linkable: true,
    urls: true,
    namespace: false,
    names: [],
    manyNames: undefined,
    entities: entity < text.length,
  };
  let legal = true;
  let linkable = true;
  let urls = true;
  let placed = true;
  let ink = false;
  let at = 0;
  while (isSpace(text.charCodeAt(at))) at++;
  if (!text.startsWith('<div', at)) return 'malformed';
  let started = false;
  for (;;) {
    const less = text.indexOf('<', at);
    const end = less < 0 ? text.length : less;
    if (open.length === 0) {
      if (started && hasInk(text, at, end)) return 'malformed';
    } else {
      if (entity < end) {
        if (!entitiesAreKnown(text, at, end)) return 'malformed';
        entity = nextEntity(text, end);
      }
      const parent = open[open.length - 1];
      const bare = !holdsText(parent);
      if (bare || !ink) {
        const inked = hasInk(text, at, end);
        ink ||= inked;
        if (bare && inked) placed = false;
      }
    }
    if (less < 0) break;
    if (started && open.length === 0 && !text.startsWith('<!--', less)) return 'malformed';
    const next = text.charCodeAt(less + 1);
    if (next === 47) {
      const opened = open.pop();
      if (opened === undefined || !text.startsWith(opened, less + 2)) return 'malformed';
      at = less + 2 + opened.length;
      while (isSpace(text.charCodeAt(at))) at++;
      if (text.charCodeAt(at) !== 62) return 'malformed';
      at++;
      continue;
    }
    if (next === 33) {
      const comment = text.startsWith('<!--', less);
      const close = comment ? text.indexOf('-->', less + 4) : -1;
      if (close < 0) return 'malformed';
      at = close + 3;
      continue;
    }
    const stop = nameEnd(text, less + 1);
    if (stop === less + 1) return 'malformed';
    const element = elementAt(text, less + 1, stop);
    const name = element ?? text.slice(less + 1, stop);
    if (element === undefined) legal = false;
    else if (placed && !mayStand(element, open)) placed = false;
    if (started && text.charCodeAt(stop) === 62) {
      // The usual tag: a name and nothing else.
      if (name === 'img') ink = true;
      open.push(name);
      at = stop + 1;
      continue;
    }
    readAttributes(text, stop, tag);
    if (tag.end < 0) return 'malformed';
    if (!started && !tag.namespace) return 'malformed';
    started = true;
    if (!tag.legal) legal = false;
    if (!tag.linkable) linkable = false;
    if (!tag.urls) urls = false;
    if (name === 'img') ink = true;
    if (!tag.closed) open.push(name);
    at = tag.end;
  }
  if (open.length > 0) return 'malformed';
  if (!legal) return 'content';
  if (!linkable) return 'link';
  if (!placed) return 'structure';
  if (!urls) return 'url';
  return ink ? undefined : 'empty';
}

const txt1 =
  'The narrative SHALL contain only the basic html formatting elements and attributes described in chapters 7-11 (except section 4 of chapter 9) and 15 of the HTML 4.0 standard, <a> elements (either name or href), images and internally contained style attributes';

/** Reports what is wrong with `Narrative.div`. */
export function checkNarrative(value: unknown, run: Run): void {
  if (typeof value !== 'string') {
    found(run, 'json-type', 'div', 'div', 'xhtml', 'string');
    return;
  }
  if (run.scope.resource.contained !== undefined) {
    for (const [, fragment] of value.matchAll(/(?:src|href)\s*=\s*["'](#[^"']+)/g))
      run.scope.fragments.push(fragment as string);
  }
  checkFragments(value, run);
  const fault = narrativeFault(value);
  if (fault === 'malformed') found(run, 'narrative', 'div');
  else if (fault === 'content') {
    run.findings.push({ key: 'txt-1', severity: 'error', code: 'invariant', text: txt1, path: 'div' });
  } else if (fault === 'link') found(run, 'narrative-link', 'div');
  else if (fault === 'structure') found(run, 'narrative-structure', 'div');
  else if (fault === 'url') found(run, 'narrative-url', 'div');
  else if (fault === 'empty') {
    // The prose of txt-2 forbids it; its expression in 4.0.1, htmlChecks(), is that of txt-1 and does not look at it.
    found(run, 'narrative-empty', 'div');
  }
}
