/** The one door to better-sqlite3: an SQL connection over one database file. */
import Database from 'better-sqlite3';
import { refuse } from '../../core/fhir-error.ts';
import type { Row, SqlConnection } from '../sql/connection.ts';
import type { Fragment } from '../sql/fragment.ts';

/** By name. The number of its parameters is part of a function. */
export type SqlFunctions = Readonly<Record<string, (...values: string[]) => string | null>>;

export interface SqliteOptions {
  readonly path: string;
  /** Never writes; the file must exist. */
  readonly readonly?: boolean;
  /** Functions for use in SQL, deterministic, by name. */
  readonly functions?: SqlFunctions;
}

/** Statements kept prepared: searches differ in text, and there are only so many shapes. */
const preparedLimit = 500;

/** Every commit is durable when it returns; readers and the one writer do not block each other. */
const settings = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA trusted_schema = OFF;
  PRAGMA busy_timeout = 5000;
  PRAGMA cache_size = -65536;
  PRAGMA temp_store = MEMORY;
`;

export function openSqlite(options: SqliteOptions): SqlConnection {
  const database = new Database(options.path, { readonly: options.readonly ?? false });
  database.exec(settings);
  for (const [name, run] of Object.entries(options.functions ?? {})) {
    database.function(name, { deterministic: true, directOnly: true }, run);
  }
  const prepared = new Map<string, Database.Statement<unknown[], Row>>();

  function prepare(text: string): Database.Statement<unknown[], Row> {
    let statement = prepared.get(text);
    if (statement) {
      // Least recently used first: what is used goes to the end.
      prepared.delete(text);
    } else {
      statement = database.prepare<unknown[], Row>(text);
      if (prepared.size >= preparedLimit) prepared.delete(prepared.keys().next().value!);
    }
    prepared.set(text, statement);
    return statement;
  }

  return {
    all: async ({ text, values }: Fragment) => {
      try {
        return prepare(text).all(...values);
      } catch (error) {
        throw tooLarge(error) ?? error;
      }
    },
    run: async ({ text, values }: Fragment) => prepare(text).run(...values).changes,
    script: async (text) => void database.exec(text),
    close: async () => void database.close(),
  };
}

/** How SQLite says that a statement goes beyond its limits. https://sqlite.org/limits.html */
const beyondLimits = /too many|too large|too long|too complex|too big|stack overflow/i;

/** A client may ask for more alternatives than a statement can hold. */
function tooLarge(error: unknown): Error | undefined {
  if (!(error instanceof Error) || !beyondLimits.test(error.message)) return undefined;
  return refuse('search-too-large', 'The search has more conditions or values than can be asked at once', {
    hint: 'Send it in parts',
  });
}
