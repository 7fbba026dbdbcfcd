/**
 * The attributes that elements of a narrative may have: those of chapters 7 to 11 and 15 of HTML 4.0, and of links and
 * images those of theirs. Attributes go by their number in `attributes`, elements by theirs in `elements`.
 * https://www.w3.org/TR/html401/index/attributes.html, the standard that rule txt-1 names
 */
import { createNameTable, nameless } from './narrative-names.ts';
import { elements } from './narrative-structure.ts';

/** Of every element: the common ones, and those of cells and columns, which say nothing elsewhere and do no harm. */
const common = `id class style title lang xml:lang xml:space dir xmlns accesskey tabindex
  span width align valign char charoff abbr axis headers scope rowspan colspan`.split(/\s+/);

const own: Readonly<Record<string, string>> = {
  a: 'href name charset type hreflang rel rev shape coords',
  area: 'href nohref shape coords alt',
  blockquote: 'cite',
  br: 'clear',
  dl: 'compact',
  hr: 'size noshade',
  img: 'src alt longdesc height usemap ismap border hspace vspace name',
  li: 'type value',
  map: 'name',
  ol: 'start type compact',
  q: 'cite',
  table: 'summary border frame rules cellspacing cellpadding bgcolor',
  td: 'bgcolor nowrap height',
  th: 'bgcolor nowrap height',
  tr: 'bgcolor',
  ul: 'type compact',
};
const ownOf = (element: string) => own[element]?.split(' ') ?? [];

export const attributes = createNameTable([...new Set([...common, ...elements.names.flatMap(ownOf)])]);

const { names } = attributes;

/** 1 for each pair, element before attribute, that HTML allows. */
const places = new Uint8Array(elements.names.length * names.length);
for (const [e, element] of elements.names.entries()) {
  const allowed = new Set([...common, ...ownOf(element)]);
  for (const [a, attribute] of names.entries()) places[e * names.length + a] = allowed.has(attribute) ? 1 : 0;
}

/** Whether an element, which may be one that HTML does not know, may have an attribute of the table. */
export function mayHave(element: number, attribute: number): boolean {
  return element === nameless || places[element * names.length + attribute] === 1;
}

/** What software notes down for itself begins with `data-`: HL7's own narratives have such attributes. */
export const isHarmless = (name: string): boolean => name.startsWith('xmlns:') || name.startsWith('data-');
