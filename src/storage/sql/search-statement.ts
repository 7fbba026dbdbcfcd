/** A store query as one SQL statement. */
import type { PlanNode, StoreQuery, TypeSelection } from '../../search/plan.ts';
import type { Dialect } from './dialect.ts';
import { allOf, type Fragment, joined, sql } from './fragment.ts';
import { orderedPage } from './ordered-page.ts';
import { orderedTermPage } from './ordered-term-page.ts';
import { matchingRows } from './plan-condition.ts';
import { simplifyPlan } from './simplify-plan.ts';
import {
  afterPosition,
  afterUniform,
  isUniform,
  orderBy,
  type SortColumn,
  sortColumns,
} from './sort-columns.ts';

/** Rows of the page and one more if there is one; columns of `resource`, and the sort values as k0, k1 … */
export function searchStatement(query: StoreQuery, dialect: Dialect): Fragment {
  const simple = { ...query, where: simplifyPlan(query.where) };
  const columns = sortColumns(query.sort, dialect);
  const page =
    orderedPage(simple) ?? orderedTermPage(simple, dialect) ?? matchedPage(simple, columns, dialect);
  // The bodies are fetched last, for the rows of the page only.
  const sortNames = columns.map((column) => sql`, page.${column.name}`);
  return sql`SELECT r.key, r.type, r.id, r.version, r.updated, r.method, r.body ${joined(sortNames, ' ')}
    FROM (${page}) page CROSS JOIN resource r WHERE r.key = page.key ORDER BY ${orderBy(columns, sql`page.key`)}`;
}

/** Row keys and sort values of a page: first what matches, then its order. */
function matchedPage(query: StoreQuery, columns: readonly SortColumn[], dialect: Dialect): Fragment {
  const { from, key, where } = matchingRows(query.type, query.where, dialect);
  const values = columns.map((column) => sql`${column.value} AS ${column.name}`);
  const selected = joined([sql`${key} AS key`, ...values], ', ');
  const window = (rowKey: Fragment) => sql`ORDER BY ${orderBy(columns, rowKey)} LIMIT ${query.limit + 1}`;
  if (isUniform(columns)) {
    const after = query.after ? [afterUniform(columns, key, query.after)] : [];
    return sql`SELECT ${selected} FROM ${from} WHERE ${allOf([...where, ...after])} ${window(key)}`;
  }
  const after = query.after ? sql`WHERE ${afterPosition(columns, sql`key`, query.after)}` : sql``;
  return sql`WITH matched AS MATERIALIZED (SELECT ${selected} FROM ${from} WHERE ${allOf(where)})
    SELECT * FROM matched ${after} ${window(sql`key`)}`;
}

/** One row with the number of matches as `total`. */
export function countStatement(type: TypeSelection, where: PlanNode, dialect: Dialect): Fragment {
  const matching = matchingRows(type, simplifyPlan(where), dialect);
  return sql`SELECT count(*) AS total FROM ${matching.from} WHERE ${allOf(matching.where)}`;
}
