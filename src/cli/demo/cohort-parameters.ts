/**
 * What the simulated cohort is drawn from. Nothing here is a finding: where a number has a source it is named, where it
 * has none it is an assumption made so that charts and queries have something plausible to show.
 *
 * Its courses keep the rules of the protocol but for three: who is lost to follow-up misses the last integration (R05)
 * and the score with it (R18), and in the sessions of `severeRise` the pressure reaches the alert, with a recorded
 * deviation (R09).
 */
import type { IndicationName, ProtocolName, StatusReason } from './course-description.ts';
import type { Normal } from './random.ts';

export type Arm = 'with-therapy' | 'infusion-only';

/** Assumption: two arms of equal size. */
export const arms: Readonly<Record<Arm, number>> = { 'with-therapy': 0.5, 'infusion-only': 0.5 };

/** Assumption. */
export const indicationShares: Readonly<Record<IndicationName, number>> = {
  depression: 0.6,
  ptsd: 0.25,
  anxiety: 0.15,
};

/** Assumption: what a clinic that offers every protocol might choose. */
export const protocolShares: Readonly<Record<IndicationName, Partial<Record<ProtocolName, number>>>> = {
  depression: { 'iv-6': 0.5, 'im-escalating': 0.25, 'esketamine-label': 0.25 },
  ptsd: { 'im-escalating': 0.7, 'iv-6': 0.3 },
  anxiety: { sublingual: 0.7, 'iv-6': 0.3 },
};

/** Score before the first dose. Assumption: moderate to severe, as those who are referred; clipped to the instrument. */
export const baselineScore: Readonly<Record<IndicationName, Normal>> = {
  depression: { mean: 18, deviation: 4, min: 10, max: 27 },
  ptsd: { mean: 50, deviation: 11, min: 33, max: 80 },
  anxiety: { mean: 15, deviation: 3, min: 10, max: 21 },
};

/**
 * Share of the baseline by which the score has fallen at the end. With therapy: set so that about two of three respond,
 * as the source article claims (60 to 70 %). Without: lower, in the direction the article claims; no trial that compares
 * the two was found. Both are claims put into numbers, not facts.
 */
export const fallAtEnd: Readonly<Record<Arm, Normal>> = {
  'with-therapy': { mean: 0.58, deviation: 0.2, min: -0.2, max: 0.95 },
  'infusion-only': { mean: 0.42, deviation: 0.2, min: -0.2, max: 0.95 },
};

/** Points, as a share of the range of the instrument. Assumption: from one day to another. */
export const noise: Normal = { mean: 0, deviation: 0.03, min: -0.08, max: 0.08 };

/** Assumption: most of the fall comes with the first sessions. */
export const fallRate = 2.2;

/** Assumption: of those who are screened. */
export const excludedShare = 0.06;

/** After each session but the last. Assumption. */
export const dropOut = {
  share: 0.035,
  reasons: { cost: 0.4, 'patient-choice': 0.35, 'lost-to-follow-up': 0.25 } satisfies Partial<
    Record<StatusReason, number>
  >,
};

export interface EventFrequency {
  readonly code: string;
  readonly display: string;
  /** Of patients over a whole course. */
  readonly share: number;
  readonly severity: 'mild' | 'moderate' | 'severe';
  readonly serious?: boolean;
}

/** Label of esketamine: dissociation 61 to 75 %, sedation 48 to 61 %, loss of consciousness 0.3 to 0.4 %; the rest assumed. */
export const events: readonly EventFrequency[] = [
  { code: '130985008', display: 'Disturbed sensory perception', share: 0.65, severity: 'mild' },
  { code: '17971005', display: 'Sedated', share: 0.5, severity: 'mild' },
  { code: '404640003', display: 'Dizziness', share: 0.25, severity: 'mild' },
  { code: '422587007', display: 'Nausea', share: 0.25, severity: 'moderate' },
  { code: '419045004', display: 'Loss of consciousness', share: 0.0035, severity: 'severe', serious: true },
];

/** mmHg at rest (assumption: nobody above the limit of a decision), and the rise at 40 minutes (mean of 2,342 infusions). */
export const pressure = {
  systolic: { mean: 121, deviation: 8, min: 100, max: 136 },
  diastolic: { mean: 76, deviation: 6, min: 60, max: 87 },
  systolicRise: { mean: 16, deviation: 7, min: 0, max: 38 },
  diastolicRise: { mean: 11, deviation: 5, min: 0, max: 22 },
} satisfies Record<string, Normal>;

/** Severe hypertension in 0.98 % of 2,342 infusions; here a systolic rise that reaches the alert, at the peak only. */
export const severeRise = {
  share: 0.0098,
  systolicRise: { mean: 44, deviation: 2, min: 42, max: 47 } satisfies Normal,
};

export const heartRate: Normal = { mean: 70, deviation: 7, min: 52, max: 92 };
export const saturation: Normal = { mean: 98, deviation: 0.7, min: 95, max: 100 };
export const kilograms: Normal = { mean: 77, deviation: 14, min: 46, max: 130 };
/** Nobody turns 65 within the course: doses and limits are those of younger patients. */
export const ageInYears: Normal = { mean: 43, deviation: 12, min: 19, max: 63 };
