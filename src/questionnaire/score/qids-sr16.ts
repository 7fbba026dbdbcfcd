/** QIDS-SR16: sixteen items of 0 to 3 that make nine domains; of sleep, weight and movement the worst item counts. */
import { each, faultOf, type Instrument, type ItemScores, local, type Score, sum } from './instrument.ts';

/** Numbers of the items of each domain. */
const domains: readonly (readonly number[])[] = [
  [1, 2, 3, 4],
  [5],
  [6, 7, 8, 9],
  [10],
  [11],
  [12],
  [13],
  [14],
  [15, 16],
];

/** Of the items 6 to 9 two exclude each other (less or more appetite, less or more weight): one of each pair will do. */
const alternatives: readonly (readonly [number, number])[] = [
  [6, 7],
  [8, 9],
];

function score(items: ItemScores): Score {
  const known = [...items];
  for (const [one, other] of alternatives) {
    if (known[one - 1] === undefined && known[other - 1] !== undefined) known[one - 1] = 0;
    if (known[other - 1] === undefined && known[one - 1] !== undefined) known[other - 1] = 0;
  }
  const fault = faultOf(known, each(16, 3));
  if (fault) return fault;
  return { total: sum(domains.map((numbers) => Math.max(...numbers.map((number) => known[number - 1]!)))) };
}

export const qidsSr16: Instrument = {
  id: 'qids-sr16',
  title: 'QIDS-SR16',
  code: { system: local, code: 'qids-sr16-total', display: 'QIDS-SR16 total score' },
  range: [0, 27],
  score,
  bands: [
    { upTo: 5, name: 'none' },
    { upTo: 10, name: 'mild' },
    { upTo: 15, name: 'moderate' },
    { upTo: 20, name: 'severe' },
    { upTo: 27, name: 'very severe' },
  ],
  bandsSource: 'Rush 2003',
  remission: { value: 5, source: 'Rush 2003' },
};
