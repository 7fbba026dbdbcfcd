/** Generalised anxiety, six sublingual sessions with low dose. */
import type { CourseDescription } from '../../../src/cli/demo/course-description.ts';
import { vitals } from './vitals.ts';

export const anxietySublingual: CourseDescription = {
  key: 'anxiety-sublingual',
  protocol: 'sublingual',
  patient: {
    identifier: 'OG-118',
    given: 'Ingrid',
    family: 'Solheim',
    gender: 'female',
    birthDate: '1992-02-14',
    kilograms: 61,
  },
  clinic: {
    name: 'Orchard Grove Practice',
    url: 'https://orchardgrove.example.org',
    zone: '-05:00',
    therapist: 'Teresa Amato, LMFT',
    prescriber: 'Dr. Ruth Calloway',
    monitor: 'Ben Okoro, RN',
  },
  indication: 'anxiety',
  onset: '2019',
  screening: { day: '2026-06-08', decision: 'eligible', note: 'Nothing stands against it.' },
  course: {
    consented: '2026-06-10',
    planned: 6,
    intention: 'To notice that I am worried before the worry has decided for me.',
    cost: { medicine: 420, integration: 150, coverage: 'self-pay' },
    preparations: ['2026-06-15', '2026-06-18'],
    medicine: [
      {
        day: '2026-06-22',
        milligrams: 100,
        vitals: vitals([112, 70, 74, 99], [118, 74, 80, 98], [120, 76, 80, 98], [110, 70, 72, 99]),
        integration: { day: '2026-06-23' },
        experience: {
          words: 'Warm, and slower than I am used to.',
          intensity: { 'altered-perception': 1, 'time-distortion': 2 },
        },
      },
      {
        day: '2026-06-29',
        milligrams: 100,
        vitals: vitals([114, 72, 76, 99], [120, 76, 82, 98], [122, 78, 82, 98], [112, 70, 74, 99]),
        integration: { day: '2026-06-30' },
      },
      {
        day: '2026-07-06',
        milligrams: 150,
        vitals: vitals([110, 70, 72, 99], [119, 75, 80, 98], [123, 78, 84, 98], [112, 71, 74, 99]),
        integration: { day: '2026-07-08' },
        experience: {
          words: 'Colours behind closed eyes; my grandmother’s kitchen, with the radio on.',
          intensity: { 'visual-change': 3, 'autobiographical-memory': 3, 'emotional-breakthrough': 1 },
        },
        events: [{ code: '422587007', display: 'Nausea', minutesAfterDose: 50, severity: 'mild' }],
      },
      {
        day: '2026-07-13',
        milligrams: 150,
        vitals: vitals([111, 71, 73, 99], [120, 75, 81, 98], [121, 77, 82, 98], [110, 70, 73, 99]),
        integration: { day: '2026-07-14' },
      },
      {
        day: '2026-07-20',
        milligrams: 150,
        vitals: vitals([113, 72, 72, 99], [118, 75, 79, 98], [120, 76, 80, 98], [111, 70, 71, 99]),
        integration: { day: '2026-07-21' },
      },
      {
        day: '2026-07-27',
        milligrams: 150,
        vitals: vitals([109, 69, 70, 99], [116, 73, 78, 98], [119, 75, 79, 98], [108, 69, 70, 99]),
        integration: { day: '2026-07-29' },
      },
    ],
    end: { day: '2026-07-29', outcome: 'Response: GAD-7 fell from 17 to 7' },
  },
  scores: [
    { day: '2026-06-18', total: 17 },
    { day: '2026-06-23', total: 15 },
    { day: '2026-06-30', total: 13 },
    { day: '2026-07-08', total: 12 },
    { day: '2026-07-14', total: 10 },
    { day: '2026-07-21', total: 8 },
    { day: '2026-07-29', total: 7 },
  ],
};
