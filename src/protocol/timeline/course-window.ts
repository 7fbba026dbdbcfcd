/** Which time a course takes up: what was done for the patient in it belongs to the course, unless it says otherwise. */
import type { CarePlan } from '@medplum/fhirtypes';
import type { Course } from '../course.ts';
import type { Session } from '../session.ts';
import { instantAfter, instantOf } from '../time.ts';

/** Milliseconds since the epoch; both included. */
export interface CourseWindow {
  readonly from: number;
  readonly to: number;
}

const ended: ReadonlySet<string> = new Set(['completed', 'revoked', 'entered-in-error']);

/** Whether nothing is to come of a plan any more. */
export function isOver({ status }: CarePlan): boolean {
  return ended.has(status ?? '');
}

/** From the plan, or what came of it before, to its end; a plan that goes on is open. */
export function courseWindow(
  plan: CarePlan,
  courses: readonly Course[],
  sessions: readonly Session[],
): CourseWindow {
  const periods = courses.flatMap(({ procedure }) => procedure.performedPeriod ?? []);
  const starts = [
    instantOf(plan.period?.start ?? plan.created),
    ...periods.map(({ start }) => instantOf(start)),
    ...sessions.map(({ start }) => start),
  ].filter((time) => time !== undefined);
  const ends = [
    instantAfter(plan.period?.end),
    ...periods.map(({ end }) => instantAfter(end)),
    ...sessions.map(({ end }) => end),
  ].filter((time) => time !== undefined);
  return {
    from: starts.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...starts),
    to: isOver(plan) && ends.length > 0 ? Math.max(...ends) : Number.POSITIVE_INFINITY,
  };
}

/** Those of the time of a course, and the last before it, on which it rests. */
export function withinWindow<T>(
  items: readonly T[],
  { from, to }: CourseWindow,
  timeOf: (item: T) => string | undefined,
): T[] {
  const timed = items.flatMap((item) => {
    const time = instantOf(timeOf(item));
    return time === undefined || time > to ? [] : [{ item, time }];
  });
  const before = timed
    .filter(({ time }) => time < from)
    .toSorted((one, other) => other.time - one.time)
    .slice(0, 1);
  return [...before, ...timed.filter(({ time }) => time >= from)].map(({ item }) => item);
}
