/** PHQ-9: nine items of 0 to 3; the tenth question, about difficulty, is not scored. Kroenke, Spitzer, Williams 2001. */
import { codes, each, type Instrument, loinc, sumOf } from './instrument.ts';

const itemCodes = [
  '44250-9',
  '44255-8',
  '44259-0',
  '44254-1',
  '44251-7',
  '44258-2',
  '44252-5',
  '44253-3',
  '44260-8',
];

export const phq9: Instrument = {
  id: 'phq-9',
  title: 'PHQ-9',
  code: {
    system: loinc,
    code: '44261-6',
    display: 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]',
  },
  range: [0, 27],
  items: codes(loinc, itemCodes),
  score: sumOf(each(9, 3)),
  bands: [
    { upTo: 4, name: 'minimal' },
    { upTo: 9, name: 'mild' },
    { upTo: 14, name: 'moderate' },
    { upTo: 19, name: 'moderately severe' },
    { upTo: 27, name: 'severe' },
  ],
  bandsSource: 'LOINC answer list LL382-3',
  response: { fraction: 0.5, source: 'Fall by half, as in HEDIS DRR-E' },
  remission: { value: 4, source: 'Below 5, as in HEDIS DRR-E' },
  importantDifference: { value: 3.7, source: 'Bauer-Staeb 2021, PMC8485844; 5 points are a convention' },
  safetyItem: 9,
};
