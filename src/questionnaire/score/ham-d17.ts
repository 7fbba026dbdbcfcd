/** HAM-D17: nine items of 0 to 4 and eight of 0 to 2. Hamilton 1960. */
import { type Instrument, local, sumOf } from './instrument.ts';

const most = [4, 4, 4, 2, 2, 2, 4, 4, 4, 4, 4, 2, 2, 2, 4, 2, 2];

export const hamD17: Instrument = {
  id: 'hamd-17',
  title: 'HAM-D17',
  code: { system: local, code: 'hamd17-total', display: 'HAM-D17 total score' },
  range: [0, 52],
  score: sumOf(most),
  response: { fraction: 0.5, source: 'Usual in trials' },
  remission: { value: 7, source: 'Usual in trials' },
};
