/**
 * How long the JSON text of a value is. A text of exactly that length holds nothing that the value has not: no member
 * that another one of the same name has replaced. Adding up lengths is far cheaper than looking for such members.
 * https://www.rfc-editor.org/rfc/rfc8259
 */

/**
 * The length of a value's text without white space and with no character escaped; it is never more than that of any
 * such text. NaN where that cannot be said: of numbers that are shorter in another spelling.
 * @param enter is told the depth of each object and array, and may throw
 */
export function plainLength(value: unknown, depth: number, enter: (depth: number) => void): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') return numberLength(value);
  if (typeof value === 'boolean') return value ? 4 : 5;
  if (value === null) return 4;
  enter(depth);
  // Brackets, and a comma behind each member but the last.
  let length = 1;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      length += 1 + (typeof item === 'string' ? item.length + 2 : plainLength(item, depth + 1, enter));
    }
    return value.length === 0 ? 2 : length;
  }
  for (const key in value as object) {
    const member = (value as Record<string, unknown>)[key];
    // Quotes, colon and comma.
    length += key.length + 4;
    length += typeof member === 'string' ? member.length + 2 : plainLength(member, depth + 1, enter);
  }
  return length === 1 ? 2 : length;
}

/** Digits as JavaScript writes them, where no power of ten would make them fewer. */
function numberLength(value: number): number {
  const size = Math.abs(value);
  const isShortest = Number.isInteger(value)
    ? size < 1e15 && (value % 1000 !== 0 || value === 0)
    : size >= 0.01 && size < 1e15;
  return isShortest ? String(value).length : Number.NaN;
}

/** How many characters of a text are there only because others are escaped. */
export function escapesIn(text: string): number {
  let extra = 0;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at + 2))
    extra += text.charCodeAt(at + 1) === 117 ? 5 : 1;
  return extra;
}
