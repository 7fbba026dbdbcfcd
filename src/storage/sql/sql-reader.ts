/** Reading over one connection: what is committed, or what a transaction sees. */
import type { Position } from '../../search/plan.ts';
import type { StoreReader } from '../store.ts';
import type { Row, SqlConnection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { sql } from './fragment.ts';
import { createHistoryReader } from './history-reader.ts';
import { countStatement, searchStatement } from './search-statement.ts';
import { storedVersion } from './stored-version.ts';

/** Before the names of notes in the table `meta`, which the store itself uses too. */
export const notePrefix = 'note:';

export function createSqlReader(connection: SqlConnection, dialect: Dialect): StoreReader {
  async function currentRow(type: string, id: string): Promise<Row | undefined> {
    const [row] = await connection.all(
      sql`SELECT key, version, updated, method, body FROM resource WHERE type = ${type} AND id = ${id}`,
    );
    return row;
  }

  return {
    history: createHistoryReader(connection),

    async read(type, id) {
      const row = await currentRow(type, id);
      return row && storedVersion(type, id, row);
    },

    async readVersion(type, id, version) {
      const current = await currentRow(type, id);
      if (!current || Number(current.version) === version) return current && storedVersion(type, id, current);
      const [row] = await connection.all(sql`SELECT version, updated, method, body FROM history
        WHERE key = ${current.key!} AND version = ${version}`);
      return row && storedVersion(type, id, row);
    },

    async search(query) {
      const found = await connection.all(searchStatement(query, dialect));
      const rows = found.slice(0, query.limit);
      const last = rows.at(-1);
      return {
        rows: rows.map((row) => storedVersion(row.type as string, row.id as string, row)),
        next: found.length > query.limit && last ? position(last) : undefined,
      };
    },

    async steps(query) {
      const rows = await connection.all(dialect.explain(searchStatement(query, dialect)));
      return rows.map((row) => String(Object.values(row).at(-1)));
    },

    async count(type, where) {
      const [row] = await connection.all(countStatement(type, where, dialect));
      return Number(row!.total);
    },

    async note(name) {
      const [row] = await connection.all(sql`SELECT value FROM meta WHERE name = ${notePrefix + name}`);
      return row?.value as string | undefined;
    },
  };
}

function position(row: Row): Position {
  const keys: (string | number | null)[] = [];
  for (let i = 0; `k${i}` in row; i++) keys.push(row[`k${i}`] as string | number | null);
  return { keys, row: Number(row.key) };
}
