/**
 * A table keyed by texts that have just been parsed. A `Map` hashes every character of such a text before it can look;
 * here the length leads to the few keys that have it, and comparing them costs a fraction of that.
 */

interface Row<T> {
  readonly text: string;
  readonly value: T;
}

/** From here on hashing is cheaper than comparing with every key of the same length. */
const crowded = 12;

export class TextTable<T> {
  readonly #byLength: (Row<T>[] | Map<string, T> | undefined)[] = [];
  #size = 0;

  get(text: string): T | undefined {
    const rows = this.#byLength[text.length];
    if (rows === undefined) return undefined;
    if (!Array.isArray(rows)) return rows.get(text);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as Row<T>;
      if (row.text === text) return row.value;
    }
    return undefined;
  }

  /** Adds a row; the text must not be in the table. */
  add(text: string, value: T): void {
    this.#size++;
    const rows = this.#byLength[text.length] ?? [];
    if (!Array.isArray(rows)) rows.set(text, value);
    else if (rows.length < crowded) {
      rows.push({ text, value });
      this.#byLength[text.length] = rows;
    } else
      this.#byLength[text.length] = new Map([...rows, { text, value }].map((row) => [row.text, row.value]));
  }

  get size(): number {
    return this.#size;
  }
}
