/** The words of resources, the order of time over all types, and quantities with their canonical values in one row. */
import type { Migration } from '../../sql/migrate.ts';

export const search: Migration = {
  version: 2,
  script: `
    -- What resources say, by row key; the text itself is not kept twice.
    CREATE VIRTUAL TABLE index_text USING fts5 (
      narrative, content, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
    );
    CREATE INDEX resource_by_updated ON resource (updated) WHERE body IS NOT NULL;

    -- As given and in the canonical unit. Most quantities are points, so what is given is found from one end.
    DROP TABLE index_quantity;
    CREATE TABLE index_quantity (
      key INTEGER NOT NULL, param INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
      system TEXT NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL,
      canonical_unit TEXT NOT NULL, canonical_low REAL NOT NULL, canonical_high REAL NOT NULL,
      PRIMARY KEY (key, param, low, high, system, code, text)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX index_quantity_low ON index_quantity (param, low);
    CREATE INDEX index_quantity_canonical_low ON index_quantity (param, canonical_low);
    CREATE INDEX index_quantity_canonical_high ON index_quantity (param, canonical_high);
  `,
};
