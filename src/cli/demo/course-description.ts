/** A course of therapy in plain words and numbers: what a story or a simulated patient is made from. */

export type ProtocolName = 'iv-6' | 'im-escalating' | 'sublingual' | 'esketamine-label' | 'infusion-only';
export type IndicationName = 'depression' | 'ptsd' | 'anxiety';
export type Domain =
  | 'cardiovascular'
  | 'psychosis-history'
  | 'substance-use'
  | 'psychiatric-background'
  | 'medications'
  | 'readiness';

/** A local time without zone: `2026-06-01T09:40`. */
export type LocalTime = string;
/** A calendar day: `2026-06-01`. */
export type Day = string;

export interface CourseDescription {
  /** All `fullUrl`s are derived from it: same key, same addresses. */
  readonly key: string;
  readonly protocol: ProtocolName;
  readonly patient: PatientDescription;
  readonly clinic: ClinicDescription;
  readonly indication: IndicationName;
  readonly onset: string;
  readonly failedTrials?: number;
  readonly screening: ScreeningDescription;
  /** Absent when the screening excluded the patient: then nothing else follows. */
  readonly course?: TreatmentDescription;
  readonly scores: readonly ScoreDescription[];
}

export interface PatientDescription {
  readonly identifier: string;
  readonly given: string;
  readonly family: string;
  readonly gender: 'female' | 'male' | 'other';
  readonly birthDate: Day;
  readonly kilograms: number;
}

export interface ClinicDescription {
  readonly name: string;
  /** Of the identifiers, policies and documents of the clinic. */
  readonly url: string;
  readonly zone: string;
  readonly therapist: string;
  readonly prescriber: string;
  readonly monitor: string;
}

export interface ScreeningDescription {
  readonly day: Day;
  readonly decision: 'eligible' | 'conditionally-eligible' | 'not-eligible' | 'deferred';
  readonly note: string;
  /** What was to be done before the first dose, and the day on which the prescriber found it done. */
  readonly conditions?: readonly { readonly words: string; readonly met: Day }[];
  /** What is not clear; the other domains are. */
  readonly domains?: Partial<Record<Domain, DomainDescription>>;
}

export interface DomainDescription {
  readonly result: 'needs-mitigation' | 'excluding' | 'not-assessed';
  readonly rationale: string;
  /** Answers of the form that differ from those of a healthy person, by `linkId`. */
  readonly findings?: Readonly<Record<string, string>>;
}

export interface TreatmentDescription {
  readonly consented: Day;
  readonly planned: number;
  readonly intention?: string;
  readonly cost?: { readonly medicine: number; readonly integration: number; readonly coverage: string };
  readonly preparations: readonly Day[];
  /** One more that was arranged and not held. */
  readonly missedPreparation?: { readonly day: Day; readonly reason: StatusReason };
  readonly medicine: readonly MedicineDescription[];
  readonly end: { readonly day: Day; readonly reason?: StatusReason; readonly outcome: string };
}

export type StatusReason =
  | 'completed-goal'
  | 'adverse-event'
  | 'patient-choice'
  | 'cost'
  | 'clinical-worsening'
  | 'contraindication-found'
  | 'lost-to-follow-up';

export interface MedicineDescription {
  readonly day: Day;
  /** The day for which it had been ordered first. */
  readonly movedFrom?: Day;
  readonly milligrams: number;
  readonly vitals: Readonly<Record<'baseline' | 'during' | 'peak' | 'pre-discharge', Vitals>>;
  /** Why nothing was given although the patient had come. */
  readonly notGiven?: StatusReason;
  readonly integration?: { readonly day: Day; readonly note?: string; readonly notDone?: StatusReason };
  readonly suicideRisk?: { readonly level: 'low' | 'moderate'; readonly action: string };
  readonly experience?: { readonly words: string; readonly intensity: Readonly<Record<string, number>> };
  readonly events?: readonly EventDescription[];
  readonly deviations?: readonly DeviationDescription[];
  readonly waiver?: { readonly rule: string; readonly reason: string };
  readonly note?: string;
}

export interface Vitals {
  readonly systolic: number;
  readonly diastolic: number;
  readonly heartRate: number;
  readonly saturation: number;
}

export interface EventDescription {
  /** SNOMED CT, of the value set of adverse events. */
  readonly code: string;
  readonly display: string;
  readonly minutesAfterDose: number;
  readonly severity: 'mild' | 'moderate' | 'severe';
  readonly serious?: boolean;
  /** What the prescriber found when the event was gone through, and the day. */
  readonly review?: { readonly day: Day; readonly words: string };
}

export interface DeviationDescription {
  readonly rule: string;
  /** Whether it is about giving the dose, or about the pressure at its height. */
  readonly when: 'before-dose' | 'at-peak';
  readonly detail: string;
  readonly action: string;
}

export interface ScoreDescription {
  readonly day: Day;
  /** Absent: it was due, and the patient did not answer. */
  readonly total?: number;
}
