/**
 * A course as plain JSON, for pages and scripts that know no FHIR: an object for each event, and one for each thing that
 * is still to come. The OperationDefinition tells its shape.
 */
import { instant } from '../interactions/write-version.ts';
import { instantAfter } from '../protocol/time.ts';
import { monitoringPointOf, wordsOf } from '../protocol/timeline/event-words.ts';
import type { Timeline, TimelineEvent, UpcomingStep } from '../protocol/timeline/timeline-event.ts';

/** Members that are undefined do not go out. */
export function compactTimeline({ plan, events, next, now }: Timeline): string {
  return JSON.stringify({
    plan: `CarePlan/${plan.id}`,
    subject: plan.subject?.reference,
    status: plan.status,
    at: instant(now),
    events: events.map(compactEvent),
    next: next.map((step) => compactStep(step, now)),
  });
}

function compactEvent(event: TimelineEvent) {
  const { start, end, kind, session, resource } = event;
  const { title, value } = wordsOf(event);
  return {
    time: start,
    end,
    kind,
    session,
    point: monitoringPointOf(resource),
    title,
    value,
    reference: `${resource.resourceType}/${resource.id}`,
  };
}

function compactStep({ due, until, kind, session, title, rule, reference }: UpcomingStep, now: number) {
  const last = instantAfter(until ?? due);
  const overdue = last !== undefined && last < now;
  return { due, until, ...(overdue ? { overdue } : {}), kind, session, title, rule, reference };
}
