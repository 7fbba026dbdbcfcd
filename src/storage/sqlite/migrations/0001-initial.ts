/** The first schema. */
import type { Migration } from '../../sql/migrate.ts';

export const initial: Migration = {
  version: 1,
  script: `
    -- One row per resource ever created: its current version. A deletion has no body.
    CREATE TABLE resource (
      key INTEGER PRIMARY KEY,
      type TEXT NOT NULL,
      id TEXT NOT NULL,
      version INTEGER NOT NULL,
      updated INTEGER NOT NULL,
      method TEXT NOT NULL,
      patients TEXT,
      body TEXT
    ) STRICT;
    CREATE UNIQUE INDEX resource_by_id ON resource (type, id);
    CREATE INDEX resource_by_type ON resource (type) WHERE body IS NOT NULL;
    CREATE INDEX resource_by_time ON resource (type, updated) WHERE body IS NOT NULL;

    -- The versions before the current one.
    CREATE TABLE history (
      key INTEGER NOT NULL REFERENCES resource,
      version INTEGER NOT NULL,
      updated INTEGER NOT NULL,
      method TEXT NOT NULL,
      body TEXT,
      PRIMARY KEY (key, version)
    ) STRICT;

    -- Every version written, in the order of commit; patients of the compartments it was or is in.
    CREATE TABLE change (
      seq INTEGER PRIMARY KEY,
      key INTEGER NOT NULL REFERENCES resource,
      version INTEGER NOT NULL,
      updated INTEGER NOT NULL,
      patients TEXT
    ) STRICT;

    -- The index. Of equality: hashed terms by row key of the resource.
    CREATE VIRTUAL TABLE index_term USING fts5 (
      words, content='', contentless_delete=1, detail=none, tokenize='ascii'
    );

    -- Of order: a table clustered by resource, to look at one, and indexes over the values, to find them
    -- and to go through them in order; an index ends with what is left of the primary key, the resource first.
    CREATE TABLE parameter (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE index_date (
      key INTEGER NOT NULL, param INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
      PRIMARY KEY (key, param, low, high)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX index_date_low ON index_date (param, low);
    CREATE INDEX index_date_high ON index_date (param, high);
    CREATE TABLE index_number (
      key INTEGER NOT NULL, param INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
      PRIMARY KEY (key, param, low, high)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX index_number_low ON index_number (param, low);
    CREATE INDEX index_number_high ON index_number (param, high);
    CREATE TABLE index_quantity (
      key INTEGER NOT NULL, param INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL, unit TEXT NOT NULL,
      PRIMARY KEY (key, param, low, high, unit)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX index_quantity_low ON index_quantity (param, low);
    CREATE INDEX index_quantity_high ON index_quantity (param, high);
    CREATE TABLE index_string (
      key INTEGER NOT NULL, param INTEGER NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (key, param, value)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX index_string_value ON index_string (param, value);
  `,
};
