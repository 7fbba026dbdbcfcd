/** A row of `resource` or `history` as a version. */
import type { StoredVersion, WriteMethod } from '../store.ts';
import type { Row } from './connection.ts';

export function storedVersion(type: string, id: string, row: Row): StoredVersion {
  return {
    type,
    id,
    version: Number(row.version),
    updated: Number(row.updated),
    method: row.method as WriteMethod,
    body: (row.body as string | null) ?? undefined,
  };
}
