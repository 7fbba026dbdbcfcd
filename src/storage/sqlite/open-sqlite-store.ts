/** Opens the embedded store: one SQLite file, created and migrated as needed. */
import { migrate } from '../sql/migrate.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import { termWord } from '../sql/term-word.ts';
import type { Store } from '../store.ts';
import { referencesFunction, sortValueFunction, sqliteDialect, termWordFunction } from './dialect.ts';
import { openSqlite, type SqlFunctions } from './driver.ts';
import { initial } from './migrations/0001-initial.ts';
import { search } from './migrations/0002-search.ts';
import { history } from './migrations/0003-history.ts';
import { orderedCodes } from './migrations/0004-ordered-codes.ts';
import { quantitySpans } from './migrations/0005-quantity-spans.ts';
import { givenQuantities } from './migrations/0006-given-quantities.ts';

export interface SqliteStoreOptions {
  /** The database file; its folder must exist. SQLite keeps two more files beside it. */
  readonly path: string;
  /** What a resource (its JSON text) sorts by under a parameter that has no ordered table; absent: nothing. */
  readonly sortValue?: (parameter: string, body: string) => string | null;
  /** The local references (`Patient/1`) of a resource under a reference parameter; absent: none. */
  readonly references?: (parameter: string, body: string) => readonly string[];
}

const metaTable =
  'CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID';

export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const functions = sqlFunctions(options);
  const writer = openSqlite({ path: options.path, functions });
  try {
    await migrate(writer, sqliteDialect, metaTable, [
      initial,
      search,
      history,
      orderedCodes,
      quantitySpans,
      givenQuantities,
    ]);
    const reader = openSqlite({ path: options.path, readonly: true, functions });
    return createSqlStore(writer, reader, sqliteDialect);
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** What the dialect's SQL calls. */
export function sqlFunctions({
  sortValue = () => null,
  references = () => [],
}: Omit<SqliteStoreOptions, 'path'>): SqlFunctions {
  return {
    [sortValueFunction]: sortValue,
    [termWordFunction]: termWord,
    [referencesFunction]: (parameter, body) => JSON.stringify(references(parameter, body)),
  };
}
