/**
 * Opening tags of a narrative: their attributes and the URLs in them.
 * https://hl7.org/fhir/R4/narrative.html#xhtml
 */
import { attributes, isHarmless, mayHave } from './narrative-attributes.ts';
import { type MetName, nameless } from './narrative-names.ts';
import { spelledOut, urlFault } from './narrative-urls.ts';

const href = attributes.names.indexOf('href');
const src = attributes.names.indexOf('src');
const xmlns = attributes.names.indexOf('xmlns');

/** HTML has more, which XML does not know: narrative.html asks for the characters themselves. */
const xmlEntities = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);
const namespace = 'http://www.w3.org/1999/xhtml';

export const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);

/** Whether `#n` is the number of a character that XML may have. https://www.w3.org/TR/xml/#charsets */
function isCharacter(name: string): boolean {
  if (!/^#(?:[0-9]+|x[0-9a-fA-F]+)$/.test(name)) return false;
  const n = Number(name.replace('#', '').replace('x', '0x'));
  if (n < 32) return n === 9 || n === 10 || n === 13;
  return n < 0xd800 || (n > 0xdfff && n < 0xfffe) || (n > 0xffff && n <= 0x10ffff);
}

/** Whether `&name;` and `&#n;` between two places are ones XML knows. */
export function entitiesAreKnown(text: string, from: number, to: number): boolean {
  for (let at = text.indexOf('&', from); at >= 0 && at < to; at = text.indexOf('&', at)) {
    const end = text.indexOf(';', at);
    if (end < 0 || end > to || end === at + 1) return false;
    const name = text.slice(at + 1, end);
    const isNumber = name.charCodeAt(0) === 35;
    if (!(isNumber ? isCharacter(name) : xmlEntities.has(name))) return false;
    at = end;
  }
  return true;
}

/** What the tags of one narrative say; `end`, `closed` and `namespace` are of the one read last. */
export interface Tags {
  /** Place after `>`; negative when the tag is malformed. */
  end: number;
  closed: boolean;
  namespace: boolean;
  /** Whether every attribute so far is one that a narrative may have. */
  legal: boolean;
  /** Whether readers can follow every link. */
  linkable: boolean;
  /** Whether URLs are written as URLs are. */
  urls: boolean;
  /** What links begin with `#`. */
  fragments: string[] | undefined;
  readonly attribute: MetName;
  /** Numbers of the attributes of the tag read last, as many as `count` says. */
  readonly met: number[];
  count: number;
  /** Its attributes that HTML does not know. */
  strange: Set<string> | undefined;
  /** Whether the text has any entities at all. */
  readonly entities: boolean;
}

export function newTags(entities: boolean): Tags {
  return {
    end: 0,
    closed: false,
    namespace: false,
    legal: true,
    linkable: true,
    urls: true,
    fragments: undefined,
    attribute: { number: nameless, end: 0 },
    met: [],
    count: 0,
    strange: undefined,
    entities,
  };
}

/** Reads the attributes of an element from behind the name of its tag up to its end. */
export function readAttributes(text: string, start: number, element: number, tags: Tags): void {
  tags.end = -1;
  tags.closed = false;
  tags.namespace = false;
  tags.count = 0;
  tags.strange = undefined;
  let at = start;
  let less = -1;
  for (;;) {
    const before = at;
    while (isSpace(text.charCodeAt(at))) at++;
    const c = text.charCodeAt(at);
    if (c === 62) {
      tags.end = at + 1;
      return;
    }
    if (c === 47) {
      if (text.charCodeAt(at + 1) !== 62) return;
      tags.closed = true;
      tags.end = at + 2;
      return;
    }
    attributes.read(text, at, tags.attribute);
    const { number: attribute, end } = tags.attribute;
    if (end === at || before === at) return;
    if (attribute === nameless ? isStrangeAgain(text.slice(at, end), tags) : isAgain(attribute, tags)) return;
    if (attribute !== nameless && !mayHave(element, attribute)) tags.legal = false;
    at = end;
    while (isSpace(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) !== 61) return;
    at++;
    while (isSpace(text.charCodeAt(at))) at++;
    const quote = text.charCodeAt(at);
    if (quote !== 34 && quote !== 39) return;
    const close = text.indexOf(quote === 34 ? '"' : "'", at + 1);
    if (close < 0 || (tags.entities && !entitiesAreKnown(text, at + 1, close))) return;
    if (less < at) less = nextTag(text, at);
    if (less < close) return;
    if (attribute === xmlns) {
      tags.namespace = close - at - 1 === namespace.length && text.startsWith(namespace, at + 1);
      // What is in another namespace is no HTML.
      if (!tags.namespace) tags.legal = false;
    } else if (attribute === href || attribute === src)
      readUrl(text.slice(at + 1, close), attribute === href, tags);
    at = close + 1;
  }
}

function nextTag(text: string, from: number): number {
  const at = text.indexOf('<', from);
  return at < 0 ? text.length : at;
}

/** Whether the tag had the attribute already; remembers it. */
function isAgain(attribute: number, tags: Tags): boolean {
  const { met, count } = tags;
  for (let i = 0; i < count; i++) if (met[i] === attribute) return true;
  met[count] = attribute;
  tags.count = count + 1;
  return false;
}

function isStrangeAgain(name: string, tags: Tags): boolean {
  if (!isHarmless(name)) tags.legal = false;
  tags.strange ??= new Set();
  if (tags.strange.has(name)) return true;
  tags.strange.add(name);
  return false;
}

function readUrl(url: string, isLink: boolean, tags: Tags): void {
  if (url.charCodeAt(0) === 35 && url.length > 1) {
    tags.fragments ??= [];
    tags.fragments.push(url);
  }
  const fault = urlFault(tags.entities ? spelledOut(url) : url, isLink);
  if (fault === 'script') tags.legal = false;
  else if (fault === 'scheme') tags.linkable = false;
  else if (fault === 'form') tags.urls = false;
}
