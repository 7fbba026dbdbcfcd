/** AUDIT-C: three items of 0 to 4. Who never drinks need not answer the other two, which then count 0. WHO. */
import {
  codes,
  each,
  faultOf,
  type Instrument,
  type ItemScores,
  loinc,
  type Score,
  sum,
} from './instrument.ts';

function score(items: ItemScores): Score {
  const [often, ...more] = items;
  const known = often === 0 ? [often, ...more.map((score) => score ?? 0)] : items;
  return faultOf(known, each(3, 4)) ?? { total: sum(known) };
}

export const auditC: Instrument = {
  id: 'audit-c',
  title: 'AUDIT-C',
  code: { system: loinc, code: '75626-2', display: 'Total score [AUDIT-C]' },
  range: [0, 12],
  items: codes(loinc, ['68518-0', '68519-8', '68520-6']),
  score,
  bands: [
    { upTo: 2, name: 'negative' },
    { upTo: 3, name: 'positive for women' },
    { upTo: 12, name: 'positive' },
  ],
  bandsSource: 'Positive from 3 (women) or 4 (men) on; local thresholds vary',
};
