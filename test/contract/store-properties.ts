/** Contract, as properties: any plan, order and page size over any entries gives what the oracle says. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Test } from 'tap';
import type { IndexEntries, OrderedEntry } from '../../src/search/index-entries.ts';
import type { Comparison, PlanNode, SortKey, UnitMatch } from '../../src/search/plan.ts';
import type { Store, Write } from '../../src/storage/store.ts';
import { meets, sorted } from './plan-oracle.ts';
import { deletion, idsOf, pagedIds, put, sampleWrite } from './store-samples.ts';

const term = fc.constantFrom('a', 'b', 'A', 'a|b', 'c"d', 'and', 'x*', '漢');
const param = fc.constantFrom('Observation.p', 'Observation.q');
const orderedBy = 'Observation.p';
const orderedTerms = ['a', 'b'];
const unit = fc.constantFrom('', 'mg', 'MG');
const unitMatch: fc.Arbitrary<UnitMatch> = fc.oneof(
  fc.record({ by: fc.constant('code'), system: fc.constantFrom('', 's'), code: unit }),
  fc.record({ by: fc.constant('name'), name: unit }),
  fc.record({ by: fc.constant('canonical'), unit: fc.constantFrom('', 'g') }),
) as fc.Arbitrary<UnitMatch>;
const value = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.constantFrom(0.5, -0.5, 3e9, -3e9, 1e300, 0.1 + 0.2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const text = fc.constantFrom(
  '',
  'a',
  'ab',
  'abc',
  'b',
  'a%',
  'a_',
  'ß',
  '漢',
  '😀',
  '😀b',
  '\u{10ffff}',
  '\ud7ff',
  '\ue000',
);

/** Open at one end or at both; nothing begins at the end of time, or ends at its beginning. */
const range = fc
  .record({ param, ends: fc.tuple(value, value) })
  .map(({ param, ends: [a, b] }) => ({ param, low: Math.min(a, b), high: Math.max(a, b) }))
  .filter(({ low, high }) => low < Number.POSITIVE_INFINITY && high > Number.NEGATIVE_INFINITY);
/** Now and then the same amount in several units; one in `MG` has a canonical one, in which it is twice as much. */
const quantities = fc
  .array(fc.tuple(range, fc.uniqueArray(unit, { minLength: 1, maxLength: 2 })), { maxLength: 2 })
  .map((list) =>
    list.flatMap(([entry, units]) =>
      units.map((code) => {
        const times = code === 'MG' ? 2 : 1;
        return {
          ...entry,
          system: code === '' ? '' : 's',
          code,
          text: code.toLowerCase(),
          canonicalUnit: code === 'MG' ? 'g' : '',
          canonicalLow: entry.low * times,
          canonicalHigh: entry.high * times,
        };
      }),
    ),
  );

/** Terms that are also kept in the order of a parameter's dates, as far as these reach. */
function ordered(terms: readonly string[], dates: IndexEntries['dates']): OrderedEntry[] {
  const own = dates.filter((entry) => entry.param === orderedBy);
  const span = own.length === 0 ? undefined : hullOf(own);
  return terms.filter((one) => orderedTerms.includes(one)).map((one) => ({ term: one, span }));
}

function hullOf(ranges: readonly { low: number; high: number }[]) {
  return {
    low: Math.min(...ranges.map(({ low }) => low)),
    high: Math.max(...ranges.map(({ high }) => high)),
  };
}

const entries: fc.Arbitrary<IndexEntries> = fc
  .record({
    terms: fc.uniqueArray(term, { maxLength: 5 }),
    dates: fc.array(range, { maxLength: 3 }),
    numbers: fc.array(range, { maxLength: 2 }),
    quantities,
    strings: fc.array(fc.record({ param, value: text }), { maxLength: 3 }),
    patients: fc.uniqueArray(fc.constantFrom('1', '2'), { maxLength: 2 }),
  })
  .map((made) => ({ ...made, ordered: ordered(made.terms, made.dates) }));

const ids = Array.from({ length: 8 }, (_, i) => `id${i}`);

const resource = fc.record({
  entries,
  updated: fc.integer({ min: 1, max: 4 }),
  sort: fc.dictionary(param, text, { maxKeys: 2 }),
  fate: fc.constantFrom('created', 'updated', 'deleted', 'deleted and back'),
});

const comparison: fc.Arbitrary<Comparison> = fc.record({
  column: fc.constantFrom('low', 'high'),
  op: fc.constantFrom('<', '<=', '>', '>='),
  value,
});
const comparisons = fc.array(comparison, { maxLength: 3 });

const { plan } = fc.letrec<{ plan: PlanNode }>((tie) => ({
  plan: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('term'), term }) },
    { weight: 1, arbitrary: fc.constantFrom<PlanNode>({ kind: 'all' }, { kind: 'none' }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('range'),
        table: fc.constantFrom('date', 'number', 'quantity'),
        param,
        where: comparisons,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('range'),
        table: fc.constant('quantity'),
        param,
        unit: unitMatch,
        where: comparisons,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('string'),
        match: fc.constantFrom('prefix', 'contains', 'suffix', 'equal'),
        param,
        text,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('ids'), ids: fc.subarray([...ids, 'unknown']) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('updated'), where: comparisons }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('not'), node: tie('plan') }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('and', 'or'),
        nodes: fc.array(tie('plan'), { maxLength: 4 }),
      }),
    },
  ) as fc.Arbitrary<PlanNode>,
}));

const sortKey: fc.Arbitrary<SortKey> = fc.oneof(
  fc.record({ by: fc.constantFrom('id', 'updated'), descending: fc.boolean() }),
  fc.record({
    by: fc.constantFrom('date', 'number', 'quantity', 'string', 'value'),
    param,
    descending: fc.boolean(),
  }),
) as fc.Arbitrary<SortKey>;

/** One parameter that orders and limits: the store has ways of its own for it, seldom met by chance. */
const oneParameter: fc.Arbitrary<{ plan: PlanNode; sort: SortKey[] }> = fc
  .record({
    table: fc.constantFrom('date', 'number', 'quantity'),
    param,
    where: fc.option(fc.array(comparison, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    unit: fc.option(unitMatch, { nil: undefined, freq: 2 }),
    descending: fc.boolean(),
  })
  .map(({ table, param, where, unit, descending }) => ({
    plan: !where
      ? { kind: 'all' }
      : table === 'quantity' && unit !== undefined
        ? { kind: 'range', table, param, unit, where }
        : { kind: 'range', table, param, where },
    sort: [{ by: table, params: [param], descending } as SortKey],
  }));

/** A term in the order of dates, and bounds on these: another way of the store's own. */
const inOrder: fc.Arbitrary<{ plan: PlanNode; sort: SortKey[] }> = fc
  .record({
    term: fc.constantFrom(...orderedTerms),
    bounds: fc.array(fc.array(comparisons, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
    descending: fc.boolean(),
  })
  .map(({ term, bounds, descending }) => ({
    plan: {
      kind: 'and',
      nodes: [
        { kind: 'term', term, orderedBy },
        ...bounds.map(
          (alternatives): PlanNode => ({
            kind: 'or',
            nodes: alternatives.map((where) => ({ kind: 'range', table: 'date', param: orderedBy, where })),
          }),
        ),
      ],
    },
    sort: [{ by: 'date', params: [orderedBy], descending }],
  }));

const question = fc.oneof(
  fc.record({ plan, sort: fc.array(sortKey, { maxLength: 3 }) }),
  oneParameter,
  inOrder,
);

type Resource = typeof resource extends fc.Arbitrary<infer T> ? T : never;

/** Writes the resources, each with its past; resolves to what is current, in the order of creation. */
async function populate(store: Store, type: string, resources: readonly Resource[]): Promise<Write[]> {
  const current: Write[] = [];
  for (const [i, { entries, updated, sort, fate }] of resources.entries()) {
    const id = ids[i]!;
    const last = { type, id, updated, sort, ...entries };
    const past = sampleWrite({
      type,
      id,
      terms: ['a', 'b'],
      dates: [{ param: 'Observation.p', low: 1, high: 1 }],
    });
    const versions = {
      created: [sampleWrite(last)],
      updated: [past, sampleWrite({ ...last, version: 2 })],
      deleted: [past, deletion(id, 2, type)],
      'deleted and back': [past, deletion(id, 2, type), sampleWrite({ ...last, version: 3 })],
    }[fate];
    for (const version of versions) await put(store, version);
    if (fate !== 'deleted') current.push(versions.at(-1)!);
  }
  return current;
}

export function propertyContract(t: Test, open: (t: Test) => Promise<Store>): void {
  t.test('any search finds, counts, orders and pages what the oracle says', async (t) => {
    const limit = fc.integer({ min: 1, max: 9 });
    const questions = fc.array(fc.tuple(question, limit), { minLength: 15, maxLength: 15 });
    const resources = fc.array(resource, { minLength: 1, maxLength: ids.length });
    const store = await open(t);
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(resources, questions, async (resources, questions) => {
        // One store serves all runs, which therefore must not see each other: each has a type of its own.
        const type = `Type${runs++}`;
        const current = await populate(store, type, resources);
        for (const [{ plan, sort }, limit] of questions) {
          const expected = sorted(
            current.filter((write) => meets(write, plan)),
            sort,
          );
          const query = { type, where: plan, sort, limit };
          assert.deepEqual(await pagedIds(store, query), expected);
          assert.equal(await store.count(type, plan), expected.length);
          const inside = await store.transact((transaction) => idsOf(transaction, query));
          assert.deepEqual(inside, expected.slice(0, limit));
        }
      }),
      { numRuns: 60 },
    );
    t.ok(runs >= 60);
  });
}
