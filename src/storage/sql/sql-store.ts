/** The store over an SQL database: one connection that writes, in groups, and one that reads what is committed. */
import type { Store, StoreReader, StoreTransaction } from '../store.ts';
import type { SqlConnection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { allOf, sql } from './fragment.ts';
import { createGroupCommit } from './group-commit.ts';
import { createIndexBuffer, type IndexBuffer } from './index-buffer.ts';
import { currentOfType } from './index-tables.ts';
import { createParameterIds } from './parameter-ids.ts';
import { createSqlReader, notePrefix } from './sql-reader.ts';
import { storedVersion } from './stored-version.ts';
import { typesRead } from './types-read.ts';
import { createVersionWriter, type VersionWriter } from './version-writer.ts';

/** @param writer, reader connections to the same, migrated database; the store closes them */
export function createSqlStore(writer: SqlConnection, reader: SqlConnection, dialect: Dialect): Store {
  const parameters = createParameterIds(writer);
  const index = createIndexBuffer(writer, dialect, parameters);
  const inTransaction = createSqlReader(writer, dialect);
  const versions = createVersionWriter(writer, index);
  const committed = createSqlReader(reader, dialect);
  const group = createGroupCommit(writer, dialect.begin, {
    ...index,
    unitUndone() {
      index.unitUndone();
      parameters.forget();
    },
    transactionEnds() {
      index.transactionEnds();
      parameters.forget();
    },
  });
  return {
    ...committed,
    transact: (work) =>
      group.run(async () => {
        const unit = beginUnit(writer, dialect, inTransaction, versions, index);
        try {
          const result = await work(unit.transaction);
          unit.check();
          return result;
        } finally {
          unit.end();
        }
      }),
    async lastChange() {
      const [row] = await reader.all(sql`SELECT coalesce(max(seq), 0) AS last FROM change`);
      return Number(row!.last);
    },
    async secret() {
      const [row] = await reader.all(sql`SELECT value FROM meta WHERE name = 'secret'`);
      return Uint8Array.from(row!.value as Uint8Array);
    },
    async ping() {
      await reader.all(sql`SELECT 1 AS one`);
    },
    async close() {
      await group.drain();
      await reader.close();
      await writer.close();
    },
  };
}

/** A transaction for one unit of work: it ends with the unit, and a write that failed cannot be committed by halves. */
function beginUnit(
  connection: SqlConnection,
  dialect: Dialect,
  reader: StoreReader,
  writer: VersionWriter,
  index: IndexBuffer,
) {
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  function check(): void {
    if (ended) throw new Error('the transaction has ended');
    if (failure) throw failure.error;
  }
  const transaction: StoreTransaction = {
    async read(type, id) {
      check();
      return reader.read(type, id);
    },
    async readVersion(type, id, version) {
      check();
      return reader.readVersion(type, id, version);
    },
    async history(query) {
      check();
      return reader.history(query);
    },
    async search(query) {
      check();
      await index.flushFor(typesRead(query.type, query.where));
      return reader.search(query);
    },
    async count(type, where) {
      check();
      await index.flushFor(typesRead(type, where));
      return reader.count(type, where);
    },
    async steps(query) {
      check();
      return reader.steps(query);
    },
    async note(name) {
      check();
      return reader.note(name);
    },
    async othersWrites() {
      check();
      const [row] = await connection.all(dialect.othersWrites);
      return Number(Object.values(row!)[0]);
    },
    async setNote(name, text) {
      check();
      await connection.run(sql`INSERT INTO meta (name, value) VALUES (${notePrefix + name}, ${text})
        ON CONFLICT (name) DO UPDATE SET value = excluded.value`);
    },
    async reindex({ type, limit, after = 0 }, entriesOf) {
      check();
      const conditions = [...currentOfType(type), sql`r.key > ${after}`];
      const rows =
        await connection.all(sql`SELECT key, type, id, version, updated, method, body FROM resource r
        WHERE ${allOf(conditions)} ORDER BY r.key LIMIT ${limit}`);
      for (const row of rows) {
        const version = storedVersion(String(row.type), String(row.id), row);
        await writer.replaceEntries(Number(row.key), version.type, entriesOf(version));
      }
      return rows.length < limit ? undefined : Number(rows.at(-1)!.key);
    },
    async write(write) {
      check();
      try {
        await writer.writeVersion(write);
      } catch (error) {
        failure = { error };
        throw error;
      }
    },
  };
  return {
    transaction,
    check,
    end: () => {
      ended = true;
    },
  };
}
