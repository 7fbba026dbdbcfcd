/** Runs plans over index entries held in memory, one resource at a time: the store without a database. */
import type { IndexEntries } from '../../src/search/index-entries.ts';
import type { Comparison, PlanNode } from '../../src/search/plan.ts';

export interface IndexedResource {
  readonly id: string;
  /** Milliseconds. */
  readonly updated: number;
  readonly entries: IndexEntries;
}

/** Whether a resource meets a plan. */
export function meets(node: PlanNode, resource: IndexedResource): boolean {
  const { entries } = resource;
  switch (node.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'and':
      return node.nodes.every((part) => meets(part, resource));
    case 'or':
      return node.nodes.some((part) => meets(part, resource));
    case 'not':
      return !meets(node.node, resource);
    case 'term':
      return entries.terms.includes(node.term);
    case 'range': {
      const { param, unit, where } = node;
      const tables = { date: entries.dates, number: entries.numbers, quantity: entries.quantities };
      return tables[node.table].some(
        (entry) =>
          entry.param === param &&
          (unit === undefined || ('unit' in entry && entry.unit === unit)) &&
          where.every((comparison) => compares(entry[comparison.column], comparison)),
      );
    }
    case 'refers':
    case 'referred':
      throw new Error('one resource at a time knows nothing of others');
    case 'string':
      return entries.strings.some(
        ({ param, value }) =>
          param === node.param &&
          (node.match === 'prefix' ? value.startsWith(node.text) : value.includes(node.text)),
      );
    case 'ids':
      return node.ids.includes(resource.id);
    case 'updated':
      return node.where.every((comparison) => compares(resource.updated, comparison));
  }
}

function compares(left: number, { op, value }: Comparison): boolean {
  if (op === '<') return left < value;
  if (op === '<=') return left <= value;
  return op === '>' ? left > value : left >= value;
}
