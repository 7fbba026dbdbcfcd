/**
 * Writes one version of a resource: the row itself, the version before it to the history, and the change log. What the
 * index shall hold goes to its buffer.
 */
import type { IndexEntries } from '../../search/index-entries.ts';
import type { Write } from '../store.ts';
import type { SqlConnection } from './connection.ts';
import { sql } from './fragment.ts';
import type { IndexBuffer } from './index-buffer.ts';

export interface VersionWriter {
  writeVersion(write: Write): Promise<void>;
  /** Of a resource that is there already. */
  replaceEntries(key: number, type: string, entries: IndexEntries): Promise<void>;
}

export function createVersionWriter(connection: SqlConnection, index: IndexBuffer): VersionWriter {
  async function insertFirst(write: Write) {
    const [row] =
      await connection.all(sql`INSERT INTO resource (type, id, version, updated, method, patients, body)
      VALUES (${write.type}, ${write.id}, 1, ${write.updated}, ${write.method},
        ${patientList(write.entries?.patients ?? [])}, ${write.body ?? null}) RETURNING key`);
    return { key: Number(row!.key), patientsBefore: [] };
  }

  async function replaceCurrent(write: Write) {
    const [before] = await connection.all(sql`SELECT key, patients FROM resource
      WHERE type = ${write.type} AND id = ${write.id} AND version = ${write.version - 1}`);
    if (!before) throw new Error(`version ${write.version} does not follow the current one`);
    const key = Number(before.key);
    await connection.run(sql`INSERT INTO history (key, version, updated, method, body)
      SELECT key, version, updated, method, body FROM resource WHERE key = ${key}`);
    await connection.run(sql`UPDATE resource SET version = ${write.version}, updated = ${write.updated},
      method = ${write.method}, patients = ${patientList(write.entries?.patients ?? [])},
      body = ${write.body ?? null} WHERE key = ${key}`);
    return { key, patientsBefore: patientsOf(before.patients) };
  }

  return {
    async writeVersion(write) {
      const patients = write.entries?.patients ?? [];
      const row = write.version === 1 ? await insertFirst(write) : await replaceCurrent(write);
      const touched = new Set([...row.patientsBefore, ...patients]);
      await connection.run(sql`INSERT INTO change (key, type, version, updated, patients)
        VALUES (${row.key}, ${write.type}, ${write.version}, ${write.updated}, ${patientList([...touched])})`);
      index.add({ key: row.key, type: write.type, replaces: write.version > 1, entries: write.entries });
    },
    async replaceEntries(key, type, entries) {
      await connection.run(
        sql`UPDATE resource SET patients = ${patientList(entries.patients)} WHERE key = ${key}`,
      );
      index.add({ key, type, replaces: true, entries });
    },
  };
}

/** Patients as one text; null for none. */
function patientList(patients: readonly string[]): string | null {
  return patients.length === 0 ? null : JSON.stringify(patients);
}

function patientsOf(list: unknown): string[] {
  return typeof list === 'string' ? JSON.parse(list) : [];
}
