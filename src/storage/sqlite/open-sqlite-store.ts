/** Opens the embedded store: one SQLite file, created and migrated as needed. */
import { migrate } from '../sql/migrate.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Store } from '../store.ts';
import { sortValueFunction, sqliteDialect } from './dialect.ts';
import { openSqlite } from './driver.ts';
import { initial } from './migrations/0001-initial.ts';

export interface SqliteStoreOptions {
  /** The database file; its folder must exist. SQLite keeps two more files beside it. */
  readonly path: string;
  /** What a resource (its JSON text) sorts by under a parameter that has no ordered table; absent: nothing. */
  readonly sortValue?: (parameter: string, body: string) => string | null;
}

const metaTable =
  'CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID';

export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const functions = { [sortValueFunction]: options.sortValue ?? (() => null) };
  const writer = openSqlite({ path: options.path, functions });
  try {
    await migrate(writer, sqliteDialect, metaTable, [initial]);
    const reader = openSqlite({ path: options.path, readonly: true, functions });
    return createSqlStore(writer, reader, sqliteDialect);
  } catch (error) {
    await writer.close();
    throw error;
  }
}
