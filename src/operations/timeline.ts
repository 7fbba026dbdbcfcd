/**
 * CarePlan/[id]/$timeline: the ordered story of a course, and what is still to come of it; as a Bundle, or as plain JSON
 * for pages that know no FHIR. https://w3id.org/kat-fhir/OperationDefinition/CarePlan-timeline
 */
import type { CarePlan, Procedure } from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { parsePlain } from '../interactions/plain-references.ts';
import { createResourceReader, protocolByUrl } from '../interactions/protocol-reader.ts';
import { requirePresent } from '../interactions/read.ts';
import { readProgress } from '../protocol/apply/course-progress.ts';
import { systems } from '../protocol/codes.ts';
import { type Course, courseOf } from '../protocol/course.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { Verdict } from '../protocol/rule.ts';
import { protocolRules } from '../protocol/rules/rules.ts';
import { instantOf } from '../protocol/time.ts';
import { courseStory } from '../protocol/timeline/course-story.ts';
import { stillToCome } from '../protocol/timeline/still-to-come.ts';
import {
  eventKinds,
  type Timeline,
  type UpcomingStep,
  upcomingKinds,
} from '../protocol/timeline/timeline-event.ts';
import { instruments } from '../questionnaire/score/instruments.ts';
import { courseChecker } from './course-checker.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { type GivenParameter, givenValue, givenValues } from './read-parameters.ts';
import { timelineBundle } from './timeline-bundle.ts';
import { compactTimeline } from './timeline-compact.ts';

export const timeline: Operation = {
  code: 'timeline',
  levels: ['instance'],
  resources: ['CarePlan'],
  affectsState: false,
  definition: 'https://w3id.org/kat-fhir/OperationDefinition/CarePlan-timeline',
  views: ['compact'],
  handle: tell,
};

const scores = instruments.map(({ code: { system, code } }) => `${system}|${code}`);

async function tell(services: Services, context: RequestContext, request: OperationRequest): Promise<Result> {
  const { id, parameters } = request;
  const { body } = requirePresent(await services.store.read('CarePlan', id));
  const plan = parsePlain<CarePlan>(services, body);
  const isAsked = selection(parameters);
  const now = instantOf(givenValue<string>(parameters, 'at')) ?? services.clock.now();
  const reader = createResourceReader(services, services.store);
  const courses = await coursesOf(plan, reader);
  const told: Timeline = {
    plan,
    now,
    events: (await courseStory({ plan, courses, reader, scores })).filter(({ kind, resource, ...span }) =>
      isAsked(kind, resource.resourceType, span),
    ),
    next: (
      await stillToCome({
        plan,
        sessions: (await Promise.all(courses.map((course) => course.sessions()))).flat(),
        progress: await readProgress(plan, reader),
        reader,
        verdicts: await verdictsOn(services, courses, reader, now),
      })
    ).filter((step) => isAsked(step.kind, typeOf(step), { start: step.due, end: step.until })),
  };
  return {
    status: 200,
    body:
      context.view === 'compact'
        ? compactTimeline(told)
        : await timelineBundle(told, { store: services.store, baseUrl: context.baseUrl }),
  };
}

/** Of a plan that has not begun there is none. */
async function coursesOf({ id }: CarePlan, reader: ResourceReader): Promise<Course[]> {
  const found = await reader.find<Procedure>('Procedure', [
    ['code', `${systems.sessionType}|course`],
    ['based-on', `CarePlan/${id}`],
  ]);
  const byUrl = protocolByUrl(reader);
  return found
    .filter(({ status }) => status !== 'entered-in-error')
    .map((procedure) => courseOf(procedure, reader, byUrl));
}

async function verdictsOn(
  services: Services,
  courses: readonly Course[],
  reader: ResourceReader,
  now: number,
): Promise<[string, Verdict][]> {
  const check = await courseChecker(services, reader);
  const found: [string, Verdict][] = [];
  for (const course of courses)
    for (const { rule, verdicts } of await check(course, protocolRules, now))
      found.push(...verdicts.map((verdict): [string, Verdict] => [rule.key, verdict]));
  return found;
}

interface Days {
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

/** What was asked for, by kind, type and day; what has no day belongs to every day. */
function selection(
  parameters: readonly GivenParameter[],
): (kind: string, type: string, days: Days) => boolean {
  const kinds = new Set(givenValues<string>(parameters, 'kind'));
  const types = new Set(givenValues<string>(parameters, '_type'));
  const known: readonly string[] = [...eventKinds, ...upcomingKinds];
  if ([...kinds].some((kind) => !known.includes(kind)))
    throw refuse('invalid-parameter', `The parameter kind takes ${[...new Set(known)].join(', ')}`);
  const from = givenValue<string>(parameters, 'start') ?? '';
  const to = givenValue<string>(parameters, 'end') ?? '9999';
  return (kind, type, { start, end = start }) =>
    (kinds.size === 0 || kinds.has(kind)) &&
    (types.size === 0 || types.has(type)) &&
    (start === undefined || start.slice(0, to.length) <= to) &&
    (end === undefined || end.slice(0, from.length) >= from);
}

/** What a rule waits for is told as a task. */
function typeOf({ kind, reference }: UpcomingStep): string {
  return kind === 'rule' ? 'Task' : reference.slice(0, reference.indexOf('/'));
}
