/** Contract: searches by example, and paging while others write. */
import type { Test } from 'tap';
import type { PlanNode, SortKey } from '../../src/search/plan.ts';
import type { Store } from '../../src/storage/store.ts';
import { all, and, deletion, idsOf, not, or, pagedIds, put, sampleWrite, term } from './store-samples.ts';

const newestFirst: SortKey[] = [{ by: 'date', params: ['Observation.date'], descending: true }];

function dated(id: string, low: number, version = 1) {
  return sampleWrite({
    id,
    version,
    terms: ['x'],
    dates: [{ param: 'Observation.date', low, high: low + 1 }],
  });
}

export function searchContract(t: Test, open: (t: Test) => Promise<Store>): void {
  t.test('terms are told apart to the letter', async (t) => {
    const store = await open(t);
    const terms = ['code|a', 'code|A', 'code|a ', 'code', 'code|a OR b', '"', ''];
    await put(store, ...terms.map((text, i) => sampleWrite({ id: `r${i}`, terms: [text] })));
    for (const [i, text] of terms.entries()) t.same(await idsOf(store, { where: term(text) }), [`r${i}`]);
    t.same(await idsOf(store, { where: term('code|') }), []);
  });

  t.test('and, or and not combine', async (t) => {
    const store = await open(t);
    const samples = { ab: ['a', 'b'], a: ['a'], b: ['b'], c: ['c'], none: [] };
    await put(store, ...Object.entries(samples).map(([id, terms]) => sampleWrite({ id, terms })));
    const [a, b] = [term('a'), term('b')];
    t.same(await idsOf(store, { where: and(a, b) }), ['ab']);
    t.same(await idsOf(store, { where: or(a, b) }), ['ab', 'a', 'b']);
    t.same(await idsOf(store, { where: and(a, not(b)) }), ['a']);
    t.same(await idsOf(store, { where: not(or(a, b)) }), ['c', 'none']);
    t.same(await idsOf(store, { where: or(term('c'), not(a)) }), ['b', 'c', 'none']);
    t.same(await idsOf(store, { where: and() }), ['ab', 'a', 'b', 'c', 'none']);
    t.same(await idsOf(store, { where: or() }), []);
  });

  t.test(
    'references are followed in both directions, and seen by the transaction that writes them',
    async (t) => {
      const store = await open(t);
      const patients = (where: PlanNode): PlanNode => ({
        kind: 'refers',
        termPrefix: 'subject|Patient/',
        to: 'Patient',
        where,
      });
      const observations = (where: PlanNode): PlanNode => ({
        kind: 'referred',
        by: 'Observation',
        param: 'Observation.subject',
        where,
      });
      const observation = (id: string, patient: string, ...terms: string[]) =>
        sampleWrite({
          id,
          terms: [`subject|Patient/${patient}`, ...terms],
          refs: { 'Observation.subject': [`Patient/${patient}`, `Group/${patient}`] },
        });
      const patient = (id: string, ...terms: string[]) => sampleWrite({ type: 'Patient', id, terms });
      await put(store, patient('1', 'male'), patient('2', 'female'), patient('3'));
      await put(store, observation('a', '1', 'x'), observation('b', '2', 'x'), observation('c', '9', 'x'));
      const people = (where: PlanNode) => idsOf(store, { type: 'Patient', where });
      t.same(await idsOf(store, { where: patients(all) }), ['a', 'b'], 'what does not exist is not found');
      t.same(await idsOf(store, { where: patients(term('male')) }), ['a']);
      t.same(await idsOf(store, { where: and(term('x'), patients(not(term('male')))) }), ['b']);
      t.same(await idsOf(store, { where: not(patients(term('male'))) }), ['b', 'c']);
      t.same(await people(observations(term('x'))), ['1', '2']);
      t.same(await people(and(not(observations(term('x'))))), ['3']);
      t.same(await people(observations(patients(term('female')))), ['2'], 'there and back');
      t.equal(await store.count('Patient', observations(all)), 2);
      await put(store, deletion('a', 2), deletion('2', 2, 'Patient'));
      t.same(await people(observations(all)), []);
      t.same(await idsOf(store, { where: patients(all) }), []);
      await store.transact(async (transaction) => {
        await transaction.write(patient('4', 'male'));
        await transaction.write(observation('d', '4'));
        t.same(await idsOf(transaction, { where: patients(term('male')) }), ['d']);
        t.same(await idsOf(transaction, { type: 'Patient', where: observations(not(term('x'))) }), ['4']);
      });
    },
  );

  t.test('all comparisons of a range are about the same entry', async (t) => {
    const store = await open(t);
    const param = 'Observation.date';
    const dates = [
      { param, low: 1, high: 2 },
      { param, low: 8, high: 9 },
    ];
    await put(store, sampleWrite({ id: 'a', dates }));
    const between = (low: number, high: number) =>
      ({
        kind: 'range',
        table: 'date',
        param,
        where: [
          { column: 'low', op: '>=', value: low },
          { column: 'high', op: '<=', value: high },
        ],
      }) as const;
    t.same(await idsOf(store, { where: between(1, 9) }), ['a']);
    t.same(await idsOf(store, { where: between(2, 8) }), []);
  });

  t.test('thousands of alternatives are fine', async (t) => {
    const store = await open(t);
    await put(store, sampleWrite({ id: 'a', terms: ['ref 4999'] }), sampleWrite({ id: 'b' }));
    const many = Array.from({ length: 5_000 }, (_, i) => term(`ref ${i}`));
    t.same(await idsOf(store, { where: or(...many) }), ['a']);
    t.same(await idsOf(store, { where: not(or(...many)) }), ['b']);
    const ids = ['b', ...Array.from({ length: 50_000 }, (_, i) => `id${i}`)];
    t.same(await idsOf(store, { where: { kind: 'ids', ids } }), ['b']);
  });

  t.test('deep nesting is fine', async (t) => {
    const store = await open(t);
    await put(store, sampleWrite({ id: 'a', terms: ['x'] }), sampleWrite({ id: 'b', terms: ['y'] }));
    let where = term('x');
    for (let depth = 0; depth < 40; depth++)
      where = depth % 2 ? or(where, term('z')) : and(where, not(term('w')));
    t.same(await idsOf(store, { where }), ['a']);
  });

  t.test('without an order, resources come as first created, whatever happened to them since', async (t) => {
    const store = await open(t);
    for (const id of ['c', 'a', 'b']) await put(store, sampleWrite({ id, terms: ['x'] }));
    await put(store, sampleWrite({ id: 'c', version: 2, terms: ['x'] }));
    t.same(await idsOf(store, {}), ['c', 'a', 'b']);
    t.same(await idsOf(store, { where: term('x') }), ['c', 'a', 'b']);
  });

  t.test(
    'ascending goes by the lowest low, descending by the highest high, missing ones last in both',
    async (t) => {
      const store = await open(t);
      const param = 'Observation.date';
      const spans = {
        long: [{ param, low: 1, high: 9 }],
        late: [{ param, low: 7, high: 8 }],
        both: [
          { param, low: 2, high: 3 },
          { param, low: 10, high: 11 },
        ],
        none: [],
      };
      await put(store, ...Object.entries(spans).map(([id, dates]) => sampleWrite({ id, dates })));
      const by = (descending: boolean) =>
        idsOf(store, { sort: [{ by: 'date', params: [param], descending }] });
      t.same(await by(false), ['long', 'both', 'late', 'none']);
      t.same(await by(true), ['both', 'long', 'late', 'none']);
    },
  );

  t.test('a value of the body orders by the function given at opening', async (t) => {
    const store = await open(t);
    const param = 'Observation.code';
    await put(
      store,
      sampleWrite({ id: 'b', sort: { [param]: 'b' } }),
      sampleWrite({ id: 'none' }),
      sampleWrite({ id: 'a', sort: { [param]: 'a' } }),
    );
    t.same(await idsOf(store, { sort: [{ by: 'value', params: [param], descending: false }] }), [
      'a',
      'b',
      'none',
    ]);
    t.same(await idsOf(store, { sort: [{ by: 'value', params: [param], descending: true }] }), [
      'b',
      'a',
      'none',
    ]);
  });

  t.test('a page that holds the last match says that nothing follows', async (t) => {
    const store = await open(t);
    await put(store, dated('a', 1), dated('b', 2));
    const page = (limit: number) =>
      store.search({ type: 'Observation', where: all, sort: newestFirst, limit });
    t.equal((await page(2)).next, undefined);
    t.not((await page(1)).next, undefined);
  });

  for (const sort of [[], newestFirst, [{ by: 'updated', descending: true }] as SortKey[]]) {
    const by = sort[0]?.by ?? 'creation';
    t.test(
      `paging by ${by} shows every unchanged resource once while others come, change and go`,
      async (t) => {
        const store = await open(t);
        const write = (i: number) => ({ ...dated(`s${i}`, i % 7), updated: 1_000 + (i % 5) });
        await put(store, ...Array.from({ length: 40 }, (_, i) => write(i)));
        const seen = await pagedIds(
          store,
          { type: 'Observation', where: term('x'), sort, limit: 7 },
          async (page) => {
            await put(
              store,
              deletion(`s${page * 5}`, 2),
              dated(`s${page * 5 + 1}`, 100 - page, 2),
              dated(`n${page}`, page),
            );
          },
        );
        const changed = new Set(
          seen.length === 0 ? [] : Array.from({ length: 40 }, (_, i) => `s${i}`).filter((_, i) => i % 5 < 2),
        );
        const unchanged = Array.from({ length: 40 }, (_, i) => `s${i}`).filter((id) => !changed.has(id));
        t.same(seen.filter((id) => unchanged.includes(id)).sort(), unchanged.sort());
      },
    );
  }
}
