/** What a plan and an order mean, said naively. The store is held against it. */
import type { PlanNode, SortKey } from '../../src/search/plan.ts';
import type { Write } from '../../src/storage/store.ts';
import * as executor from '../support/memory-executor.ts';
import { sampleSortValue } from './store-engine.ts';

/** Whether a resource, by its current version, meets a plan. */
export function meets(write: Write, node: PlanNode): boolean {
  return executor.meets(node, { ...write, entries: write.entries! });
}

type SortValue = number | string | null;

function sortValue(write: Write, { by, params = [], descending }: SortKey): SortValue {
  const entries = write.entries!;
  const outermost = (values: SortValue[]) => values.sort(order).at(descending ? -1 : 0) ?? null;
  const range = (list: readonly { param: string; low: number; high: number }[]) =>
    outermost(list.filter((e) => params.includes(e.param)).map((e) => (descending ? e.high : e.low)));
  switch (by) {
    case 'id':
      return write.id;
    case 'updated':
      return write.updated;
    case 'value':
      return sampleSortValue(params[0]!, write.body!);
    case 'string':
      return outermost(entries.strings.filter((e) => params.includes(e.param)).map((e) => e.value));
    case 'date':
      return range(entries.dates);
    case 'number':
      return range(entries.numbers);
    case 'quantity':
      return range(
        entries.quantities.map(({ param, canonicalLow: low, canonicalHigh: high }) => ({ param, low, high })),
      );
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
