/**
 * Names of HTML by number, recognised where they stand in a text: nothing is cut out of it, and what is asked about a
 * number is looked up in a table.
 */

/** The number of no name. */
export const nameless = -1;

/** Where a name was met; written by `read`. */
export interface MetName {
  /** `nameless` when the name is none of the table. */
  number: number;
  /** The place after the name: its beginning when there is none. */
  end: number;
}

export interface NameTable {
  readonly names: readonly string[];
  /** Reads the name that begins at a place of a text. */
  read(text: string, at: number, met: MetName): void;
  /** The place after the name of a number; -1 when it does not stand there. */
  endOf(number: number, text: string, at: number): number;
}

/** 1 for each ASCII character that a name of HTML may have: letters, digits, `:`, `-`, `_`, `.`. */
const inNames = new Uint8Array(128);
for (let c = 0; c < inNames.length; c++) {
  if (/[A-Za-z0-9:\-_.]/.test(String.fromCharCode(c))) inNames[c] = 1;
}

/** So many characters, of 7 bits each, are one small integer: the head of a name. */
const headLength = 4;
const headOf = (name: string) =>
  [...name.slice(0, headLength)].reduce((head, c) => (head << 7) | c.charCodeAt(0), 0);

/** A power of two, such that hardly any two names share a slot. */
const slots = 512;
const slotOf = (head: number, length: number) =>
  (head ^ (head >> 9) ^ (head >> 16) ^ (length << 5)) & (slots - 1);

/** @param names of at most 15 ASCII characters */
export function createNameTable(names: readonly string[]): NameTable {
  const width = 16;
  const letters = new Uint8Array(names.length * width);
  const lengths = Uint8Array.from(names, ({ length }) => length);
  const heads = Int32Array.from(names, headOf);
  const bySlot: number[][] = Array.from({ length: slots }, () => []);
  names.forEach((name, number) => {
    for (let i = 0; i < name.length; i++) letters[number * width + i] = name.charCodeAt(i);
    bySlot[slotOf(headOf(name), name.length)]?.push(number);
  });

  function standsAt(text: string, at: number, number: number, from = 0): boolean {
    const length = lengths[number] as number;
    if (at + length > text.length) return false;
    for (let i = from; i < length; i++) {
      if (text.charCodeAt(at + i) !== letters[number * width + i]) return false;
    }
    return true;
  }

  function numberOf(head: number, length: number, text: string, at: number): number {
    const candidates = bySlot[slotOf(head, length)] as readonly number[];
    for (let i = 0; i < candidates.length; i++) {
      const number = candidates[i] as number;
      if (heads[number] !== head || lengths[number] !== length) continue;
      if (length <= headLength || standsAt(text, at, number, headLength)) return number;
    }
    return nameless;
  }

  return {
    names,
    endOf: (number, text, at) => (standsAt(text, at, number) ? at + (lengths[number] as number) : -1),
    read(text, at, met) {
      let head = 0;
      let end = at;
      while (end < text.length) {
        const c = text.charCodeAt(end);
        if (inNames[c] !== 1) break;
        if (end - at < headLength) head = (head << 7) | c;
        end++;
      }
      met.end = end;
      met.number = numberOf(head, end - at, text, at);
    },
  };
}
