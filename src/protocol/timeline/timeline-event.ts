/** What a timeline is made of: what happened in a course, and what is still to come, each with its resource. */
import type { CarePlan, Resource } from '@medplum/fhirtypes';

/** In the order in which events of the same moment are told. */
export const eventKinds = [
  'decision',
  'consent',
  'session',
  'vital',
  'dose',
  'assessment',
  'score',
  'adverse-event',
  'deviation',
] as const;

export type EventKind = (typeof eventKinds)[number];

/** A moment, or a span of time, as the resource has it. */
export interface Span {
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

export interface TimelineEvent extends Span {
  readonly kind: EventKind;
  /** `medicine 2`; absent: it belongs to the course as a whole. */
  readonly session: string | undefined;
  readonly resource: Resource;
}

export const upcomingKinds = ['session', 'appointment', 'request', 'task', 'rule'] as const;

export type UpcomingKind = (typeof upcomingKinds)[number];

export interface UpcomingStep {
  readonly kind: UpcomingKind;
  readonly title: string;
  /** When it is due: what it is planned for, and of a rule, the last moment. */
  readonly due: string | undefined;
  /** How long it can wait. */
  readonly until?: string | undefined;
  readonly session?: string | undefined;
  /** What asks for it; of a rule, what it is about. */
  readonly reference: string;
  /** Key of the rule that asks for it. */
  readonly rule?: string;
}

/** A course as it is told. */
export interface Timeline {
  readonly plan: CarePlan;
  readonly events: readonly TimelineEvent[];
  readonly next: readonly UpcomingStep[];
  /** Milliseconds since the epoch: when what is due is judged. */
  readonly now: number;
}
