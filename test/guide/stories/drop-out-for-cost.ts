/** It helps, and she cannot pay for it. */
import type { CourseDescription } from '../../../src/cli/demo/course-description.ts';
import { vitals } from './vitals.ts';

export const dropOutForCost: CourseDescription = {
  key: 'drop-out-for-cost',
  protocol: 'im-escalating',
  patient: {
    identifier: 'HV-3391',
    given: 'Carmen',
    family: 'Delgado',
    gender: 'female',
    birthDate: '1970-03-09',
    kilograms: 68,
  },
  clinic: {
    name: 'Harbor View Veterans Therapy',
    url: 'https://harborview.example.org',
    zone: '-07:00',
    therapist: 'Miriam Stein, PhD',
    prescriber: 'Dr. Paul Adeyemi',
    monitor: 'Grace Lin, RN',
  },
  indication: 'depression',
  onset: '2024-12',
  failedTrials: 4,
  screening: { day: '2026-07-06', decision: 'eligible', note: 'Nothing stands against it.' },
  course: {
    consented: '2026-07-08',
    planned: 5,
    cost: { medicine: 850, integration: 190, coverage: 'self-pay' },
    preparations: ['2026-07-10', '2026-07-14'],
    missedPreparation: { day: '2026-07-17', reason: 'patient-choice' },
    medicine: [
      {
        day: '2026-07-20',
        milligrams: 40,
        vitals: vitals([124, 78, 70, 98], [134, 84, 80, 97], [136, 85, 82, 97], [122, 77, 70, 98]),
        integration: { day: '2026-07-22' },
      },
      {
        day: '2026-07-27',
        milligrams: 50,
        vitals: vitals([126, 80, 72, 98], [138, 86, 82, 97], [137, 86, 84, 97], [124, 78, 72, 98]),
        integration: { day: '2026-07-29', notDone: 'cost' },
        waiver: {
          rule: 'R06',
          reason:
            'She cancelled integration because of its price; a call of twenty minutes was held instead.',
        },
      },
      {
        day: '2026-08-03',
        milligrams: 50,
        vitals: vitals([122, 78, 70, 98], [132, 83, 80, 97], [135, 84, 80, 97], [120, 77, 70, 98]),
        integration: { day: '2026-08-05' },
      },
    ],
    end: {
      day: '2026-08-10',
      reason: 'cost',
      outcome: 'Stopped after three of five sessions: no longer affordable',
    },
  },
  scores: [
    { day: '2026-07-14', total: 22 },
    { day: '2026-07-22', total: 18 },
    { day: '2026-08-05', total: 14 },
    { day: '2026-08-10' },
  ],
};
