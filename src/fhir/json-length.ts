/**
 * How long the JSON text of a value is. A text of exactly that length holds nothing that the value has not: no member
 * that another one of the same name has replaced. Adding up lengths is far cheaper than looking for such members.
 * https://www.rfc-editor.org/rfc/rfc8259
 */

/** What is met on the way through a value. */
export interface Met {
  /** Keys of all objects. */
  keys: number;
  /** Whether there is a number of hundreds: `1e2` is as long as `100`. */
  hundreds: boolean;
  /** Whether there is a number in an array. */
  listed: boolean;
  enter(depth: number): void;
}

/**
 * The length of a value's text without white space and with no character escaped; it is never more than that of any
 * such text. NaN where that cannot be said: of numbers that are shorter in another spelling.
 * @param met is told the depth of each object and array, and may throw; counts their keys
 */
export function plainLength(value: unknown, depth: number, met: Met): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') return numberLength(value, met);
  if (typeof value === 'boolean') return value ? 4 : 5;
  if (value === null) return 4;
  met.enter(depth);
  // Brackets, and a comma behind each member but the last.
  let length = 1;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === 'number') met.listed = true;
      length += 1 + (typeof item === 'string' ? item.length + 2 : plainLength(item, depth + 1, met));
    }
    return value.length === 0 ? 2 : length;
  }
  let keys = 0;
  for (const key in value as object) {
    keys++;
    const member = (value as Record<string, unknown>)[key];
    // Quotes, colon and comma.
    length += key.length + 4;
    length += typeof member === 'string' ? member.length + 2 : plainLength(member, depth + 1, met);
  }
  met.keys += keys;
  return keys === 0 ? 2 : length;
}

/** Digits as JavaScript writes them, where no power of ten would make them fewer. */
function numberLength(value: number, met: Met): number {
  // Most numbers are small ones.
  if (value === (value | 0) && value >= 0 && value < 100) return value < 10 ? 1 : 2;
  const size = Math.abs(value);
  const isShortest = Number.isInteger(value)
    ? size < 1e15 && (value % 1000 !== 0 || value === 0)
    : size >= 0.01 && size < 1e15;
  if (!isShortest) return Number.NaN;
  if (value % 100 === 0) met.hundreds = true;
  return String(value).length;
}

export interface Escapes {
  /** How many characters of the text are there only because others are escaped. */
  readonly characters: number;
  /** Whether some escape stands for a UTF-16 unit: `\u0000`. */
  readonly ofUnits: boolean;
  /** Whether some escape stands for a control character other than a tab or the end of a line. */
  readonly ofControls: boolean;
}

/**
 * Counts what escapes add to the length of a text.
 * @param text JSON that `JSON.parse` accepts
 */
export function escapesIn(text: string): Escapes {
  let all = 0;
  let units = 0;
  let ofControls = false;
  let at = text.indexOf('\\');
  while (at >= 0) {
    all++;
    const c = text.charCodeAt(at + 1);
    if (c === 117) {
      units++;
      if (text.startsWith('00', at + 2)) ofControls = true;
    } else if (c === 98 || c === 102) ofControls = true;
    // Escapes come in rows, line ends and tabs say; another character follows each in any JSON.
    at = text.charCodeAt(at + 2) === 92 ? at + 2 : text.indexOf('\\', at + 2);
  }
  return { characters: all + 4 * units, ofUnits: units > 0, ofControls };
}
