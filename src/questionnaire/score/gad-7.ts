/** GAD-7: seven items of 0 to 3. Spitzer, Kroenke, Williams, Löwe 2006. */
import { codes, each, type Instrument, loinc, sumOf } from './instrument.ts';

export const gad7: Instrument = {
  id: 'gad-7',
  title: 'GAD-7',
  code: {
    system: loinc,
    code: '70274-6',
    display: 'Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]',
  },
  range: [0, 21],
  items: codes(loinc, ['69725-0', '68509-9', '69733-4', '69734-2', '69735-9', '69689-8', '69736-7']),
  score: sumOf(each(7, 3)),
  bands: [
    { upTo: 4, name: 'minimal' },
    { upTo: 9, name: 'mild' },
    { upTo: 14, name: 'moderate' },
    { upTo: 21, name: 'severe' },
  ],
  bandsSource: 'Spitzer 2006; from 10 on a closer look is advised',
  response: { fraction: 0.5, source: 'Usual in trials' },
  remission: { value: 4, source: 'The band of minimal anxiety, Spitzer 2006' },
  importantDifference: { value: 3.3, source: 'Bauer-Staeb 2021, PMC8485844; Toussaint 2020 has 4' },
};
