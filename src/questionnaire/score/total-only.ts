/** Instruments of which only the total is known here: which of their items count in reverse is not certain. */
import { type Instrument, local, loinc } from './instrument.ts';

export const dast10: Instrument = {
  id: 'dast-10',
  title: 'DAST-10',
  code: { system: loinc, code: '82667-7', display: 'Total score [DAST-10]' },
  range: [0, 10],
  bands: [
    { upTo: 0, name: 'none' },
    { upTo: 2, name: 'low' },
    { upTo: 5, name: 'moderate' },
    { upTo: 8, name: 'substantial' },
    { upTo: 10, name: 'severe' },
  ],
  bandsSource: 'Skinner 1982; from 3 on positive',
};

export const pss10: Instrument = {
  id: 'pss-10',
  title: 'PSS-10',
  code: { system: loinc, code: '106860-0' },
  range: [0, 40],
};

export const meq30: Instrument = {
  id: 'meq-30',
  title: 'MEQ-30',
  code: { system: local, code: 'meq30-total', display: 'MEQ-30 total score' },
  range: [0, 150],
};
