/** Code systems and extensions that the rules read, and how a code is asked for. */
import type { CodeableConcept, Extension } from '@medplum/fhirtypes';

const base = 'https://w3id.org/kat-fhir';

export const systems = {
  sessionType: `${base}/CodeSystem/kat-session-type`,
  phase: `${base}/CodeSystem/kat-phase`,
  treatmentIntent: `${base}/CodeSystem/kat-treatment-intent`,
  observation: `${base}/CodeSystem/kat-observation`,
  eligibility: `${base}/CodeSystem/kat-eligibility`,
  domainResult: `${base}/CodeSystem/kat-domain-result`,
  monitoringPoint: `${base}/CodeSystem/kat-monitoring-point`,
  performerFunction: `${base}/CodeSystem/kat-performer-function`,
  dischargeCriterion: `${base}/CodeSystem/kat-discharge-criterion`,
  rule: `${base}/CodeSystem/kat-rule`,
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
} as const;

/** Observations of a patient that rules ask for, wherever they were made, by their codes (`system|code`). */
export const patientObservations = {
  eligibility: [`${systems.observation}|eligibility`],
  dischargeReadiness: [`${systems.observation}|discharge-readiness`],
  suicideRisk: [`${systems.loinc}|93374-7`],
  weight: [`${systems.loinc}|29463-7`],
  /** A urine pregnancy test; a negative test, not pregnant. */
  pregnancyTest: [
    ...[`${systems.snomed}|167252002`, `${systems.snomed}|250425007`, `${systems.snomed}|60001007`],
  ],
} as const satisfies Record<string, readonly string[]>;

export type PatientObservation = keyof typeof patientObservations;

/** Whether an observation is of a kind, by any of its codings. */
export function isObservationOf(kind: PatientObservation, code: CodeableConcept | undefined): boolean {
  const codes: readonly string[] = patientObservations[kind];
  return code?.coding?.some((one) => codes.includes(`${one.system}|${one.code}`)) ?? false;
}

const extension = (id: string) => `${base}/StructureDefinition/${id}`;

export const extensions = {
  sessionNumber: extension('kat-session-number'),
  medicinePhase: extension('kat-medicine-phase'),
  medicinePhaseDuration: extension('kat-medicine-phase-duration'),
  monitoringPoint: extension('kat-monitoring-point'),
  dosePerWeight: extension('kat-dose-per-weight'),
  plannedMedicineSessions: extension('kat-planned-medicine-sessions'),
  integrates: extension('kat-integrates'),
  eligibilityValidUntil: extension('kat-eligibility-valid-until'),
  treatmentIntent: extension('kat-treatment-intent'),
  waiver: extension('kat-waiver'),
} as const;

/** Whether a concept has a code of a system. */
export function hasCode(concept: CodeableConcept | undefined, system: string, code: string): boolean {
  return concept?.coding?.some((coding) => coding.system === system && coding.code === code) ?? false;
}

/** The code that a concept has in a system. */
export function codeIn(concept: CodeableConcept | undefined, system: string): string | undefined {
  return concept?.coding?.find((coding) => coding.system === system)?.code;
}

/** The extension of a URL on an element. */
export function extensionOf(
  element: { readonly extension?: Extension[] } | undefined,
  url: string,
): Extension | undefined {
  return element?.extension?.find((one) => one.url === url);
}
