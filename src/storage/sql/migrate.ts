/** Brings a database to the schema of this program, step by step, in one transaction. */
import { randomBytes } from 'node:crypto';
import type { SqlConnection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { sql } from './fragment.ts';

export interface Migration {
  /** The schema version it leads to: 1, 2, 3 … */
  readonly version: number;
  readonly script: string;
}

/**
 * @param metaTable statement that creates table `meta (name, value)` unless it exists
 * @throws when the database has been migrated by a newer program
 */
export async function migrate(
  connection: SqlConnection,
  dialect: Dialect,
  metaTable: string,
  migrations: readonly Migration[],
): Promise<void> {
  await connection.script(dialect.begin);
  try {
    await connection.script(metaTable);
    const [row] = await connection.all(sql`SELECT value FROM meta WHERE name = 'schema'`);
    const current = Number(row?.value ?? 0);
    const latest = migrations.at(-1)?.version ?? 0;
    if (current > latest) {
      throw new Error(
        `the database has schema version ${current}, this program knows versions up to ${latest}: use a newer program`,
      );
    }
    for (const { version, script } of migrations) {
      if (version > current) await connection.script(script);
    }
    await connection.run(sql`INSERT INTO meta (name, value) VALUES ('schema', ${String(latest)})
      ON CONFLICT (name) DO UPDATE SET value = excluded.value`);
    await connection.run(sql`INSERT INTO meta (name, value) VALUES ('secret', ${randomBytes(32)})
      ON CONFLICT DO NOTHING`);
    await connection.script('COMMIT');
  } catch (error) {
    await connection.script('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
