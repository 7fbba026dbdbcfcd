/** The forms whose scores follow a course: their items, the codes of their answers, and how a total spreads over them. */
import type { CodeableConcept, Coding } from '@medplum/fhirtypes';
import { base, loinc, systems } from './concepts.ts';

export interface Instrument {
  /** Whether the last item asks for thoughts of death. */
  readonly lastIsSafety?: true;
  readonly code: CodeableConcept;
  readonly questionnaire: string;
  readonly totalItem: string;
  readonly items: readonly string[];
  /** By weight. */
  readonly answers: readonly Coding[];
  readonly max: number;
}

const frequency: readonly Coding[] = ['LA6568-5', 'LA6569-3', 'LA6570-1', 'LA6571-9'].map((code) => ({
  system: systems.loinc,
  code,
}));
const intensity: readonly Coding[] = [
  'not-at-all',
  'a-little-bit',
  'moderately',
  'quite-a-bit',
  'extremely',
].map((code) => ({ system: `${base}/CodeSystem/kat-pcl-5`, code }));

export const instruments: Readonly<Record<'phq-9' | 'gad-7' | 'pcl-5', Instrument>> = {
  'phq-9': {
    code: loinc('44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]'),
    questionnaire: `${base}/Questionnaire/phq-9`,
    totalItem: '/44261-6',
    items: [
      '/44250-9',
      '/44255-8',
      '/44259-0',
      '/44254-1',
      '/44251-7',
      '/44258-2',
      '/44252-5',
      '/44253-3',
      '/44260-8',
    ],
    answers: frequency,
    max: 27,
    lastIsSafety: true,
  },
  'gad-7': {
    code: loinc('70274-6', 'Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]'),
    questionnaire: `${base}/Questionnaire/gad-7`,
    totalItem: '/70274-6',
    items: ['/69725-0', '/68509-9', '/69733-4', '/69734-2', '/69735-9', '/69689-8', '/69736-7'],
    answers: frequency,
    max: 21,
  },
  'pcl-5': {
    code: loinc('101698-9', 'PTSD PCL-5 score [PCL-5]'),
    questionnaire: `${base}/Questionnaire/pcl-5`,
    totalItem: '/101698-9',
    items: Array.from({ length: 20 }, (_, index) => `pcl5-${String(index + 1).padStart(2, '0')}`),
    answers: intensity,
    max: 80,
  },
};

/**
 * Weights of the items that add up to the total, as even as they can be. The last item comes last: in PHQ-9 it asks for
 * thoughts of death, which a score alone should not put into anybody's mouth.
 */
export function weightsOf({ items, answers }: Instrument, total: number): number[] {
  const weights = items.map(() => 0);
  const most = answers.length - 1;
  let left = total;
  for (let round = 0; round < most; round++) {
    for (let index = 0; index < items.length - 1 && left > 0; index++, left--) weights[index]! += 1;
  }
  weights[items.length - 1] = left;
  return weights;
}
