/** The SQLite engine under contract. */
import { join } from 'node:path';
import { openSqliteStore } from '../../src/storage/sqlite/open-sqlite-store.ts';
import { type StoreEngine, sampleReferences, sampleSortValue } from './store-engine.ts';

export const engine: StoreEngine = {
  name: 'SQLite',
  open: (place) =>
    openSqliteStore({
      path: join(place, 'store.db'),
      sortValue: sampleSortValue,
      references: sampleReferences,
    }),
};
