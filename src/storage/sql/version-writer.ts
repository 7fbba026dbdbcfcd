/** Writes one version of a resource: the row itself, the version before it to the history, index and change log. */
import type { IndexEntries } from '../../search/index-entries.ts';
import type { Write } from '../store.ts';
import type { SqlConnection } from './connection.ts';
import { type Fragment, sql } from './fragment.ts';
import { dataTables, finite, longestShortSpan, longSpans, withoutDate } from './index-tables.ts';
import type { ParameterIds } from './parameter-ids.ts';
import type { TermBuffer } from './term-buffer.ts';

export interface VersionWriter {
  writeVersion(write: Write): Promise<void>;
  /** Of a resource that is there already. */
  replaceEntries(key: number, type: string, entries: IndexEntries): Promise<void>;
}

export function createVersionWriter(
  connection: SqlConnection,
  terms: TermBuffer,
  parameters: ParameterIds,
): VersionWriter {
  async function writeEntries(
    key: number,
    type: string,
    entries: IndexEntries | undefined,
    replaces: boolean,
  ): Promise<void> {
    terms.add({ key, type, replaces, terms: entries?.terms ?? [], texts: entries?.texts });
    if (replaces) {
      for (const table of Object.values(dataTables)) {
        await connection.run(sql`DELETE FROM ${table} WHERE key = ${key}`);
      }
      await connection.run(sql`DELETE FROM index_ordered WHERE key = ${key}`);
    }
    if (entries) await insertEntries(key, entries);
  }

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

  async function insertEntries(key: number, entries: IndexEntries): Promise<void> {
    const ranges = [
      ...rangeRows(dataTables.date, entries.dates),
      ...rangeRows(dataTables.number, entries.numbers),
    ];
    for (const { table, param, low, high } of ranges) {
      await connection.run(sql`INSERT INTO ${table} (key, param, low, high)
        VALUES (${key}, ${await parameters.of(param)}, ${low}, ${high}) ON CONFLICT DO NOTHING`);
    }
    for (const entry of entries.quantities) {
      const { system, code, text, canonicalUnit } = entry;
      await connection.run(sql`INSERT INTO index_quantity
        (key, param, low, high, system, code, text, canonical_unit, canonical_low, canonical_high)
        VALUES (${key}, ${await parameters.of(entry.param)}, ${finite(entry.low)}, ${finite(entry.high)}, ${system},
          ${code}, ${text}, ${canonicalUnit}, ${finite(entry.canonicalLow)}, ${finite(entry.canonicalHigh)})
        ON CONFLICT DO NOTHING`);
    }
    for (const { term, span } of entries.ordered ?? []) {
      const { low, high } = span ? { low: finite(span.low), high: finite(span.high) } : withoutDate;
      for (const name of high - low > longestShortSpan ? [term, longSpans(term)] : [term]) {
        await connection.run(sql`INSERT INTO index_ordered (param, low, key, high)
          VALUES (${await parameters.of(name)}, ${low}, ${key}, ${high}) ON CONFLICT DO NOTHING`);
      }
    }
    for (const { param, value } of entries.strings) {
      await connection.run(sql`INSERT INTO index_string (key, param, value)
        VALUES (${key}, ${await parameters.of(param)}, ${value}) ON CONFLICT DO NOTHING`);
    }
  }

  return {
    async writeVersion(write) {
      const patients = write.entries?.patients ?? [];
      const row = write.version === 1 ? await insertFirst(write) : await replaceCurrent(write);
      const touched = new Set([...row.patientsBefore, ...patients]);
      await connection.run(sql`INSERT INTO change (key, type, version, updated, patients)
        VALUES (${row.key}, ${write.type}, ${write.version}, ${write.updated}, ${patientList([...touched])})`);
      await writeEntries(row.key, write.type, write.entries, write.version > 1);
    },
    async replaceEntries(key, type, entries) {
      await connection.run(
        sql`UPDATE resource SET patients = ${patientList(entries.patients)} WHERE key = ${key}`,
      );
      await writeEntries(key, type, entries, true);
    },
  };
}

function rangeRows(table: Fragment, entries: IndexEntries['dates']) {
  return entries.map(({ param, low, high }) => ({ table, param, low: finite(low), high: finite(high) }));
}

/** Patients as one text; null for none. */
function patientList(patients: readonly string[]): string | null {
  return patients.length === 0 ? null : JSON.stringify(patients);
}

function patientsOf(list: unknown): string[] {
  return typeof list === 'string' ? JSON.parse(list) : [];
}
