/** Conditions of the patient at a moment of the past: the record says how they stand now, its dates how they stood. */
import type { CodeableConcept, Condition } from '@medplum/fhirtypes';
import { instantAfter, instantOf, type Moment, type Zone } from './time.ts';

/** Clinical and verification statuses of what does not, or no longer, hold. */
const over: ReadonlySet<string> = new Set([
  'inactive',
  'resolved',
  'remission',
  'refuted',
  'entered-in-error',
]);

/** Whether a status says that something does not, or no longer, hold. */
export function isOver(status: CodeableConcept | undefined): boolean {
  return status?.coding?.some(({ code = '' }) => over.has(code)) ?? false;
}

/** When a condition began, as far as is known; milliseconds since the epoch. */
export function onsetOf(
  { onsetDateTime, onsetPeriod, recordedDate }: Condition,
  zone: Zone,
): number | undefined {
  return instantOf(onsetDateTime ?? onsetPeriod?.start ?? recordedDate, zone);
}

/** Whether a condition had come about by a moment, gone since or not. */
export function hadBegun(condition: Condition, { time, zone }: Moment): boolean {
  return !isOver(condition.verificationStatus) && (onsetOf(condition, zone) ?? time) <= time;
}

/** Whether a condition held at a moment: its end decides, or where none is known, its present status. */
export function stands(condition: Condition, at: Moment): boolean {
  const { abatementDateTime, abatementPeriod, clinicalStatus } = condition;
  const until = instantAfter(abatementDateTime ?? abatementPeriod?.end ?? abatementPeriod?.start, at.zone);
  return hadBegun(condition, at) && (until === undefined ? !isOver(clinicalStatus) : until >= at.time);
}
