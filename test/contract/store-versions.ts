/** Contract: versions, deletions, history. */
import type { Test } from 'tap';
import type { HistoryPage, HistoryPosition, Store } from '../../src/storage/store.ts';
import { all, deletion, idsOf, put, sampleWrite, stored, term } from './store-samples.ts';

export function versionContract(t: Test, open: (t: Test) => Promise<Store>): void {
  t.test('an id never used reads as nothing', async (t) => {
    const store = await open(t);
    t.equal(await store.read('Observation', 'a'), undefined);
    t.equal(await store.readVersion('Observation', 'a', 1), undefined);
    t.same(await store.history({ type: 'Observation', id: 'a', limit: 10 }), {
      rows: [],
      next: undefined,
      total: 0,
    });
  });

  t.test('the same id under two types is two resources', async (t) => {
    const store = await open(t);
    const patient = sampleWrite({ type: 'Patient', id: 'a' });
    const observation = sampleWrite({ id: 'a', updated: 77 });
    await put(store, patient, observation);
    t.same(await store.read('Patient', 'a'), stored(patient));
    t.same(await store.read('Observation', 'a'), stored(observation));
  });

  t.test('every version stays readable, the last one is current', async (t) => {
    const store = await open(t);
    const versions = [1, 2, 3].map((version) => sampleWrite({ id: 'a', version }));
    for (const version of versions) await put(store, version);
    t.same(await store.read('Observation', 'a'), stored(versions[2]!));
    for (const version of versions) {
      t.same(await store.readVersion('Observation', 'a', version.version), stored(version));
    }
    t.equal(await store.readVersion('Observation', 'a', 4), undefined);
  });

  t.test('a deletion is the current version and is not found by search', async (t) => {
    const store = await open(t);
    await put(store, sampleWrite({ id: 'a', terms: ['x'] }), sampleWrite({ id: 'b', terms: ['x'] }));
    await put(store, deletion('a', 2));
    t.same(await store.read('Observation', 'a'), stored(deletion('a', 2)));
    t.same(await idsOf(store, {}), ['b']);
    t.same(await idsOf(store, { where: term('x') }), ['b']);
    t.equal(await store.count('Observation', all), 1);
    t.equal(await store.count('Observation', term('x')), 1);
  });

  t.test('a deleted resource can come back', async (t) => {
    const store = await open(t);
    await put(store, sampleWrite({ id: 'a', terms: ['old'] }));
    await put(store, deletion('a', 2));
    await put(store, sampleWrite({ id: 'a', version: 3, terms: ['new'] }));
    t.same(await idsOf(store, { where: term('new') }), ['a']);
    t.same(await idsOf(store, { where: term('old') }), []);
    t.equal((await store.history({ type: 'Observation', id: 'a', limit: 10 })).total, 3);
  });

  t.test('history comes newest first, in pages without gap or overlap', async (t) => {
    const store = await open(t);
    for (let version = 1; version <= 7; version++) {
      await put(store, version === 4 ? deletion('a', 4) : sampleWrite({ id: 'a', version }));
    }
    const seen: number[] = [];
    let before: HistoryPosition | undefined;
    do {
      const page: HistoryPage = await store.history({ type: 'Observation', id: 'a', limit: 3, before });
      t.equal(page.total, 7);
      seen.push(...page.rows.map((row) => row.version));
      before = page.next;
    } while (before !== undefined);
    t.same(seen, [7, 6, 5, 4, 3, 2, 1]);
  });

  t.test('a history page that ends with the first version is the last one', async (t) => {
    const store = await open(t);
    for (const version of [1, 2]) await put(store, sampleWrite({ id: 'a', version }));
    t.equal((await store.history({ type: 'Observation', id: 'a', limit: 2 })).next, undefined);
  });

  t.test('a version that does not follow the current one is refused', async (t) => {
    const store = await open(t);
    await put(store, sampleWrite({ id: 'a' }));
    await t.rejects(put(store, sampleWrite({ id: 'a' })));
    await t.rejects(put(store, sampleWrite({ id: 'a', version: 3 })));
    await t.rejects(put(store, sampleWrite({ id: 'b', version: 2 })));
    t.equal((await store.read('Observation', 'a'))?.version, 1);
    t.equal(await store.read('Observation', 'b'), undefined);
  });

  t.test('bodies come back to the letter', async (t) => {
    const store = await open(t);
    const body = '{"a":1.50,"b":"ß 漢 \\ud83d\\ude00 😀 \\u0000","c":"\\"?$1\'"}';
    const write = { ...sampleWrite({ id: 'a' }), body };
    await put(store, write);
    t.equal((await store.read('Observation', 'a'))?.body, body);
  });

  t.test('the number of the last change grows with every version and with nothing else', async (t) => {
    const store = await open(t);
    t.equal(await store.lastChange(), 0);
    await put(store, sampleWrite({ id: 'a' }));
    const first = await store.lastChange();
    t.ok(first > 0);
    await idsOf(store, {});
    await t.rejects(put(store, sampleWrite({ id: 'a' })));
    t.equal(await store.lastChange(), first);
    await put(store, deletion('a', 2));
    t.ok((await store.lastChange()) > first);
  });
}
