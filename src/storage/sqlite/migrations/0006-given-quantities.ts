/** Quantities as given have an index of their own only where they differ from the canonical ones. */
import type { Migration } from '../../sql/migrate.ts';

export const givenQuantities: Migration = {
  version: 6,
  script: `
    DROP INDEX index_quantity_low;
    CREATE INDEX index_quantity_low ON index_quantity (param, low) WHERE low <> canonical_low;
  `,
};
