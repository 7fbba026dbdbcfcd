/** MADRS: ten items of 0 to 6. Montgomery, Åsberg 1979. */
import { each, type Instrument, local, sumOf } from './instrument.ts';

export const madrs: Instrument = {
  id: 'madrs',
  title: 'MADRS',
  code: { system: local, code: 'madrs-total', display: 'MADRS total score' },
  range: [0, 60],
  score: sumOf(each(10, 6)),
  bands: [
    { upTo: 6, name: 'none' },
    { upTo: 19, name: 'mild' },
    { upTo: 34, name: 'moderate' },
    { upTo: 60, name: 'severe' },
  ],
  bandsSource: 'Snaith 1986',
  response: { fraction: 0.5, source: 'Usual in trials' },
  remission: { value: 10, source: 'Usual in trials; some take 12' },
};
