/**
 * Rows of the ordered tables: what the entries of a resource become, and how many rows go in with one statement. The
 * texts of these statements are made once: a write has dozens of rows, and each text would be made and looked up anew.
 */
import type { IndexEntries, RangeEntry } from '../../search/index-entries.ts';
import type { SqlConnection } from './connection.ts';
import type { SqlValue } from './fragment.ts';
import { finite, longestShortSpan, longSpans, withoutDate } from './index-tables.ts';
import type { ParameterIds } from './parameter-ids.ts';

const range = ['key', 'param', 'low', 'high'];
const columns = {
  index_date: range,
  index_number: range,
  index_quantity: [...range, 'system', 'code', 'text', 'canonical_unit', 'canonical_low', 'canonical_high'],
  index_ordered: range,
  index_string: ['key', 'param', 'value'],
} as const;

type Table = keyof typeof columns;

/** The rows of some resources, by table. */
export type IndexRows = Readonly<Record<Table, SqlValue[][]>>;

/** Rows of one statement; the largest that fits is taken first. */
const sizes = [32, 8, 1] as const;

const tables = Object.keys(columns) as Table[];
const inserts = new Map(
  tables.map((table) => [table, sizes.map((size) => ({ size, text: insertion(table, size) }))]),
);
const deletions = tables.map((table) => `DELETE FROM ${table} WHERE key = ?`);

function insertion(table: Table, size: number): string {
  const row = `(${columns[table].map(() => '?').join(', ')})`;
  const rows = Array.from({ length: size }, () => row).join(', ');
  return `INSERT INTO ${table} (${columns[table].join(', ')}) VALUES ${rows} ON CONFLICT DO NOTHING`;
}

export function noRows(): IndexRows {
  return { index_date: [], index_number: [], index_quantity: [], index_ordered: [], index_string: [] };
}

/**
 * Adds the rows of one resource.
 * @param key of its row
 */
export async function addRows(
  into: IndexRows,
  key: number,
  entries: IndexEntries,
  parameters: ParameterIds,
): Promise<void> {
  const bounds = async ({ param, low, high }: RangeEntry) => [
    key,
    await parameters.of(param),
    finite(low),
    finite(high),
  ];
  for (const entry of entries.dates) into.index_date.push(await bounds(entry));
  for (const entry of entries.numbers) into.index_number.push(await bounds(entry));
  for (const entry of entries.quantities) {
    const { system, code, text, canonicalUnit, canonicalLow, canonicalHigh } = entry;
    const unit = [system, code, text, canonicalUnit];
    into.index_quantity.push([
      ...(await bounds(entry)),
      ...unit,
      finite(canonicalLow),
      finite(canonicalHigh),
    ]);
  }
  for (const { term, span } of entries.ordered ?? []) {
    const { low, high } = span ? { low: finite(span.low), high: finite(span.high) } : withoutDate;
    for (const name of high - low > longestShortSpan ? [term, longSpans(term)] : [term]) {
      into.index_ordered.push([key, await parameters.of(name), low, high]);
    }
  }
  for (const { param, value } of entries.strings) {
    into.index_string.push([key, await parameters.of(param), value]);
  }
}

export async function insertRows(connection: SqlConnection, rows: IndexRows): Promise<void> {
  for (const table of tables) {
    const all = rows[table];
    let done = 0;
    for (const { size, text } of inserts.get(table)!) {
      for (; all.length - done >= size; done += size) {
        await connection.run({ text, values: all.slice(done, done + size).flat() });
      }
    }
  }
}

/** Takes out what the ordered tables hold of a resource. */
export async function deleteRows(connection: SqlConnection, key: number): Promise<void> {
  for (const text of deletions) await connection.run({ text, values: [key] });
}
