/** Post-traumatic stress, five intramuscular sessions with rising dose. */
import type { CourseDescription } from '../../../src/cli/demo/course-description.ts';
import { vitals } from './vitals.ts';

export const ptsdIm: CourseDescription = {
  key: 'ptsd-im',
  protocol: 'im-escalating',
  patient: {
    identifier: 'HV-3307',
    given: 'Daniel',
    family: 'Reyes',
    gender: 'male',
    birthDate: '1979-11-02',
    kilograms: 84,
  },
  clinic: {
    name: 'Harbor View Veterans Therapy',
    url: 'https://harborview.example.org',
    zone: '-07:00',
    therapist: 'Miriam Stein, PhD',
    prescriber: 'Dr. Paul Adeyemi',
    monitor: 'Grace Lin, RN',
  },
  indication: 'ptsd',
  onset: '2011-08',
  screening: {
    day: '2026-04-06',
    decision: 'conditionally-eligible',
    note: 'May start once the evening lorazepam has been left off for two weeks.',
    conditions: [{ words: 'Last lorazepam on 13 April; sleeps without it.', met: '2026-04-27' }],
    domains: {
      medications: {
        result: 'needs-mitigation',
        rationale: 'Lorazepam 1 mg at night, which may blunt the effect; tapered with his physician.',
        findings: { interacting: 'benzodiazepine' },
      },
    },
  },
  course: {
    consented: '2026-04-13',
    planned: 5,
    intention: 'To sit in a restaurant with my daughter without watching the door.',
    cost: { medicine: 680, integration: 160, coverage: 'partly' },
    preparations: ['2026-04-16', '2026-04-23', '2026-04-30'],
    medicine: [
      {
        day: '2026-05-04',
        milligrams: 30,
        vitals: vitals([128, 80, 68, 98], [136, 84, 78, 97], [138, 86, 80, 97], [126, 79, 70, 98]),
        integration: { day: '2026-05-05' },
        experience: {
          words: 'The road was there, but I was beside it and not on it.',
          intensity: { 'altered-perception': 2, derealization: 2, 'time-distortion': 2 },
        },
      },
      {
        day: '2026-05-11',
        milligrams: 45,
        vitals: vitals([126, 78, 70, 98], [138, 85, 82, 97], [136, 85, 80, 97], [124, 78, 72, 98]),
        integration: {
          day: '2026-05-13',
          note: 'Spoke for the first time of the second vehicle. Guilt more than fear. Slow pace next week.',
        },
        experience: {
          words: 'I could hear my own name being called, kindly.',
          intensity: { 'auditory-change': 2, 'emotional-breakthrough': 2, 'autobiographical-memory': 3 },
        },
        suicideRisk: { level: 'low', action: 'Passing thoughts without a plan; safety plan read together.' },
      },
      {
        day: '2026-05-18',
        milligrams: 60,
        vitals: vitals([130, 82, 72, 98], [144, 90, 88, 97], [142, 88, 86, 97], [128, 80, 74, 98]),
        integration: { day: '2026-05-20' },
        experience: {
          words: 'A long fear, and then nothing to be afraid of.',
          intensity: { 'challenging-experience': 3, depersonalization: 3, 'ego-dissolution': 2, insight: 3 },
        },
        note: 'Asked for a hand on the shoulder at 25 minutes, as agreed beforehand.',
      },
      {
        day: '2026-05-26',
        milligrams: 75,
        vitals: vitals([124, 78, 66, 98], [137, 85, 80, 97], [138, 86, 82, 96], [122, 76, 70, 98]),
        integration: { day: '2026-05-28' },
      },
      {
        day: '2026-06-01',
        milligrams: 75,
        vitals: vitals([122, 76, 66, 99], [134, 82, 78, 97], [136, 84, 80, 97], [120, 76, 68, 98]),
        integration: { day: '2026-06-02' },
      },
    ],
    end: { day: '2026-06-02', outcome: 'Clinically meaningful fall of PCL-5, from 58 to 29' },
  },
  scores: [
    { day: '2026-04-30', total: 58 },
    { day: '2026-05-05', total: 52 },
    { day: '2026-05-13', total: 47 },
    { day: '2026-05-20', total: 41 },
    { day: '2026-05-28', total: 33 },
    { day: '2026-06-02', total: 29 },
  ],
};
