/** The ordered tables of the index: which there are, and how values are put so that every database orders them alike. */
import type { TypeSelection } from '../../search/plan.ts';
import { type Fragment, joined, sql } from './fragment.ts';

/** One row per entry: key of the resource, param, and the value: low and high, of a quantity the units too. */
export const dataTables = {
  date: sql`index_date`,
  number: sql`index_number`,
  quantity: sql`index_quantity`,
  string: sql`index_string`,
} as const;

/** What has a term but no date comes last in both directions. */
export const withoutDate = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY } as const;

/**
 * Spans up to this, milliseconds, a day in any zone, are found from either of their ends. The others are also kept under
 * a name of their own, and each is looked at.
 */
export const longestShortSpan = 26 * 60 * 60 * 1000;

export function longSpans(term: string): string {
  return `${term}:long`;
}

/** The number of a parameter; null, which equals nothing, when nothing was ever indexed under it. */
export function parameterId(name: string): Fragment {
  return sql`(SELECT p.id FROM parameter p WHERE p.name = ${name})`;
}

/** The number of any of them. */
export function isAnyParameter(column: Fragment, names: readonly string[]): Fragment {
  if (names.length === 1) return sql`${column} = ${parameterId(names[0]!)}`;
  return sql`${column} IN (${joined(names.map(parameterId), ', ')})`;
}

/**
 * Condition: entry `x` belongs to resource `r` and one of the parameters. The plus keeps planners from going through
 * an index over the values of the parameter, which is long, when the resource has a handful of entries.
 */
export function entryOfRow(params: readonly string[]): Fragment {
  return sql`x.key = r.key AND ${isAnyParameter(sql`+x.param`, params)}`;
}

/** Conditions on row `r` of table `resource`: a resource of such a type that is not deleted. */
export function currentOfType(type: TypeSelection): Fragment[] {
  return [...ofType(sql`r.type`, type), sql`r.body IS NOT NULL`];
}

/** Conditions on a column with the name of a type: none when any will do. */
export function ofType(column: Fragment, type: TypeSelection): Fragment[] {
  if (typeof type === 'string') return [sql`${column} = ${type}`];
  if (type.length === 0) return [];
  return [
    sql`${column} IN (${joined(
      type.map((name) => sql`${name}`),
      ', ',
    )})`,
  ];
}

/** Open ends become the outermost finite numbers: they sort the same and survive JSON, in which positions travel. */
export function finite(value: number): number {
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}
