/**
 * What a search is ordered by, and how it goes on after a position (keyset paging): rows are taken up after the last
 * row seen, by value, so that a row that does not change appears exactly once whatever happens around it.
 * Missing values come last in both directions; the row key decides between equals.
 */
import type { Position, SortKey } from '../../search/plan.ts';
import type { Dialect } from './dialect.ts';
import { allOf, anyOf, type Fragment, joined, sql } from './fragment.ts';
import { dataTables, entryOfRow } from './index-tables.ts';

export interface SortColumn {
  /** Over row `r` of table `resource`. */
  readonly value: Fragment;
  /** Name of the value in the result. */
  readonly name: Fragment;
  readonly descending: boolean;
  readonly nullable: boolean;
}

/** Names of sort values, by position; a query sorts by few of them. */
const names = [sql`k0`, sql`k1`, sql`k2`, sql`k3`, sql`k4`, sql`k5`, sql`k6`, sql`k7`] as const;

const ascending = sql`ASC`;
const descending = sql`DESC`;

/** Further keys than there are names are left out. */
export function sortColumns(sort: readonly SortKey[], dialect: Dialect): SortColumn[] {
  return sort.slice(0, names.length).map((key, i) => ({
    value: sortValue(key, dialect),
    name: names[i]!,
    descending: key.descending,
    nullable: key.by !== 'id' && key.by !== 'updated',
  }));
}

function sortValue(key: SortKey, dialect: Dialect): Fragment {
  const params = key.params ?? [];
  switch (key.by) {
    case 'id':
      return sql`r.id`;
    case 'updated':
      return sql`r.updated`;
    case 'value':
      return dialect.sortValue(params[0] ?? '', sql`r.body`);
    case 'string': {
      const value = key.descending ? sql`max(x.value)` : sql`min(x.value)`;
      return entryValue(value, dataTables.string, params);
    }
    case 'quantity': {
      // Grams among grams, whatever they were given in.
      const value = key.descending ? sql`max(x.canonical_high)` : sql`min(x.canonical_low)`;
      return entryValue(value, dataTables.quantity, params);
    }
    default: {
      const value = key.descending ? sql`max(x.high)` : sql`min(x.low)`;
      return entryValue(value, dataTables[key.by], params);
    }
  }
}

function entryValue(value: Fragment, table: Fragment, params: readonly string[]): Fragment {
  return sql`(SELECT ${value} FROM ${table} x WHERE ${entryOfRow(params)})`;
}

/** Equals come in the direction of the first key: newest first also among those of the same instant. */
export function rowDescending(columns: readonly SortColumn[]): boolean {
  return columns[0]?.descending ?? false;
}

/** True when a plain comparison of all values with a position tells what comes after it. */
export function isUniform(columns: readonly SortColumn[]): boolean {
  return columns.every((column) => !column.nullable && column.descending === rowDescending(columns));
}

/** The ORDER BY list; `key` is the row key. */
export function orderBy(columns: readonly SortColumn[], key: Fragment): Fragment {
  const parts = columns.map(({ name, descending: down, nullable }) => {
    const direction = down ? descending : ascending;
    return nullable ? sql`${name} ${direction} NULLS LAST` : sql`${name} ${direction}`;
  });
  return joined([...parts, sql`${key} ${rowDescending(columns) ? descending : ascending}`], ', ');
}

/** Condition for uniform columns, over row `r`: an index in this order can start at the position. */
export function afterUniform(columns: readonly SortColumn[], key: Fragment, after: Position): Fragment {
  const operator = rowDescending(columns) ? sql`<` : sql`>`;
  if (columns.length === 0) return sql`${key} ${operator} ${after.row}`;
  const values = joined([...columns.map((column) => column.value), key], ', ');
  const position = joined([...columns.map((_, i) => sql`${after.keys[i] ?? null}`), sql`${after.row}`], ', ');
  return sql`(${values}) ${operator} (${position})`;
}

/** Condition for any columns, over their names. */
export function afterPosition(columns: readonly SortColumn[], key: Fragment, after: Position): Fragment {
  let condition = sql`${key} ${rowDescending(columns) ? sql`<` : sql`>`} ${after.row}`;
  for (const [i, column] of [...columns.entries()].reverse()) {
    const value = after.keys[i] ?? null;
    const same = allOf([sql`${column.name} IS NOT DISTINCT FROM ${value}`, condition]);
    // Nothing comes after a missing value but other rows without one.
    if (value === null) condition = same;
    else {
      const beyond = sql`${column.name} ${column.descending ? sql`<` : sql`>`} ${value}`;
      condition = anyOf([beyond, sql`${column.name} IS NULL`, same]);
    }
  }
  return condition;
}
