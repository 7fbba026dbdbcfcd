/** BPRS-18: eighteen items of 1 to 7. Overall, Gorham 1962. */
import { each, type Instrument, local, sumOf } from './instrument.ts';

export const bprs18: Instrument = {
  id: 'bprs-18',
  title: 'BPRS-18',
  code: { system: local, code: 'bprs18-total', display: 'BPRS-18 total score' },
  range: [18, 126],
  score: sumOf(each(18, 7), 1),
};
