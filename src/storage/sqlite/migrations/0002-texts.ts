/** The words of resources for `_text` and `_content`, and the order of time over all types. */
import type { Migration } from '../../sql/migrate.ts';

export const texts: Migration = {
  version: 2,
  script: `
    -- What resources say, by row key; the text itself is not kept twice.
    CREATE VIRTUAL TABLE index_text USING fts5 (
      narrative, content, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2'
    );
    CREATE INDEX resource_by_updated ON resource (updated) WHERE body IS NOT NULL;
  `,
};
