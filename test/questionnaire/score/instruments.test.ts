/** The scoring rules of instruments, by cases counted by hand. */
import t from 'tap';
import { bprs18 } from '../../../src/questionnaire/score/bprs-18.ts';
import { cadss } from '../../../src/questionnaire/score/cadss.ts';
import { hamD17 } from '../../../src/questionnaire/score/ham-d17.ts';
import type { Instrument, ItemScores } from '../../../src/questionnaire/score/instrument.ts';
import { instrumentOf, instruments, severityOf } from '../../../src/questionnaire/score/instruments.ts';
import { madrs } from '../../../src/questionnaire/score/madrs.ts';
import { pcl5 } from '../../../src/questionnaire/score/pcl-5.ts';
import { phq9 } from '../../../src/questionnaire/score/phq-9.ts';
import { qidsSr16 } from '../../../src/questionnaire/score/qids-sr16.ts';
import { changeOf } from '../../../src/questionnaire/score/score-change.ts';
import { jsonFiles } from '../../support/guide-files.ts';

const same = (count: number, score: number): number[] => Array.from({ length: count }, () => score);
const total = ({ score }: Instrument, items: ItemScores): unknown => {
  const result = score!(items);
  return 'total' in result ? result.total : result;
};

t.test('totals are sums of the items', async (t) => {
  t.equal(total(phq9, [0, 1, 2, 3, 0, 1, 2, 3, 1]), 13);
  t.equal(total(madrs, [6, 5, 4, 3, 2, 1, 0, 6, 6, 1]), 34);
  t.equal(total(cadss, same(23, 4)), 92);
  t.equal(total(bprs18, same(18, 1)), 18);
  t.equal(total(hamD17, [4, 4, 4, 2, 2, 2, 4, 4, 4, 4, 4, 2, 2, 2, 4, 2, 2]), 52);
});

t.test('QIDS counts the worst of sleep, of appetite and weight, and of movement', async (t) => {
  t.equal(total(qidsSr16, [3, 0, 0, 1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 1, 2]), 7);
  t.equal(
    total(qidsSr16, [0, 0, 0, 0, 1, undefined, 2, undefined, 0, 1, 1, 1, 1, 1, 0, 0]),
    8,
    'either less or more appetite is answered',
  );
  t.equal(total(qidsSr16, same(16, 3)), 27);
});

t.test('PCL-5 has clusters and the provisional rule: one of B, one of C, two of D, two of E', async (t) => {
  const items = same(20, 0);
  for (const number of [1, 6, 8, 9, 15, 16]) items[number - 1] = 2;
  const subScores = (scores: ItemScores): unknown[] => {
    const result = pcl5.score!(scores);
    return 'total' in result ? result.subScores!.map(({ value }) => value) : [];
  };
  t.same(subScores(items), [2, 2, 4, 4, true]);
  t.same(subScores(items.with(8, 1)), [2, 2, 3, 4, false], 'one symptom of D is not enough');
  t.same(subScores(items.with(5, 1)), [2, 1, 4, 4, false], 'a little bit is no symptom');
});

t.test('what is not answered, or out of range, makes no score', async (t) => {
  t.same(total(phq9, [0, 1, undefined, 3, 0, 1, 2, undefined, 1]), {
    unscored: 'item-unanswered',
    items: [3, 8],
  });
  t.same(total(phq9, [0, 1, 4, 3, 0, 1, 2, 3, 1]), { unscored: 'item-out-of-range', items: [3] });
  t.same(total(bprs18, same(18, 0)), {
    unscored: 'item-out-of-range',
    items: same(18, 0).map((_, index) => index + 1),
  });
  t.same(total(phq9, [1, 2]), { unscored: 'item-count', items: [] });
});

t.test('a total lies in one band, from the least to the greatest', async (t) => {
  t.same(
    [0, 4, 5, 9, 10, 14, 15, 19, 20, 27].map((score) => severityOf(phq9, score)),
    [
      ...same(2, 0).map(() => 'minimal'),
      'mild',
      'mild',
      'moderate',
      'moderate',
      'moderately severe',
      'moderately severe',
      'severe',
      'severe',
    ],
  );
  t.equal(severityOf(phq9, 28), undefined);
  t.equal(severityOf(cadss, 20), undefined, 'an instrument without bands');
});

t.test('response, remission and important difference follow from two totals', async (t) => {
  t.match(changeOf(phq9, 20, 10), { change: -10, percent: -50, response: true, remission: false });
  t.match(changeOf(phq9, 20, 11), { response: false, importantImprovement: true });
  t.match(changeOf(phq9, 20, 4), { remission: true });
  t.match(changeOf(phq9, 10, 14), { importantImprovement: false, importantWorsening: true });
  t.match(changeOf(pcl5, 50, 41), { importantImprovement: false });
  t.match(changeOf(pcl5, 50, 40), { importantImprovement: true });
  const fromZero = changeOf(phq9, 0, 3);
  t.notOk('percent' in fromZero || 'response' in fromZero, 'nothing is half of nothing');
});

t.test('instruments are found by the code of their total, within the range the guide gives', async (t) => {
  t.equal(instrumentOf({ system: 'http://loinc.org', code: '44261-6' }), phq9);
  t.equal(instrumentOf({ system: 'http://loinc.org', code: '44249-1' }), undefined, 'a panel is no total');

  const [registry] = jsonFiles('terminology/code-systems').filter(
    ({ resource }) => resource.id === 'kat-instrument',
  );
  const concepts = registry!.resource.concept as {
    code: string;
    property: { code: string; valueCoding?: object; valueInteger?: number }[];
  }[];
  for (const { id, code, range } of instruments) {
    const property = (name: string) =>
      concepts.find((concept) => concept.code === id)?.property.find((one) => one.code === name);
    t.match(code, property('score')?.valueCoding ?? { code: `no ${id}` }, id);
    t.same(range, [property('minimum')?.valueInteger, property('maximum')?.valueInteger], id);
  }
});
