/** One index less over quantities: nearly all of them begin where they end. */
import type { Migration } from '../../sql/migrate.ts';

export const quantitySpans: Migration = {
  version: 5,
  script: `
    DROP INDEX index_quantity_canonical_high;
    CREATE INDEX index_quantity_span ON index_quantity (param, canonical_high)
      WHERE canonical_high > canonical_low;
  `,
};
