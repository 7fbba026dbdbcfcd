/** What a plan means, said naively: one resource at a time, over its entries. The store is held against it. */
import type { PlanNode, SortKey } from '../../src/search/plan.ts';
import type { Write } from '../../src/storage/store.ts';
import { sampleSortValue } from './store-engine.ts';

const compare = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
} as const;

/** Whether a resource, by its current version, meets a plan. */
export function meets(write: Write, node: PlanNode): boolean {
  const entries = write.entries!;
  switch (node.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'and':
      return node.nodes.every((part) => meets(write, part));
    case 'or':
      return node.nodes.some((part) => meets(write, part));
    case 'not':
      return !meets(write, node.node);
    case 'term':
      return entries.terms.includes(node.term);
    case 'ids':
      return node.ids.includes(write.id);
    case 'updated':
      return node.where.every(({ op, value }) => compare[op](write.updated, value));
    case 'refers':
    case 'referred':
      throw new Error('one resource at a time knows nothing of others');
    case 'string':
      return entries.strings.some(
        ({ param, value }) =>
          param === node.param &&
          (node.match === 'prefix' ? value.startsWith(node.text) : value.includes(node.text)),
      );
    case 'range': {
      const table = { date: entries.dates, number: entries.numbers, quantity: entries.quantities }[
        node.table
      ];
      return table.some(
        (entry) =>
          entry.param === node.param &&
          (node.unit === undefined || ('unit' in entry && entry.unit === node.unit)) &&
          node.where.every(({ column, op, value }) => compare[op](entry[column], value)),
      );
    }
  }
}

type SortValue = number | string | null;

function sortValue(write: Write, { by, param, descending }: SortKey): SortValue {
  const entries = write.entries!;
  const outermost = (values: SortValue[]) => values.sort(order).at(descending ? -1 : 0) ?? null;
  const range = (list: readonly { param: string; low: number; high: number }[]) =>
    outermost(list.filter((e) => e.param === param).map((e) => (descending ? e.high : e.low)));
  switch (by) {
    case 'id':
      return write.id;
    case 'updated':
      return write.updated;
    case 'value':
      return sampleSortValue(param!, write.body!);
    case 'string':
      return outermost(entries.strings.filter((e) => e.param === param).map((e) => e.value));
    case 'date':
      return range(entries.dates);
    case 'number':
      return range(entries.numbers);
    case 'quantity':
      return range(entries.quantities);
  }
}

/** Text by code points, which is the order of UTF-8 bytes. */
function order(a: SortValue, b: SortValue): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

/** Ids in order, missing values last; `writes` come in the order of creation, which decides between equals. */
export function sorted(writes: readonly Write[], sort: readonly SortKey[]): string[] {
  const rows = writes.map((write, row) => ({ write, row, keys: sort.map((key) => sortValue(write, key)) }));
  const sign = (descending: boolean | undefined) => (descending ? -1 : 1);
  rows.sort((a, b) => {
    for (const [i, key] of sort.entries()) {
      const [left, right] = [a.keys[i]!, b.keys[i]!];
      if (left === right) continue;
      if (left === null) return 1;
      if (right === null) return -1;
      const result = order(left, right) * sign(key.descending);
      if (result !== 0) return result;
    }
    return (a.row - b.row) * sign(sort[0]?.descending);
  });
  return rows.map(({ write }) => write.id);
}
