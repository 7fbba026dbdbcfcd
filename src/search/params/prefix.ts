/**
 * The prefixes of ordered values and what they ask of an index entry.
 * https://hl7.org/fhir/R4/search.html#prefix
 */
import type { Comparison, PlanNode, UnitMatch } from '../plan.ts';
import { anyOf } from './kind.ts';

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

const leading = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[\d+\-.])/;

/** Takes the prefix off a value; without one, it is `eq`. */
export function splitPrefix(text: string): { readonly prefix: Prefix; readonly rest: string } {
  const prefix = leading.exec(text)?.[1] as Prefix | undefined;
  return prefix ? { prefix, rest: text.slice(2) } : { prefix: 'eq', rest: text };
}

/** Alternatives; each is met by one entry that meets all of its comparisons. */
export type Alternatives = readonly (readonly Comparison[])[];

export const low = (op: Comparison['op'], value: number): Comparison => ({ column: 'low', op, value });
export const high = (op: Comparison['op'], value: number): Comparison => ({ column: 'high', op, value });

/** Any of the alternatives, as range nodes over a table. */
export function rangeNode(
  table: 'date' | 'number' | 'quantity',
  param: string,
  alternatives: Alternatives,
  unit?: UnitMatch,
): PlanNode {
  const scope = { kind: 'range' as const, table, param, ...(unit === undefined ? {} : { unit }) };
  return anyOf(alternatives.map((where) => ({ ...scope, where })));
}
