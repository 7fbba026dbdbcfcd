/**
 * Where the elements of HTML may stand: rows in tables, items in lists, no blocks inside of text.
 * https://www.w3.org/TR/html401/sgml/dtd.html, the standard that rule txt-1 names
 */

const rows = ['table', 'thead', 'tbody', 'tfoot'];

/** The elements that an element has to stand in. */
const parents: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
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
  }),
);

/** What an element may hold and nothing else, no text either. */
const contents: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
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
  }),
);

const blocks = new Set(['div', 'blockquote', 'table', 'ol', 'ul', 'p']);

/** Whether an element may stand where the elements around it, outermost first, are these. */
export function mayStand(name: string, around: readonly string[]): boolean {
  const parent = around[around.length - 1];
  if (parent === undefined) return true;
  const wanted = parents.get(name);
  if (wanted !== undefined && !wanted.includes(parent)) return false;
  if (contents.get(parent)?.includes(name) === false) return false;
  return !(blocks.has(name) && around.includes('p'));
}

/** Whether an element holds text. */
export function holdsText(name: string | undefined): boolean {
  return name === undefined || !contents.has(name);
}
