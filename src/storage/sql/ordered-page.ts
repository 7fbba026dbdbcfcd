/**
 * A page in the order of one indexed parameter, when the order itself finds the rows: the index over its values is
 * walked from where the page begins and left when it is full, however many resources there are. Resources without a
 * value follow. Serves searches without conditions and those that only say where the order ends
 * (`date=ge2026&_sort=-date`).
 */
import type { PlanNode, StoreQuery } from '../../search/plan.ts';
import { allOf, type Fragment, sql } from './fragment.ts';
import { currentOfType, dataTables, entryOfRow, finite, parameterId } from './index-tables.ts';

interface Order {
  readonly table: keyof typeof dataTables;
  readonly param: string;
  readonly descending: boolean;
  readonly values: SortedValues;
}

/** The value an entry `s` sorts by, and all values of entries so that of several exactly one comes first. */
interface SortedValues {
  readonly sorts: Fragment;
  readonly s: Fragment;
  readonly o: Fragment;
}

const values = {
  range: {
    ascending: { sorts: sql`s.low`, s: sql`s.low, s.high`, o: sql`o.low, o.high` },
    descending: { sorts: sql`s.high`, s: sql`s.high, s.low`, o: sql`o.high, o.low` },
  },
  quantity: {
    ascending: {
      sorts: sql`s.canonical_low`,
      s: sql`s.canonical_low, s.low, s.high, s.system, s.code, s.text`,
      o: sql`o.canonical_low, o.low, o.high, o.system, o.code, o.text`,
    },
    // There is no index over all of their high ends.
    descending: undefined,
  },
  string: {
    ascending: { sorts: sql`s.value`, s: sql`s.value`, o: sql`o.value` },
    descending: { sorts: sql`s.value`, s: sql`s.value`, o: sql`o.value` },
  },
} as const;

/** @returns undefined when the query is not of this kind */
export function orderedPage(query: StoreQuery): Fragment | undefined {
  const order = orderOf(query);
  if (!order) return undefined;
  const ends = orderEnds(query.where, order);
  if (!ends) return undefined;
  const after = query.after && { value: query.after.keys[0] ?? null, row: query.after.row };
  const parts: Fragment[] = [];
  if (!after || after.value !== null) parts.push(withValue(query, order, ends));
  if (query.where.kind === 'all') parts.push(withoutValue(query, order));
  if (parts.length === 0) return undefined;
  const limit = sql`LIMIT ${query.limit + 1}`;
  return parts.length === 1
    ? sql`SELECT * FROM (${parts[0]!}) a`
    : sql`SELECT * FROM (${parts[0]!}) a UNION ALL SELECT * FROM (${parts[1]!}) b ${limit}`;
}

function orderOf({ sort }: StoreQuery): Order | undefined {
  const [key, second] = sort;
  const [param, another] = key?.params ?? [];
  if (!key || second || param === undefined || another !== undefined) return undefined;
  const { by, descending } = key;
  if (by !== 'date' && by !== 'number' && by !== 'quantity' && by !== 'string') return undefined;
  const kind = by === 'date' || by === 'number' ? 'range' : by;
  const sorted = values[kind][descending ? 'descending' : 'ascending'];
  return sorted && { table: by, param, descending, values: sorted };
}

/**
 * Conditions that stop the walk. A resource has an entry with a low below some bound exactly if its lowest low is,
 * and its highest high in the other direction: what it sorts by. Undefined when the plan says anything else.
 */
function orderEnds(where: PlanNode, { table, param, descending }: Order): Fragment[] | undefined {
  if (where.kind === 'all') return [];
  if (where.kind !== 'range' || where.table !== table || where.param !== param) return undefined;
  // Quantities are compared as given, or in one unit, but ordered in canonical ones.
  if (table === 'quantity' || where.unit !== undefined || where.where.length !== 1) return undefined;
  const { column, op, value } = where.where[0]!;
  if (descending && column === 'high' && op === '>') return [sql`s.high > ${finite(value)}`];
  if (descending && column === 'high' && op === '>=') return [sql`s.high >= ${finite(value)}`];
  if (!descending && column === 'low' && op === '<') return [sql`s.low < ${finite(value)}`];
  if (!descending && column === 'low' && op === '<=') return [sql`s.low <= ${finite(value)}`];
  return undefined;
}

function withValue({ type, limit, after }: StoreQuery, order: Order, ends: readonly Fragment[]): Fragment {
  const table = dataTables[order.table];
  const { sorts, s, o } = order.values;
  const [before, beyond] = order.descending ? [sql`>`, sql`<`] : [sql`<`, sql`>`];
  const conditions = [
    sql`s.param = ${parameterId(order.param)}`,
    sql`r.key = s.key`,
    ...currentOfType(type),
    ...ends,
    sql`NOT EXISTS (SELECT 1 FROM ${table} o WHERE o.key = s.key AND +o.param = s.param AND (${o}) ${before} (${s}))`,
  ];
  if (after) conditions.push(sql`(${sorts}, s.key) ${beyond} (${after.keys[0] ?? null}, ${after.row})`);
  const by = order.descending ? sql`${sorts} DESC, s.key DESC` : sql`${sorts} ASC, s.key ASC`;
  return sql`SELECT s.key AS key, ${sorts} AS k0 FROM ${table} s CROSS JOIN resource r
    WHERE ${allOf(conditions)} ORDER BY ${by} LIMIT ${limit + 1}`;
}

function withoutValue({ type, limit, after }: StoreQuery, { table, param, descending }: Order): Fragment {
  const conditions = [
    ...currentOfType(type),
    sql`NOT EXISTS (SELECT 1 FROM ${dataTables[table]} x WHERE ${entryOfRow([param])})`,
  ];
  if (after && (after.keys[0] ?? null) === null) {
    conditions.push(descending ? sql`r.key < ${after.row}` : sql`r.key > ${after.row}`);
  }
  return sql`SELECT r.key AS key, NULL AS k0 FROM resource r WHERE ${allOf(conditions)}
    ORDER BY ${descending ? sql`r.key DESC` : sql`r.key ASC`} LIMIT ${limit + 1}`;
}
