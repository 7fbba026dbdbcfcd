/**
 * The elements that a narrative may have, and where HTML has a place for them: rows in tables, items in lists, no
 * blocks inside of text. Elements go by their number in `elements`.
 * https://www.w3.org/TR/html401/sgml/dtd.html, the standard that rule txt-1 names
 */
import { createNameTable, nameless } from './narrative-names.ts';

/** HTML 4.0 chapters 7 to 11 (without 9.4) and 15, `a` and `img`; nothing deprecated. */
export const elements = createNameTable(
  `div h1 h2 h3 h4 h5 h6 address bdo span em strong dfn code samp kbd var cite abbr acronym blockquote q sub sup p br
  pre ul ol li dl dt dd table caption thead tfoot tbody colgroup col tr th td tt i b big small hr a img map area`.split(
    /\s+/,
  ),
);

const { names } = elements;
export const image = names.indexOf('img');
export const paragraph = names.indexOf('p');

const rows = ['table', 'thead', 'tbody', 'tfoot'];

/** The elements that an element has to stand in. */
const parents: Readonly<Record<string, readonly string[]>> = {
  caption: ['table'],
  colgroup: ['table'],
  col: ['table', 'colgroup'],
  thead: ['table'],
  tbody: ['table'],
  tfoot: ['table'],
  tr: rows,
  td: ['tr'],
  th: ['tr'],
  li: ['ul', 'ol'],
  dt: ['dl'],
  dd: ['dl'],
  area: ['map'],
};

/** What an element may hold and nothing else, no text either. */
const contents: Readonly<Record<string, readonly string[]>> = {
  table: ['caption', 'colgroup', 'col', 'thead', 'tbody', 'tfoot', 'tr'],
  thead: ['tr'],
  tbody: ['tr'],
  tfoot: ['tr'],
  tr: ['td', 'th'],
  ul: ['li'],
  ol: ['li'],
  dl: ['dt', 'dd'],
  br: [],
  hr: [],
  img: [],
};

const blocks = ['div', 'blockquote', 'table', 'ol', 'ul', 'p'];

/** 1 for each pair, parent before child, that HTML allows; the row after the last is that of elements it does not know. */
const places = new Uint8Array((names.length + 1) * names.length);
for (const [p, parent] of [...names, ''].entries()) {
  for (const [c, child] of names.entries()) {
    const allowed = parents[child]?.includes(parent) !== false && contents[parent]?.includes(child) !== false;
    places[p * names.length + c] = allowed ? 1 : 0;
  }
}
const isBlock = names.map((name) => blocks.includes(name));
const isBare = names.map((name) => name in contents);

/** Whether an element may stand in another, which may be one that HTML does not know. */
export function mayStand(element: number, parent: number): boolean {
  const row = parent === nameless ? names.length : parent;
  return places[row * names.length + element] === 1;
}

/** Whether an element ends every paragraph around it: to a reader of HTML, the text goes on outside of that. */
export const endsParagraph = (element: number): boolean => isBlock[element] === true;

/** Whether an element holds text. */
export function holdsText(element: number): boolean {
  return element === nameless || isBare[element] !== true;
}
