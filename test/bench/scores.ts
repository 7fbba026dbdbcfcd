/** Scores of many patients over time: what reads, creates and searches are measured with. Made, not random. */

import type { Resource } from '../../src/fhir/resource.ts';

export const scoreCode = 'http://loinc.org|44261-6';

const codes = ['44261-6', '70274-6', '72133-2', '89204-2', '8480-6'];
/** Scores of one patient. */
export const scoresPerPatient = 50;
const day = 24 * 60 * 60 * 1000;
const start = Date.UTC(2024, 0, 1);

export function patientId(patient: number): string {
  return `p${patient}`;
}

/** The n-th score of a patient, about 1 KB. */
export function score(patient: number, n: number): Record<string, unknown> {
  const code = codes[n % codes.length];
  // The seed spreads patients over the year, so that a range of dates finds some of each.
  const when = new Date(start + ((patient * 37 + n * 11) % 730) * day + n * 60_000).toISOString();
  return {
    resourceType: 'Observation',
    identifier: [{ system: 'https://kat.example/scores', value: `${patient}-${n}` }],
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: 'survey',
            display: 'Survey',
          },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code, display: 'Total score' }], text: 'Total score' },
    subject: { reference: `Patient/${patientId(patient)}` },
    effectiveDateTime: when,
    issued: when,
    performer: [{ reference: 'Practitioner/clinician', display: 'A clinician' }],
    valueQuantity: {
      value: (patient + n) % 28,
      unit: '{score}',
      system: 'http://unitsofmeasure.org',
      code: '{score}',
    },
    note: [
      {
        text: 'Asked before the session, in the quiet room, read aloud and answered in full. '
          .repeat(3)
          .trim(),
      },
    ],
    component: [
      { code: { text: 'Item 1' }, valueInteger: n % 4 },
      { code: { text: 'Item 2' }, valueInteger: (n + 1) % 4 },
    ],
  };
}

/** A patient with all scores. */
export function patientResources(patient: number): Resource[] {
  const scores = Array.from({ length: scoresPerPatient }, (_, n) => ({
    ...score(patient, n),
    id: scoreId(patient, n),
  }));
  return [{ resourceType: 'Patient', id: patientId(patient), active: true }, ...scores] as Resource[];
}

/** A transaction that stores them. */
export function patientTransaction(patient: number): Record<string, unknown> {
  const entry = patientResources(patient).map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

export function scoreId(patient: number, n: number): string {
  return `s${patient}-${n}`;
}
