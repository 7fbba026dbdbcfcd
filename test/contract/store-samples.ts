/** Short ways to say what the contract suites write and ask. */
import type { IndexEntries } from '../../src/search/index-entries.ts';
import type { PlanNode, Position, StoreQuery } from '../../src/search/plan.ts';
import type { Store, StoredVersion, StoreReader, Write } from '../../src/storage/store.ts';

export const noEntries: IndexEntries = {
  terms: [],
  dates: [],
  numbers: [],
  quantities: [],
  strings: [],
  patients: [],
};

export interface Sample extends Partial<IndexEntries> {
  readonly type?: string;
  readonly id: string;
  readonly version?: number;
  readonly updated?: number;
  readonly sort?: Readonly<Record<string, string>>;
  readonly refs?: Readonly<Record<string, readonly string[]>>;
}

export function sampleBody(
  id: string,
  version: number,
  sort?: Readonly<Record<string, string>>,
  refs?: Sample['refs'],
): string {
  return JSON.stringify({ id, version, ...(sort ? { sort } : {}), ...(refs ? { refs } : {}) });
}

export function sampleWrite({
  type = 'Observation',
  id,
  version = 1,
  updated,
  sort,
  refs,
  ...entries
}: Sample): Write {
  return {
    type,
    id,
    version,
    updated: updated ?? 1_000 + version,
    method: version === 1 ? 'POST' : 'PUT',
    body: sampleBody(id, version, sort, refs),
    entries: { ...noEntries, ...entries },
  };
}

export function deletion(id: string, version: number, type = 'Observation'): Write {
  return {
    type,
    id,
    version,
    updated: 1_000 + version,
    method: 'DELETE',
    body: undefined,
    entries: undefined,
  };
}

/** Writes each in a unit of its own, all at once. */
export async function put(store: Store, ...writes: readonly Write[]): Promise<void> {
  await Promise.all(writes.map((write) => store.transact((transaction) => transaction.write(write))));
}

/** What is to be read of a write. */
export function stored({ entries, ...version }: Write): StoredVersion {
  return version;
}

export const term = (text: string): PlanNode => ({ kind: 'term', term: text });
export const not = (node: PlanNode): PlanNode => ({ kind: 'not', node });
export const and = (...nodes: PlanNode[]): PlanNode => ({ kind: 'and', nodes });
export const or = (...nodes: PlanNode[]): PlanNode => ({ kind: 'or', nodes });
export const all: PlanNode = { kind: 'all' };

export async function idsOf(store: StoreReader, query: Partial<StoreQuery>): Promise<string[]> {
  const page = await store.search({ type: 'Observation', where: all, sort: [], limit: 1_000, ...query });
  return page.rows.map((row) => row.id);
}

/** Ids of all pages. `between` runs after each page. */
export async function pagedIds(
  store: StoreReader,
  query: StoreQuery,
  between: (page: number) => Promise<void> = async () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  let after: Position | undefined;
  for (let page = 0; ; page++) {
    const { rows, next } = await store.search(after ? { ...query, after } : query);
    ids.push(...rows.map((row) => row.id));
    if (!next) return ids;
    // Positions travel as JSON.
    after = JSON.parse(JSON.stringify(next));
    await between(page);
  }
}
