/**
 * A page of the resources that have a code, in the order of their dates: the rows of the code are walked in order and
 * left when the page is full. What bounds the dates bounds the walk; it is then asked of each row exactly.
 */
import type { PlanNode, StoreQuery } from '../../search/plan.ts';
import type { Dialect } from './dialect.ts';
import { allOf, type Fragment, sql } from './fragment.ts';
import {
  currentOfType,
  finite,
  longestShortSpan,
  longSpans,
  parameterId,
  withoutDate,
} from './index-tables.ts';
import { planCondition } from './plan-condition.ts';

interface TermWalk {
  readonly term: string;
  /** All of them about the dates that it is ordered by. */
  readonly bounds: readonly PlanNode[];
  readonly descending: boolean;
}

/** @returns undefined when the query is not of this kind */
export function orderedTermPage(query: StoreQuery, dialect: Dialect): Fragment | undefined {
  const walk = termWalk(query);
  if (!walk) return undefined;
  const exact = walk.bounds.map((node) =>
    planCondition(node, { type: query.type, access: 'probe', dialect }),
  );
  const { after, before } = outerLimits(walk.bounds);
  const limit = sql`LIMIT ${query.limit + 1}`;
  if (after === undefined && before === undefined) return rowsOf(query, walk, exact);
  const short = [
    sql`o.high - o.low <= ${longestShortSpan}`,
    ...(after === undefined ? [] : [sql`o.low > ${after - longestShortSpan}`, sql`o.high > ${after}`]),
    ...(before === undefined ? [] : [sql`o.high < ${before + longestShortSpan}`, sql`o.low < ${before}`]),
  ];
  const long = { ...walk, term: longSpans(walk.term) };
  const order = walk.descending ? sql`k0 DESC NULLS LAST, key DESC` : sql`k0 ASC NULLS LAST, key ASC`;
  return sql`SELECT * FROM (SELECT * FROM (${rowsOf(query, walk, [...short, ...exact])}) a
    UNION ALL SELECT * FROM (${rowsOf(query, long, exact)}) b) ORDER BY ${order} ${limit}`;
}

function termWalk({ where, sort }: StoreQuery): TermWalk | undefined {
  const [key, second] = sort;
  const [param, another] = key?.params ?? [];
  if (key?.by !== 'date' || second || param === undefined || another !== undefined) return undefined;
  const nodes = where.kind === 'and' ? where.nodes : [where];
  const [term, ...others] = nodes.filter((node) => node.kind === 'term');
  if (term?.orderedBy !== param || others.length > 0) return undefined;
  const bounds = nodes.filter((node) => node !== term);
  if (!bounds.every((node) => isBound(node, param))) return undefined;
  return { term: term.term, bounds, descending: key.descending };
}

function isBound(node: PlanNode, param: string): boolean {
  if (node.kind === 'or') return node.nodes.every((part) => isBound(part, param));
  return node.kind === 'range' && node.table === 'date' && node.param === param;
}

interface Limits {
  /** Some date ends after this instant, or at it. */
  readonly after: number | undefined;
  /** Some date begins before this instant, or at it. */
  readonly before: number | undefined;
}

/** What every row that meets all of the nodes certainly meets, by a margin of a millisecond. */
function outerLimits(nodes: readonly PlanNode[]): Limits {
  const limits = nodes.map(limitsOf);
  const afters = limits.flatMap(({ after }) => after ?? []);
  const befores = limits.flatMap(({ before }) => before ?? []);
  return {
    after: afters.length === 0 ? undefined : Math.max(...afters),
    before: befores.length === 0 ? undefined : Math.min(...befores),
  };
}

function limitsOf(node: PlanNode): Limits {
  if (node.kind === 'or') {
    const parts = node.nodes.map(limitsOf);
    const known = <T>(values: readonly (T | undefined)[]): values is readonly T[] =>
      !values.includes(undefined);
    const afters = parts.map(({ after }) => after);
    const befores = parts.map(({ before }) => before);
    return {
      after: known(afters) ? Math.min(...afters) : undefined,
      before: known(befores) ? Math.max(...befores) : undefined,
    };
  }
  if (node.kind !== 'range') return { after: undefined, before: undefined };
  // An entry begins before it ends, so whatever bounds one end bounds the other too.
  const above = node.where.filter(({ op }) => op.startsWith('>')).map(({ value }) => finite(value) - 1);
  const below = node.where.filter(({ op }) => op.startsWith('<')).map(({ value }) => finite(value) + 1);
  return {
    after: above.length === 0 ? undefined : Math.max(...above),
    before: below.length === 0 ? undefined : Math.min(...below),
  };
}

function rowsOf(
  query: StoreQuery,
  { term, descending }: TermWalk,
  conditions: readonly Fragment[],
): Fragment {
  const { type, limit, after } = query;
  const end = descending ? sql`o.high` : sql`o.low`;
  const missing = descending ? withoutDate.high : withoutDate.low;
  const all = [
    sql`o.param = ${parameterId(term)}`,
    sql`r.key = o.key`,
    ...currentOfType(type),
    ...conditions,
  ];
  if (after) {
    const position = sql`(${after.keys[0] ?? missing}, ${after.row})`;
    all.push(sql`(${end}, o.key) ${descending ? sql`<` : sql`>`} ${position}`);
  }
  const order = descending ? sql`o.high DESC, o.key DESC` : sql`o.low ASC, o.key ASC`;
  return sql`SELECT o.key AS key, nullif(${end}, ${missing}) AS k0 FROM index_ordered o CROSS JOIN resource r
    WHERE ${allOf(all)} ORDER BY ${order} LIMIT ${limit + 1}`;
}
