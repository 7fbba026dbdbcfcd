/**
 * Codes in the order of time: what a type has under `code` is indexed together with its `date`, so that the newest of
 * a code, or those of a week, are found without looking at all that ever had it.
 */
import type { TypedValue } from '../fhirpath/expression.ts';
import type { OrderedEntry, RangeEntry } from './index-entries.ts';
import { isJoint } from './joint-terms.ts';
import type { Parameter } from './parameter.ts';
import { codeTerms, type TokenTerm } from './params/token.ts';
import type { PlanNode, SortKey } from './plan.ts';
import type { TypeParameters } from './type-parameters.ts';

export interface OrderedCodes {
  readonly code: Parameter;
  readonly date: Parameter;
}

/** The pair of a type that has one. */
export function orderedCodes(parameters: TypeParameters): OrderedCodes | undefined {
  const code = parameters.get('code');
  const date = parameters.get('date');
  if (!code || code.custom || !isJoint(code) || code.indexedAs[0] !== code.indexedAs.at(-1)) return undefined;
  if (date?.type !== 'date' || date.custom || date.indexedAs[0]?.code !== 'date') return undefined;
  return { code, date };
}

/**
 * @param values of `code`
 * @param dates every date of the resource
 */
export function orderedEntries(
  { code, date }: OrderedCodes,
  values: readonly TypedValue[],
  dates: readonly RangeEntry[],
): OrderedEntry[] {
  const own = dates.filter(({ param }) => param === date.name);
  const span =
    own.length === 0
      ? undefined
      : { low: Math.min(...own.map(({ low }) => low)), high: Math.max(...own.map(({ high }) => high)) };
  const start = systemStart(code);
  const terms = new Set(values.flatMap((value) => codeTerms(value, code.name, code)));
  return [...terms].filter((term) => isWithSystem(term, start)).map((term) => ({ term, span }));
}

function systemStart({ name }: Parameter): string {
  return `${name}|`;
}

function isWithSystem(term: string, start: string): boolean {
  return term.startsWith(start) && term[start.length] !== '|';
}

/** The node of one code with its system, marked as one that can be had in order. */
export function inOrder(
  node: PlanNode,
  term: TokenTerm,
  parameter: Parameter,
  parameters: TypeParameters,
): PlanNode {
  if (parameter.code !== 'code' || node.kind !== 'term') return node;
  if (term.by !== 'system-code' || term.system === '' || term.system.startsWith('|')) return node;
  const pair = orderedCodes(parameters);
  return pair ? { ...node, orderedBy: pair.date.name } : node;
}

/** A search for a code between dates that asks for no order is answered in the order of these dates. */
export function impliedSort(where: PlanNode): SortKey[] {
  const nodes = where.kind === 'and' ? where.nodes : [where];
  const dates = new Set(nodes.flatMap((node) => (node.kind === 'term' ? (node.orderedBy ?? []) : [])));
  const isBound = (node: PlanNode): boolean =>
    node.kind === 'or' ? node.nodes.every(isBound) : node.kind === 'range' && dates.has(node.param);
  if (dates.size !== 1 || !nodes.some(isBound)) return [];
  return [{ by: 'date', params: [...dates], descending: false }];
}
