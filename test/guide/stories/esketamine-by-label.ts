/** Eight sessions of esketamine, twice a week, with therapy around them. */
import type { CourseDescription, MedicineDescription } from '../../../src/cli/demo/course-description.ts';
import { vitals } from './vitals.ts';

const session = (
  day: string,
  milligrams: number,
  integration: string,
  systolic: number,
): MedicineDescription => ({
  day,
  milligrams,
  vitals: vitals(
    [systolic, 76, 70, 98],
    [systolic + 9, 82, 76, 98],
    [systolic + 13, 85, 78, 97],
    [systolic - 2, 75, 70, 98],
  ),
  integration: { day: integration },
});

export const esketamineByLabel: CourseDescription = {
  key: 'esketamine-by-label',
  protocol: 'esketamine-label',
  patient: {
    identifier: 'MR-5570',
    given: 'Eleanor',
    family: 'Whitfield',
    gender: 'female',
    birthDate: '1963-07-19',
    kilograms: 70,
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
  onset: '2025-03',
  failedTrials: 2,
  screening: { day: '2026-08-03', decision: 'eligible', note: 'Nothing stands against it.' },
  course: {
    consented: '2026-08-05',
    planned: 8,
    intention: 'To be of use to somebody before noon.',
    cost: { medicine: 900, integration: 170, coverage: 'covered' },
    preparations: ['2026-08-06'],
    medicine: [
      session('2026-08-10', 56, '2026-08-11', 122),
      session('2026-08-13', 56, '2026-08-14', 124),
      session('2026-08-17', 84, '2026-08-18', 121),
      {
        ...session('2026-08-20', 84, '2026-08-21', 123),
        events: [{ code: '404640003', display: 'Dizziness', minutesAfterDose: 25, severity: 'mild' }],
      },
      session('2026-08-24', 84, '2026-08-25', 120),
      session('2026-08-27', 84, '2026-08-28', 122),
      session('2026-08-31', 84, '2026-09-01', 119),
      session('2026-09-03', 84, '2026-09-04', 121),
    ],
    end: { day: '2026-09-04', outcome: 'Remission: PHQ-9 fell from 20 to 4; goes on weekly' },
  },
  scores: [
    { day: '2026-08-06', total: 20 },
    { day: '2026-08-14', total: 16 },
    { day: '2026-08-21', total: 11 },
    { day: '2026-08-28', total: 7 },
    { day: '2026-09-04', total: 4 },
  ],
};
