/** Numbers of search parameters, given out at first use: the ordered tables name a parameter in every row. */
import type { SqlConnection } from './connection.ts';
import { sql } from './fragment.ts';

export interface ParameterIds {
  of(name: string): Promise<number>;
  /** Forgets what it knows: a number given out may have been undone. */
  forget(): void;
}

export function createParameterIds(connection: SqlConnection): ParameterIds {
  const known = new Map<string, number>();
  return {
    async of(name) {
      const id = known.get(name);
      if (id !== undefined) return id;
      await connection.run(sql`INSERT INTO parameter (name) VALUES (${name}) ON CONFLICT DO NOTHING`);
      const [row] = await connection.all(sql`SELECT id FROM parameter WHERE name = ${name}`);
      known.set(name, Number(row!.id));
      return Number(row!.id);
    },
    forget: () => known.clear(),
  };
}
