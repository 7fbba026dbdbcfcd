/**
 * CADSS: twenty-three subjective items of 0 to 4. There are no bands: what counts is the change from before the dose.
 * Bremner 1998.
 */
import { each, type Instrument, local, sumOf } from './instrument.ts';

export const cadss: Instrument = {
  id: 'cadss',
  title: 'CADSS',
  code: { system: local, code: 'cadss-total', display: 'CADSS total score' },
  range: [0, 92],
  score: sumOf(each(23, 4)),
};
