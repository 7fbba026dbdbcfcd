/** How SQLite runs the searches: always through an index, and for the usual ones in steps that do not grow. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Comparison, PlanNode, Position, SortKey } from '../../src/search/plan.ts';
import { sql } from '../../src/storage/sql/fragment.ts';
import { countStatement, searchStatement } from '../../src/storage/sql/search-statement.ts';
import { sqliteDialect } from '../../src/storage/sqlite/dialect.ts';
import { openSqlite } from '../../src/storage/sqlite/driver.ts';
import { openSqliteStore, sqlFunctions } from '../../src/storage/sqlite/open-sqlite-store.ts';
import { all, and, not, or, term } from '../contract/store-samples.ts';

const param = 'Observation.date';
const date = (...where: Comparison[]): PlanNode => ({ kind: 'range', table: 'date', param, where });
const before: Comparison = { column: 'low', op: '<', value: 9 };
const since: Comparison = { column: 'high', op: '>', value: 3 };
const newest: SortKey[] = [{ by: 'date', params: [param], descending: true }];
const updated: SortKey[] = [{ by: 'updated', descending: true }];
const byId: SortKey[] = [{ by: 'id', descending: false }];

async function explain(
  t: Test,
): Promise<(where: PlanNode, sort?: SortKey[], after?: Position) => Promise<string[]>> {
  const path = join(t.testdir(), 'store.db');
  await (await openSqliteStore({ path })).close();
  const connection = openSqlite({ path, functions: sqlFunctions({}) });
  t.teardown(() => connection.close());
  return async (where, sort = [], after) => {
    const query = { type: 'Observation', where, sort, limit: 20, ...(after ? { after } : {}) };
    const statement = searchStatement(query, sqliteDialect);
    const search = await connection.all(sql`EXPLAIN QUERY PLAN ${statement}`);
    const count = await connection.all(
      sql`EXPLAIN QUERY PLAN ${countStatement('Observation', where, sqliteDialect)}`,
    );
    t.notMatch(count.map((row) => String(row.detail)).join('\n'), scan);
    return search.map((row) => String(row.detail));
  };
}

/** Reading a table of ours from end to end. */
const scan = /SCAN [rxsoip]\b/;

t.test('no search reads a table from end to end', async (t) => {
  const planOf = await explain(t);
  const prefix: PlanNode = { kind: 'string', match: 'prefix', param: 'Patient.name', text: 'ab' };
  const plans: PlanNode[] = [
    all,
    term('a'),
    not(term('a')),
    or(term('a'), date(before)),
    and(term('a'), date(before)),
    date(before, since),
    prefix,
    not(prefix),
    { kind: 'ids', ids: ['a', 'b'] },
    { kind: 'updated', where: [since] },
    { kind: 'refers', termPrefix: 'Observation.subject|Patient/', to: 'Patient', where: prefix },
    { kind: 'referred', by: 'Provenance', param: 'Provenance.target', where: term('a') },
  ];
  for (const plan of plans) {
    for (const sort of [[], newest, updated, byId]) {
      const first = await planOf(plan, sort);
      const keys = sort.length === 0 ? [] : [sort === byId ? 'x' : 5];
      const later = await planOf(plan, sort, { keys, row: 7 });
      t.notMatch([...first, ...later].join('\n'), scan);
    }
  }
});

/** The plan up to where the rows of the page are known: the bodies are fetched after that. */
function finding(plan: string[]): string {
  return plan.slice(0, plan.lastIndexOf('SCAN page')).join('\n');
}

t.test('one term: the inverted index finds the rows, each is looked up by its key', async (t) => {
  const plan = finding(await (await explain(t))(term('patient-code'), newest));
  t.match(plan, /SCAN m VIRTUAL TABLE[^\n]*\nSEARCH r USING INTEGER PRIMARY KEY/);
  t.match(plan, 'SEARCH x USING PRIMARY KEY (key=?)');
});

t.test('a term and a range: taken in row order until the page is full, nothing is sorted', async (t) => {
  const planOf = await explain(t);
  for (const after of [undefined, { keys: [], row: 9 }]) {
    const plan = finding(await planOf(and(term('code'), date(before, since)), [], after));
    t.match(plan, 'SCAN m VIRTUAL TABLE');
    t.match(plan, 'SEARCH x EXISTS USING PRIMARY KEY (key=?)');
    t.notMatch(plan, 'TEMP B-TREE');
    t.notMatch(plan, 'MATERIALIZE');
  }
});

t.test('everything of a type by an order: an index is walked from where the page begins', async (t) => {
  const planOf = await explain(t);
  const cases: [SortKey[], Position, RegExp][] = [
    [[], { keys: [], row: 9 }, /resource_by_type \(type=\? AND rowid>\?\)/],
    [updated, { keys: [5], row: 9 }, /resource_by_time \(type=\? AND updated<\?\)/],
    [byId, { keys: ['a'], row: 9 }, /resource_by_id \(type=\? AND id>\?\)/],
    [newest, { keys: [5], row: 9 }, /index_date_high \(param=\? AND \(high,key\)<\(\?,\?\)\)/],
  ];
  for (const [sort, after, start] of cases) {
    t.match(finding(await planOf(all, sort, after)), start);
    t.notMatch(finding(await planOf(all, sort, after)), 'TEMP B-TREE');
    t.notMatch(finding(await planOf(all, sort)), 'TEMP B-TREE');
  }
});

t.test('the newest since a time: the walk ends at that time', async (t) => {
  const plan = (await (await explain(t))(date(since), newest)).join('\n');
  t.match(plan, 'index_date_high (param=? AND high>?)');
  t.notMatch(plan, 'TEMP B-TREE');
});

t.test('values find their rows: ids, ranges and prefixes alone', async (t) => {
  const planOf = await explain(t);
  t.match(finding(await planOf({ kind: 'ids', ids: ['a'] })), 'resource_by_id (type=? AND id=?)');
  t.match(finding(await planOf(date(before))), 'index_date_low (param=? AND low<?)');
  const prefix: PlanNode = { kind: 'string', match: 'prefix', param: 'Patient.name', text: 'ab' };
  t.match(finding(await planOf(prefix)), 'index_string_value (param=? AND value>? AND value<?)');
});
