/** A course that ends because blood pressure rises too far. */
import type { CourseDescription } from '../../../src/cli/demo/course-description.ts';
import { vitals } from './vitals.ts';

export const stoppedForBloodPressure: CourseDescription = {
  key: 'stopped-for-blood-pressure',
  protocol: 'iv-6',
  patient: {
    identifier: 'LC-20466',
    given: 'Walter',
    family: 'Nakamura',
    gender: 'male',
    birthDate: '1966-05-30',
    kilograms: 90,
  },
  clinic: {
    name: 'Lakeside Center for Psychotherapy',
    url: 'https://lakeside.example.org',
    zone: '-04:00',
    therapist: 'Lena Brandt, LICSW',
    prescriber: 'Amara Okafor, MD',
    monitor: 'Omar Haddad, RN',
  },
  indication: 'depression',
  onset: '2024-10',
  failedTrials: 3,
  screening: {
    day: '2026-07-01',
    decision: 'conditionally-eligible',
    note: 'May start with a pressure at rest below 140/90 on three days.',
    conditions: [{ words: 'Below 140/90 at rest on 6, 8 and 10 July.', met: '2026-07-10' }],
    domains: {
      cardiovascular: {
        result: 'needs-mitigation',
        rationale: 'Hypertension treated with lisinopril, 146/92 at rest today; dose raised.',
        findings: { 'bp-control': 'bp-raised' },
      },
    },
  },
  course: {
    consented: '2026-07-10',
    planned: 6,
    cost: { medicine: 750, integration: 180, coverage: 'self-pay' },
    preparations: ['2026-07-13', '2026-07-16'],
    medicine: [
      {
        day: '2026-07-20',
        milligrams: 45,
        vitals: vitals([136, 86, 72, 97], [158, 96, 84, 96], [164, 98, 86, 96], [138, 87, 76, 97]),
        integration: { day: '2026-07-21' },
      },
      {
        day: '2026-07-23',
        milligrams: 45,
        vitals: vitals([144, 88, 74, 97], [176, 104, 90, 96], [184, 106, 92, 96], [139, 88, 78, 97]),
        integration: { day: '2026-07-24' },
        deviations: [
          {
            rule: 'R09',
            when: 'before-dose',
            detail: 'The pressure before the dose was above the limit at which a decision is to be recorded.',
            action:
              'Taken three times, falling; weighed with the patient, who had taken his tablet late; dose given.',
          },
          {
            rule: 'R09',
            when: 'at-peak',
            detail: 'The pressure at its height was above the limit that asks for an answer.',
            action: 'Examined, no complaint; taken every ten minutes until below 140/90; kept until then.',
          },
        ],
        events: [
          {
            code: '24184005',
            display: 'Finding of increased blood pressure',
            minutesAfterDose: 40,
            severity: 'severe',
            review: {
              day: '2026-07-24',
              words:
                'Peak 184/106, back below 140/90 after two hours. One more attempt only from below 140/90.',
            },
          },
        ],
      },
      {
        day: '2026-07-27',
        milligrams: 45,
        vitals: vitals([182, 104, 80, 97]),
        notGiven: 'contraindication-found',
        note: 'Three readings within twenty minutes, none below 180/102. Nothing given; seen by the prescriber.',
      },
    ],
    end: {
      day: '2026-07-27',
      reason: 'contraindication-found',
      outcome: 'Stopped after two sessions: blood pressure cannot be held; referred to cardiology',
    },
  },
  scores: [
    { day: '2026-07-16', total: 19 },
    { day: '2026-07-21', total: 17 },
    { day: '2026-07-24', total: 15 },
  ],
};
