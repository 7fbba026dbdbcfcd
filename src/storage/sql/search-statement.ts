/** A store query as one SQL statement. Terms find the rows where there are any; everything else is asked of each. */
import type { PlanNode, StoreQuery } from '../../search/plan.ts';
import type { Dialect } from './dialect.ts';
import { allOf, type Fragment, joined, sql } from './fragment.ts';
import { planCondition } from './plan-condition.ts';
import { simplifyPlan } from './simplify-plan.ts';
import { afterPosition, afterUniform, isUniform, orderBy, sortColumns } from './sort-columns.ts';
import { splitConjunction } from './term-expression.ts';

interface Source {
  readonly from: Fragment;
  readonly key: Fragment;
  readonly where: readonly Fragment[];
}

const isCurrent = sql`r.body IS NOT NULL`;

/** Where the matching rows `r` come from. */
function source(type: string, where: PlanNode, dialect: Dialect): Source {
  const plan = simplifyPlan(where);
  const { terms, rest } = splitConjunction(plan.kind === 'and' ? plan.nodes : [plan]);
  const ofType = [sql`r.type = ${type}`, isCurrent];
  if (!terms) {
    const conditions = rest.map((node) => planCondition(node, 'set', dialect));
    return { from: sql`resource r`, key: sql`r.key`, where: [...ofType, ...conditions] };
  }
  const match = dialect.matchTerms(terms);
  const conditions = rest.map((node) => planCondition(node, 'probe', dialect));
  return {
    // CROSS JOIN keeps the order: first the inverted index, then the rows it names.
    from: sql`${match.from} CROSS JOIN resource r`,
    key: match.key,
    where: [match.where, sql`r.key = ${match.key}`, ...ofType, ...conditions],
  };
}

/** Rows of the page and one more if there is one; columns of `resource`, and the sort values as k0, k1 … */
export function searchStatement(query: StoreQuery, dialect: Dialect): Fragment {
  const { from, key, where } = source(query.type, query.where, dialect);
  const columns = sortColumns(query.sort, dialect);
  const values = columns.map((column) => sql`${column.value} AS ${column.name}`);
  const selected = joined([sql`${key} AS key`, ...values], ', ');
  const window = (rowKey: Fragment) => sql`ORDER BY ${orderBy(columns, rowKey)} LIMIT ${query.limit + 1}`;
  let page: Fragment;
  if (isUniform(columns)) {
    const after = query.after ? [afterUniform(columns, key, query.after)] : [];
    page = sql`SELECT ${selected} FROM ${from} WHERE ${allOf([...where, ...after])} ${window(key)}`;
  } else {
    const after = query.after ? sql`WHERE ${afterPosition(columns, sql`key`, query.after)}` : sql``;
    page = sql`WITH matched AS MATERIALIZED (SELECT ${selected} FROM ${from} WHERE ${allOf(where)})
      SELECT * FROM matched ${after} ${window(sql`key`)}`;
  }
  // The bodies are fetched last, for the rows of the page only.
  const sortNames = columns.map((column) => sql`, page.${column.name}`);
  return sql`SELECT r.key, r.type, r.id, r.version, r.updated, r.method, r.body ${joined(sortNames, ' ')}
    FROM (${page}) page CROSS JOIN resource r WHERE r.key = page.key ORDER BY ${orderBy(columns, sql`page.key`)}`;
}

/** One row with the number of matches as `total`. */
export function countStatement(type: string, where: PlanNode, dialect: Dialect): Fragment {
  const matching = source(type, where, dialect);
  return sql`SELECT count(*) AS total FROM ${matching.from} WHERE ${allOf(matching.where)}`;
}
