/**
 * How the totals of one instrument moved over a course: what each says against the last one before the first dose.
 * Thresholds are those of the instrument, which carry their sources.
 * https://w3id.org/kat-fhir/OperationDefinition/Patient-trajectory
 */
import type { Instrument } from './instrument.ts';
import { changeOf, type ScoreChange } from './score-change.ts';

/** A date, or a date-time, as it was written. */
type Written = string;

/** One total as recorded. */
export interface Total {
  readonly total: number;
  readonly effective: Written;
}

export interface TrajectoryPoint<T extends Total> {
  readonly score: T;
  /** Calendar days since the first dose, negative before it; absent when there was none. */
  readonly day?: number;
  /** Against the baseline; absent up to the first dose, and without a baseline. */
  readonly change?: ScoreChange;
}

export interface Trajectory<T extends Total> {
  /** The last one before the first dose. */
  readonly baseline?: T;
  /** In the order of time. */
  readonly points: readonly TrajectoryPoint<T>[];
  /** From the first dose to the first total that is a response. */
  readonly daysToResponse?: number;
}

const dayLength = 86_400_000;

/** @param firstDose absent when none was given: there is nothing to compare with then */
export function trajectoryOf<T extends Total>(
  instrument: Instrument,
  scores: readonly T[],
  firstDose: Written | undefined,
): Trajectory<T> {
  const ordered = scores.toSorted((one, other) => Date.parse(one.effective) - Date.parse(other.effective));
  if (firstDose === undefined) return { points: ordered.map((score) => ({ score })) };
  const baseline = ordered.findLast(({ effective }) => isBefore(effective, firstDose));
  const points = ordered.map((score) => ({
    score,
    day: daysBetween(firstDose, score.effective),
    ...(baseline && !isBefore(score.effective, firstDose)
      ? { change: changeOf(instrument, baseline.total, score.total) }
      : {}),
  }));
  const daysToResponse = points.find(({ change }) => change?.response)?.day;
  return {
    points,
    ...(baseline ? { baseline } : {}),
    ...(daysToResponse === undefined ? {} : { daysToResponse }),
  };
}

/** A score that names but the day of the dose was taken before it, as forms are filled in on arrival. */
function isBefore(effective: Written, dose: Written): boolean {
  return effective.length <= 10 || dose.length <= 10
    ? effective.slice(0, 10) <= dose.slice(0, 10)
    : Date.parse(effective) < Date.parse(dose);
}

/** Between the calendar days where each was written: the patient's own count, whatever the hour. */
function daysBetween(from: Written, to: Written): number {
  return Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / dayLength);
}
