/** The ordered tables of the index: which there are, and how values are put so that every database orders them alike. */
import { type Fragment, sql } from './fragment.ts';

/** One row per entry: key of the resource, param, and the value: low and high, of a quantity the unit too. */
export const dataTables = {
  date: sql`index_date`,
  number: sql`index_number`,
  quantity: sql`index_quantity`,
  string: sql`index_string`,
} as const;

/** The number of a parameter; null, which equals nothing, when nothing was ever indexed under it. */
export function parameterId(name: string): Fragment {
  return sql`(SELECT p.id FROM parameter p WHERE p.name = ${name})`;
}

/**
 * Condition: entry `x` belongs to resource `r` and the parameter. The plus keeps planners from going through an index
 * over the values of the parameter, which is long, when the resource has a handful of entries.
 */
export function entryOfRow(param: string): Fragment {
  return sql`x.key = r.key AND +x.param = ${parameterId(param)}`;
}

/** Conditions on row `r` of table `resource`: a resource of the type that is not deleted. */
export function currentOfType(type: string): Fragment[] {
  return [sql`r.type = ${type}`, sql`r.body IS NOT NULL`];
}

/** Open ends become the outermost finite numbers: they sort the same and survive JSON, in which positions travel. */
export function finite(value: number): number {
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}
