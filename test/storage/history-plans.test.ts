/** How SQLite reads histories: a page in steps that do not grow with what was ever written. */
import { join } from 'node:path';
import t from 'tap';
import { sql } from '../../src/storage/sql/fragment.ts';
import { historyStatement } from '../../src/storage/sql/history-statement.ts';
import { openSqlite } from '../../src/storage/sqlite/driver.ts';
import { openSqliteStore, sqlFunctions } from '../../src/storage/sqlite/open-sqlite-store.ts';
import type { HistoryQuery } from '../../src/storage/store.ts';

t.test('a page of any history is read through an index, in its order', async (t) => {
  const path = join(t.testdir(), 'store.db');
  await (await openSqliteStore({ path })).close();
  const connection = openSqlite({ path, functions: sqlFunctions({}) });
  t.teardown(() => connection.close());
  const before = { updated: 5, change: 5 };
  const scopes: [HistoryQuery, RegExp][] = [
    [{ limit: 10 }, /change_by_time/],
    [{ type: 'Patient', limit: 10 }, /change_by_type/],
    [{ type: 'Patient', id: 'a', limit: 10 }, /resource_by_id/],
  ];
  for (const [scope, index] of scopes) {
    for (const more of [{}, { since: 3 }, { before }, { since: 3, before }, { at: { low: 1, high: 9 } }]) {
      const rows = await connection.all(sql`EXPLAIN QUERY PLAN ${historyStatement({ ...scope, ...more })}`);
      const plan = rows.map((row) => String(row.detail));
      const name = JSON.stringify({ ...scope, ...more });
      t.match(plan.join('\n'), index, name);
      // The chosen rows of the page are gone through and put in order again; nothing else is.
      t.same(
        plan.filter((step) => /^SCAN (?:change|resource|history|[hnr])\b(?!.*USING)/.test(step)),
        [],
        name,
      );
      if (scope.id === undefined) {
        const inner = plan.slice(0, plan.findIndex((step) => step.includes('change_by')) + 2);
        t.notMatch(inner.join('\n'), /TEMP B-TREE/, name);
      }
    }
  }
});
