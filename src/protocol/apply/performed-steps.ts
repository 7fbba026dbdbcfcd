/**
 * Which steps of a plan lie behind: those that were performed, and those that something performed was to come after.
 * They are left out when the plan is applied again, and what is to come is counted from them.
 */
import type { Issue } from '../../core/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Calendar } from './calendar.ts';
import type { CourseProgress, Event } from './course-progress.ts';
import { planFinding } from './finding.ts';
import { askedForms, askedSession, performedEvent } from './performed-request.ts';
import { everyStep, isWork, type PlanStep } from './plan-step.ts';
import type { Extent } from './schedule.ts';

interface Past {
  readonly progress: CourseProgress;
  readonly calendar: Calendar;
  readonly issues: Issue[];
}

/** @param requests what each step asks for, by its id */
export function performedSteps(
  steps: readonly PlanStep[],
  requests: ReadonlyMap<string, Resource>,
  { progress, calendar, issues }: Past,
): Map<string, Extent> {
  const past = new Map<string, Extent>();
  const work = [...everyStep(steps)].filter(isWork);
  const members = new Map([...everyStep(steps)].map((step) => [step.id, [...everyStep([step])]]));
  /** When a step, or all of a group, was over; undefined while it is not. */
  const endOf = (id: string): number | undefined => {
    const ends = (members.get(id) ?? []).filter(isWork).map((step) => past.get(step.id)?.end);
    return ends.length === 0 || ends.includes(undefined) ? undefined : Math.max(...(ends as number[]));
  };
  for (const step of work) {
    const request = requests.get(step.id);
    const event = request && eventOf(step, request, endOf, progress, calendar);
    if (event) past.set(step.id, extentOf(event, calendar));
  }
  const happened = [...past];
  for (const [id, { start }] of happened)
    for (const step of comesBefore(id, work, members)) {
      if (past.has(step.id)) continue;
      past.set(step.id, { start, end: start });
      if (askedSession(requests.get(step.id)) !== undefined)
        issues.push(planFinding('apply-passed-over', step.expression));
    }
  return past;
}

/** What happened for a step, if anything did. */
function eventOf(
  step: PlanStep,
  request: Resource,
  endOf: (id: string) => number | undefined,
  progress: CourseProgress,
  calendar: Calendar,
): Event | undefined {
  const own = askedSession(request) ? undefined : progress.done.get(step.uri ?? '');
  const event = own ?? performedEvent(request, progress);
  if (event) return event;
  // The same form is asked for at several steps: an answer counts for one whose forerunners lie behind it.
  const forerunners = (step.action.relatedAction ?? []).map(({ actionId = '', relationship = '' }) =>
    relationship.startsWith('after') ? endOf(step.prefix + actionId) : undefined,
  );
  const [form] = askedForms(request);
  if (form === undefined || forerunners.includes(undefined)) return undefined;
  const since = Math.max(...(forerunners as number[]));
  const answer = progress.answers.get(form)?.find((authored) => (calendar.time(authored) ?? since) >= since);
  return answer === undefined ? undefined : { start: answer, end: answer };
}

/** The steps that were to come before a step: those it follows, and those that were to lead up to it. */
function comesBefore(
  id: string,
  work: readonly PlanStep[],
  members: ReadonlyMap<string, readonly PlanStep[]>,
): Set<PlanStep> {
  const found = new Set<PlanStep>();
  const open = [id];
  const seen = new Set(open);
  while (open.length > 0) {
    const current = open.pop()!;
    const step = members.get(current)?.[0];
    const follows = (step?.action.relatedAction ?? [])
      .filter(({ relationship = '' }) => relationship.startsWith('after'))
      .flatMap(({ actionId }) => members.get(`${step?.prefix}${actionId}`) ?? []);
    const leading = work.filter(({ prefix, action }) =>
      action.relatedAction?.some(
        ({ actionId, relationship = '' }) =>
          relationship.startsWith('before') && `${prefix}${actionId}` === current,
      ),
    );
    for (const one of [...follows, ...leading]) {
      if (seen.has(one.id)) continue;
      seen.add(one.id);
      open.push(one.id);
      if (isWork(one)) found.add(one);
    }
  }
  return found;
}

function extentOf({ start, end }: Event, calendar: Calendar): Extent {
  const begins = calendar.time(start) ?? calendar.time(end) ?? calendar.start;
  return { start: begins, end: calendar.time(end) ?? begins };
}
