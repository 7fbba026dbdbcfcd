/** Codes in the order of time. */
import type { Migration } from '../../sql/migrate.ts';

export const orderedCodes: Migration = {
  version: 4,
  script: `
    -- One row per code of a resource, with the first and the last instant of its dates; two when these are far apart.
    CREATE TABLE index_ordered (
      param INTEGER NOT NULL, low REAL NOT NULL, key INTEGER NOT NULL, high REAL NOT NULL,
      PRIMARY KEY (param, low, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX index_ordered_high ON index_ordered (param, high, key);
    CREATE INDEX index_ordered_key ON index_ordered (key);
  `,
};
