/** A screening at whose end stands: not this treatment. */
import type { CourseDescription } from '../../../src/cli/demo/course-description.ts';

export const screeningExcludes: CourseDescription = {
  key: 'screening-excludes',
  protocol: 'iv-6',
  patient: {
    identifier: 'LC-20481',
    given: 'Noor',
    family: 'Haddadi',
    gender: 'female',
    birthDate: '1998-09-21',
    kilograms: 58,
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
  onset: '2025-11',
  failedTrials: 2,
  screening: {
    day: '2026-08-04',
    decision: 'not-eligible',
    note: 'Not with us, and not now. Referred to the early-psychosis service, with an appointment on 7 August.',
    domains: {
      'psychosis-history': {
        result: 'excluding',
        rationale:
          'Heard commenting voices for three weeks in 2024; treated in hospital; a brother has schizophrenia.',
        findings: { psychosis: 'psychosis-past', relatives: 'family-psychosis' },
      },
      'substance-use': {
        result: 'needs-mitigation',
        rationale: 'Cannabis on most evenings until two months ago.',
        findings: { substances: 'substance-use-early-remission' },
      },
      'psychiatric-background': {
        result: 'needs-mitigation',
        rationale: 'The depression began after the voices; what is what has to be sorted out first.',
      },
      readiness: {
        result: 'needs-mitigation',
        rationale: 'Lives alone since June; nobody could take her home.',
        findings: { escort: 'no-escort' },
      },
    },
  },
  scores: [{ day: '2026-08-04', total: 20 }],
};
