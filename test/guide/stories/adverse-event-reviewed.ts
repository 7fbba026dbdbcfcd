/** A serious event in the third session, and its review before the fourth. */
import type { CourseDescription } from '../../../src/cli/demo/course-description.ts';
import { vitals } from './vitals.ts';

export const adverseEventReviewed: CourseDescription = {
  key: 'adverse-event-reviewed',
  protocol: 'iv-6',
  patient: {
    identifier: 'MR-5521',
    given: 'Julian',
    family: 'Fontaine',
    gender: 'male',
    birthDate: '1988-12-05',
    kilograms: 76,
  },
  clinic: {
    name: 'Mill River Clinic',
    url: 'https://millriver.example.org',
    zone: '-04:00',
    therapist: 'Anna Kowalska, PsyD',
    prescriber: 'Dr. Samuel Osei',
    monitor: 'Priya Raman, RN',
  },
  indication: 'depression',
  onset: '2025-05',
  failedTrials: 2,
  screening: { day: '2026-05-04', decision: 'eligible', note: 'Nothing stands against it.' },
  course: {
    consented: '2026-05-06',
    planned: 4,
    intention: 'To want something again, whatever it is.',
    cost: { medicine: 700, integration: 170, coverage: 'partly' },
    preparations: ['2026-05-08', '2026-05-12'],
    medicine: [
      {
        day: '2026-05-18',
        milligrams: 38,
        vitals: vitals([118, 74, 64, 98], [132, 82, 74, 97], [134, 83, 76, 97], [118, 75, 66, 98]),
        integration: { day: '2026-05-19' },
      },
      {
        day: '2026-05-21',
        milligrams: 38,
        vitals: vitals([120, 75, 66, 98], [130, 82, 76, 97], [133, 84, 78, 97], [119, 75, 68, 98]),
        integration: { day: '2026-05-22' },
      },
      {
        day: '2026-05-26',
        milligrams: 38,
        vitals: vitals([121, 76, 68, 98], [104, 62, 52, 93], [112, 68, 60, 96], [118, 74, 66, 98]),
        integration: { day: '2026-05-27' },
        events: [
          {
            code: '419045004',
            display: 'Loss of consciousness',
            minutesAfterDose: 22,
            severity: 'severe',
            serious: true,
            review: {
              day: '2026-05-28',
              words:
                'Unresponsive for 50 seconds with a slow pulse, infusion stopped and not taken up again. ECG normal. He had fasted 16 hours. May go on with fluids before the dose.',
            },
          },
          { code: '422587007', display: 'Nausea', minutesAfterDose: 45, severity: 'moderate' },
        ],
        note: 'Infusion pump stopped at once, legs raised, oxygen by mask. Awake and oriented within a minute.',
      },
      {
        day: '2026-06-02',
        movedFrom: '2026-05-29',
        milligrams: 38,
        vitals: vitals([122, 76, 66, 98], [130, 80, 74, 97], [132, 82, 76, 97], [120, 75, 68, 98]),
        integration: { day: '2026-06-03' },
        experience: {
          words: 'Not afraid this time. I heard rain that was not there.',
          intensity: { 'auditory-change': 2, insight: 2, 'mystical-quality': 1 },
        },
      },
    ],
    end: { day: '2026-06-03', outcome: 'Response: PHQ-9 fell from 18 to 8' },
  },
  scores: [
    { day: '2026-05-12', total: 18 },
    { day: '2026-05-19', total: 15 },
    { day: '2026-05-22', total: 13 },
    { day: '2026-05-27', total: 13 },
    { day: '2026-06-03', total: 8 },
  ],
};
