/** Contract: histories of a resource, a type and the whole store, in time and in pages. */
import type { Test } from 'tap';
import type { HistoryQuery, Store } from '../../src/storage/store.ts';
import { deletion, put, sampleWrite, stored } from './store-samples.ts';

type Scope = Omit<HistoryQuery, 'limit' | 'before'>;

/** `type/id/version` of all pages. */
async function paged(store: Store, scope: Scope, limit = 100): Promise<string[]> {
  const seen: string[] = [];
  let query: HistoryQuery = { ...scope, limit };
  for (;;) {
    const { rows, next } = await store.history(query);
    seen.push(...rows.map(({ type, id, version }) => `${type}/${id}/${version}`));
    if (!next) return seen;
    // Positions travel as JSON.
    query = { ...scope, limit, before: JSON.parse(JSON.stringify(next)) };
  }
}

/** Three resources of two types, seven versions, a deletion among them. */
async function filled(open: (t: Test) => Promise<Store>, t: Test): Promise<Store> {
  const store = await open(t);
  const writes = [
    sampleWrite({ id: 'a', version: 1, updated: 100 }),
    sampleWrite({ id: 'b', version: 1, updated: 100 }),
    sampleWrite({ type: 'Patient', id: 'a', version: 1, updated: 200 }),
    sampleWrite({ id: 'a', version: 2, updated: 300 }),
    { ...deletion('b', 2), updated: 400 },
    sampleWrite({ type: 'Patient', id: 'a', version: 2, updated: 400 }),
    sampleWrite({ id: 'b', version: 3, updated: 500 }),
  ];
  for (const write of writes) await put(store, write);
  return store;
}

export function historyContract(t: Test, open: (t: Test) => Promise<Store>): void {
  t.test('the history of all, of a type and of a resource, newest first', async (t) => {
    const store = await filled(open, t);
    const all = [
      'Observation/b/3',
      'Patient/a/2',
      'Observation/b/2',
      'Observation/a/2',
      'Patient/a/1',
      'Observation/b/1',
      'Observation/a/1',
    ];
    for (const limit of [1, 2, 3, 7, 100]) {
      t.same(await paged(store, {}, limit), all, `pages of ${limit}`);
      t.same(
        await paged(store, { type: 'Observation' }, limit),
        all.filter((version) => version.startsWith('Observation')),
      );
      t.same(
        await paged(store, { type: 'Observation', id: 'b' }, limit),
        all.filter((version) => version.startsWith('Observation/b')),
      );
    }
    t.equal((await store.history({ limit: 1 })).total, 7);
    t.equal((await store.history({ type: 'Patient', limit: 1 })).total, 2);
    t.equal((await store.history({ type: 'Encounter', limit: 1 })).total, 0);
  });

  t.test('a history holds versions as they were written, deletions without a body', async (t) => {
    const store = await open(t);
    const writes = [
      sampleWrite({ id: 'a', version: 1 }),
      sampleWrite({ id: 'a', version: 2 }),
      deletion('a', 3),
    ];
    for (const write of writes) await put(store, write);
    for (const scope of [{}, { type: 'Observation' }, { type: 'Observation', id: 'a' }]) {
      t.same((await store.history({ ...scope, limit: 10 })).rows, writes.map(stored).reverse());
    }
  });

  t.test('since leaves out what is older than an instant', async (t) => {
    const store = await filled(open, t);
    t.same(await paged(store, { since: 400 }, 2), ['Observation/b/3', 'Patient/a/2', 'Observation/b/2']);
    t.same(await paged(store, { type: 'Observation', id: 'b', since: 101 }), [
      'Observation/b/3',
      'Observation/b/2',
    ]);
    t.equal((await store.history({ since: 400, limit: 1 })).total, 3);
    t.same(await paged(store, { since: 501 }), []);
  });

  t.test('at holds what was current at some time of a period', async (t) => {
    const store = await filled(open, t);
    const at = (low: number, high: number, scope: Scope = {}) =>
      paged(store, { ...scope, at: { low, high } });
    t.same(await at(0, 100), []);
    t.same(await at(100, 101), ['Observation/b/1', 'Observation/a/1']);
    t.same(await at(299, 300), ['Patient/a/1', 'Observation/b/1', 'Observation/a/1']);
    t.same(
      await at(300, 301),
      ['Observation/a/2', 'Patient/a/1', 'Observation/b/1'],
      'replaced at that instant',
    );
    t.same(await at(299, 301, { type: 'Observation', id: 'a' }), ['Observation/a/2', 'Observation/a/1']);
    t.same(await at(1000, 1001), ['Observation/b/3', 'Patient/a/2', 'Observation/a/2']);
    t.same(await at(1000, 1001, { since: 400 }), ['Observation/b/3', 'Patient/a/2']);
  });

  t.test('a history of some resources', async (t) => {
    const store = await filled(open, t);
    const among = ['Observation/a', 'Patient/a', 'Patient/nobody'];
    t.same(await paged(store, { among }, 2), [
      'Patient/a/2',
      'Observation/a/2',
      'Patient/a/1',
      'Observation/a/1',
    ]);
    t.same(await paged(store, { among, type: 'Patient' }), ['Patient/a/2', 'Patient/a/1']);
    t.same(await paged(store, { among, type: 'Observation', id: 'b' }), []);
    t.equal((await store.history({ among, since: 300, limit: 1 })).total, 2);
    t.same(await paged(store, { among: [] }), []);
  });

  t.test('what is written during paging does not disturb the pages', async (t) => {
    const store = await filled(open, t);
    const first = await store.history({ limit: 3 });
    await put(store, sampleWrite({ id: 'a', version: 3, updated: 600 }));
    const rest = await store.history({ limit: 10, before: first.next });
    t.same(
      rest.rows.map(({ type, id, version }) => `${type}/${id}/${version}`),
      ['Observation/a/2', 'Patient/a/1', 'Observation/b/1', 'Observation/a/1'],
    );
  });
}
