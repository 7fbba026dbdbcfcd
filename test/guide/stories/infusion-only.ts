/** The comparator: ketamine infusions without therapy. */
import type { CourseDescription, MedicineDescription } from '../../../src/cli/demo/course-description.ts';
import { vitals } from './vitals.ts';

const infusion = (day: string, systolic: number, heartRate: number): MedicineDescription => ({
  day,
  milligrams: 40,
  vitals: vitals(
    [systolic, 77, heartRate, 98],
    [systolic + 12, 84, heartRate + 9, 97],
    [systolic + 15, 86, heartRate + 10, 97],
    [systolic + 1, 77, heartRate + 1, 98],
  ),
});

export const infusionOnly: CourseDescription = {
  key: 'infusion-only',
  protocol: 'infusion-only',
  patient: {
    identifier: 'NI-902',
    given: 'Thomas',
    family: 'Varga',
    gender: 'male',
    birthDate: '1981-01-27',
    kilograms: 80,
  },
  clinic: {
    name: 'Northside Infusion Center',
    url: 'https://northside.example.org',
    zone: '-05:00',
    therapist: 'nobody',
    prescriber: 'Dr. Helen Marsh',
    monitor: 'Luis Ortega, RN',
  },
  indication: 'depression',
  onset: '2025-01',
  failedTrials: 2,
  screening: { day: '2026-05-05', decision: 'eligible', note: 'Nothing stands against infusions.' },
  course: {
    consented: '2026-05-06',
    planned: 6,
    cost: { medicine: 480, integration: 0, coverage: 'self-pay' },
    preparations: [],
    medicine: [
      infusion('2026-05-11', 121, 66),
      infusion('2026-05-14', 123, 68),
      infusion('2026-05-18', 120, 65),
      infusion('2026-05-21', 122, 67),
      infusion('2026-05-25', 119, 66),
      infusion('2026-05-28', 121, 66),
    ],
    end: { day: '2026-05-28', outcome: 'Partial improvement: PHQ-9 fell from 20 to 12' },
  },
  scores: [
    { day: '2026-05-05', total: 20 },
    { day: '2026-05-14', total: 15 },
    { day: '2026-05-21', total: 13 },
    { day: '2026-05-29', total: 12 },
  ],
};
