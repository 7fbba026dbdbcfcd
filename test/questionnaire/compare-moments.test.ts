import t from 'tap';
import { compareMoments } from '../../src/questionnaire/compare-moments.ts';

/** Undefined where one encloses the other. */
const pairs: [one: string, other: string, order: number | undefined][] = [
  ['10:00:00', '10:00:00.000', 0],
  ['10:00:00.50', '10:00:00.5', 0],
  ['10:00:00.05', '10:00:00.5', -1],
  ['10:00:00', '10:00:00.1', -1],
  ['2020', '2020-05', undefined],
  ['2020-05-02', '2020-05-01', 1],
  ['2020-05-01T10:00:00Z', '2020-05-01T11:00:00+01:00', 0],
];

t.test('moments are compared as far as they are told', async (t) => {
  for (const [one, other, order] of pairs) {
    const found = compareMoments(one, other);
    t.equal(found === undefined ? undefined : Math.sign(found), order, `${one} and ${other}`);
  }
});

t.test('a long fraction takes time in proportion', async (t) => {
  const start = performance.now();
  t.equal(compareMoments(`10:00:00.1${'0'.repeat(300_000)}1`, '10:00:00.2'), -1);
  t.ok(performance.now() - start < 500);
});
