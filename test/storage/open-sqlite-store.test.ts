import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { sql } from '../../src/storage/sql/fragment.ts';
import { openSqlite } from '../../src/storage/sqlite/driver.ts';
import { openSqliteStore } from '../../src/storage/sqlite/open-sqlite-store.ts';
import { deletion, put, sampleWrite } from '../contract/store-samples.ts';

t.test('a database of a newer program is refused, clearly, and left as it was', async (t) => {
  const path = join(t.testdir(), 'store.db');
  await (await openSqliteStore({ path })).close();
  const connection = openSqlite({ path });
  await connection.run(sql`UPDATE meta SET value = '999' WHERE name = 'schema'`);
  await t.rejects(openSqliteStore({ path }), /schema version 999.*newer program/);
  const [row] = await connection.all(sql`SELECT value FROM meta WHERE name = 'schema'`);
  t.equal(row?.value, '999');
  await connection.close();
});

t.test('a file that is not a database is refused', async (t) => {
  const path = join(t.testdir(), 'store.db');
  writeFileSync(path, 'These are notes, not a database. '.repeat(100));
  await t.rejects(openSqliteStore({ path }), /not a database/);
});

t.test('commits wait for the disk', async (t) => {
  const connection = openSqlite({ path: join(t.testdir(), 'store.db') });
  t.teardown(() => connection.close());
  t.same(await connection.all(sql`PRAGMA synchronous`), [{ synchronous: 2 }]);
  t.same(await connection.all(sql`PRAGMA journal_mode`), [{ journal_mode: 'wal' }]);
});

t.test('the change log names every version in order, with the patients it was or is about', async (t) => {
  const path = join(t.testdir(), 'store.db');
  const store = await openSqliteStore({ path });
  await put(store, sampleWrite({ id: 'a', patients: ['p1'] }));
  await put(store, sampleWrite({ id: 'a', version: 2, patients: ['p2'] }));
  await put(store, deletion('a', 3));
  await put(store, sampleWrite({ id: 'b' }));
  await store.close();
  const connection = openSqlite({ path, readonly: true });
  t.teardown(() => connection.close());
  const log = await connection.all(
    sql`SELECT seq, r.id, c.version, c.patients FROM change c JOIN resource r USING (key) ORDER BY seq`,
  );
  t.same(log, [
    { seq: 1, id: 'a', version: 1, patients: '["p1"]' },
    { seq: 2, id: 'a', version: 2, patients: '["p1","p2"]' },
    { seq: 3, id: 'a', version: 3, patients: '["p2"]' },
    { seq: 4, id: 'b', version: 1, patients: null },
  ]);
});

t.test('the index keeps nothing of versions that are no longer current', async (t) => {
  const path = join(t.testdir(), 'store.db');
  const store = await openSqliteStore({ path });
  const range = [{ param: 'Observation.p', low: 1, high: 2 }];
  const entries = {
    terms: ['x'],
    dates: range,
    numbers: range,
    quantities: [
      {
        ...range[0]!,
        system: '',
        code: 'mg',
        text: '',
        canonicalUnit: '',
        canonicalLow: 1,
        canonicalHigh: 2,
      },
    ],
    strings: [{ param: 'Observation.p', value: 'v' }],
  };
  await put(store, sampleWrite({ id: 'a', ...entries }));
  await put(store, deletion('a', 2));
  await store.close();
  const connection = openSqlite({ path, readonly: true });
  t.teardown(() => connection.close());
  for (const table of ['index_term', 'index_date', 'index_number', 'index_quantity', 'index_string']) {
    const [row] = await connection.all({ text: `SELECT count(*) AS rows FROM ${table}`, values: [] });
    t.equal(row?.rows, 0, table);
  }
});

t.test('a store knows when another has written to its database', async (t) => {
  const path = join(t.testdir(), 'store.db');
  const stores = [await openSqliteStore({ path }), await openSqliteStore({ path })] as const;
  t.teardown(() => Promise.all(stores.map((store) => store.close())));
  const [own, other] = stores;
  const mark = () => own.transact((transaction) => transaction.othersWrites());
  const before = await mark();
  await put(own, sampleWrite({ id: 'a' }));
  t.equal(await mark(), before, 'its own writes make no difference');
  await put(other, sampleWrite({ id: 'b' }));
  const after = await mark();
  t.not(after, before);
  t.equal(await mark(), after);
});
