/** The change log in order of time, whole and by type, for histories of a type and of the system. */
import type { Migration } from '../../sql/migrate.ts';

export const history: Migration = {
  version: 3,
  script: `
    ALTER TABLE change ADD COLUMN type TEXT NOT NULL DEFAULT '';
    UPDATE change SET type = (SELECT type FROM resource WHERE resource.key = change.key);
    CREATE INDEX change_by_time ON change (updated);
    CREATE INDEX change_by_type ON change (type, updated);
  `,
};
