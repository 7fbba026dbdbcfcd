/**
 * The story of a course in the order of time: what was decided and agreed, the sessions with the doses, vital signs and
 * assessments that are part of them, scores, adverse events and recorded deviations. Notes of psychotherapy, and
 * whatever is labelled as such, are no part of it.
 */
import type {
  AdverseEvent,
  CarePlan,
  Consent,
  DetectedIssue,
  Observation,
  Procedure,
  Resource,
} from '@medplum/fhirtypes';
import { codeIn, extensionOf, extensions, hasCode, isObservationOf, systems } from '../codes.ts';
import type { Course } from '../course.ts';
import { dosesOf } from '../doses.ts';
import type { ResourceReader } from '../resource-reader.ts';
import type { Session } from '../session.ts';
import { instantOf } from '../time.ts';
import { type CourseWindow, courseWindow, withinWindow } from './course-window.ts';
import { spanOf } from './event-span.ts';
import { wordsOf } from './event-words.ts';
import { type EventKind, eventKinds, type TimelineEvent } from './timeline-event.ts';

/** What a story is told from. */
export interface StorySource {
  readonly plan: CarePlan;
  /** The courses of the plan: usually one, none before it has begun. */
  readonly courses: readonly Course[];
  readonly reader: ResourceReader;
  /** Codes of the scores that are told, `system|code`. */
  readonly scores: readonly string[];
}

type Belonging = ReadonlyMap<string, string>;

const taken: ReadonlySet<string> = new Set(['final', 'amended', 'corrected', 'preliminary', 'registered']);

export async function courseStory(source: StorySource): Promise<TimelineEvent[]> {
  const { plan, courses, reader, scores } = source;
  const sessions = (await Promise.all(courses.map((course) => course.sessions()))).flat();
  const window = courseWindow(plan, courses, sessions);
  const belonging = new Map<string, string>();
  for (const session of sessions) {
    const visit = session.procedure.encounter?.reference;
    for (const reference of [session.reference, ...(visit === undefined ? [] : [visit])])
      belonging.set(reference, labelOf(session));
  }
  const events: TimelineEvent[] = sessions.filter(isTold).map((session) => ({
    kind: 'session',
    session: labelOf(session),
    ...spanOf(session.procedure),
    resource: session.procedure,
  }));
  events.push(...(await otherParts(courses, reader, sessions)));
  for (const course of courses)
    for (const session of await course.sessions())
      for (const { administration, reference } of await dosesOf(session, course)) {
        belonging.set(reference, labelOf(session));
        events.push(eventOf('dose', administration, labelOf(session)));
      }
  for (const observation of await observedAt(courses, sessions, reader)) {
    const kind = kindOf(observation, scores);
    if (kind === undefined || !taken.has(observation.status ?? '')) continue;
    const session = sessionNamed(observation, belonging);
    belonging.set(`Observation/${observation.id}`, session ?? '');
    events.push(eventOf(kind, observation, session));
  }
  events.push(...(await patientEvents(plan, reader, scores, belonging, window)));
  return inOrder(events.filter(({ resource }) => !isPsychotherapyNote(resource)));
}

/** `medicine 2` */
export function labelOf({ kind, number }: Session): string {
  return number === 0 ? kind : `${kind} ${number}`;
}

/** A session that is planned only belongs to what is to come. */
const isTold = ({ procedure }: Session): boolean => !untold.has(procedure.status ?? '');

const untold: ReadonlySet<string> = new Set(['preparation', 'entered-in-error']);

/** Parts of a course that are no session of a number: contacts after the last session, by their phase. */
async function otherParts(
  courses: readonly Course[],
  reader: ResourceReader,
  sessions: readonly Session[],
): Promise<TimelineEvent[]> {
  if (courses.length === 0) return [];
  const parts = await reader.find<Procedure>('Procedure', [
    ['part-of', courses.map(({ reference }) => reference).join(',')],
  ]);
  const known = new Set(sessions.map(({ procedure }) => procedure.id));
  return parts
    .filter(({ id, status = '' }) => !known.has(id) && !untold.has(status))
    .map((part) => eventOf('session', part, codeIn(part.category, systems.phase)));
}

/** What was observed as part of a session, or at its visit. */
async function observedAt(
  courses: readonly Course[],
  sessions: readonly Session[],
  reader: ResourceReader,
): Promise<Observation[]> {
  const parts = (await Promise.all(courses.map((course) => course.sessionObservations()))).flat();
  const visits = sessions.flatMap(({ procedure: { encounter } }) => encounter?.reference ?? []);
  const atVisits =
    visits.length === 0
      ? []
      : await reader.find<Observation>('Observation', [['encounter', [...new Set(visits)].join(',')]]);
  return [...new Map([...parts, ...atVisits].map((one) => [one.id, one])).values()];
}

/** What the patient's record holds that belongs to the course by what it names, or by its time. */
async function patientEvents(
  plan: CarePlan,
  reader: ResourceReader,
  scores: readonly string[],
  belonging: Belonging,
  window: CourseWindow,
): Promise<TimelineEvent[]> {
  const patient = plan.subject?.reference;
  if (patient === undefined) return [];
  const ofPatient = ['patient', patient] as const;
  const found = await reader.find<Observation>('Observation', [
    ofPatient,
    ['code', [...scores, `${systems.observation}|eligibility`].join(',')],
  ]);
  const observations = found.filter(
    ({ id, status = '' }) => taken.has(status) && !belonging.has(`Observation/${id}`),
  );
  const decisions = observations.filter((one) => kindOf(one, scores) === 'decision');
  // What is part of another procedure is not of this course.
  const free = observations.filter(({ partOf = [] }) => partOf.length === 0);
  const scored = scores.map((code) => free.filter((one) => isScore(one, [code])));
  const consents = (await reader.find<Consent>('Consent', [ofPatient])).filter(
    ({ status }) => status !== 'entered-in-error' && status !== 'draft',
  );
  const adverse = await reader.find<AdverseEvent>('AdverseEvent', [['subject', patient]]);
  const issues = await reader.find<DetectedIssue>('DetectedIssue', [ofPatient]);
  const deviations = issues.filter(
    ({ status, code }) =>
      status !== 'entered-in-error' && code?.coding?.some(({ system }) => system === systems.rule),
  );
  const own = <T extends AdverseEvent | DetectedIssue>(items: readonly T[]): T[] =>
    items.filter((one) => {
      const time = instantOf(spanOf(one).start);
      const inTime = time === undefined || (time >= window.from && time <= window.to);
      return sessionNamed(one, belonging) !== undefined || inTime;
    });
  const told: readonly (readonly [EventKind, readonly Resource[]])[] = [
    ['decision', withinWindow(decisions, window, (one) => spanOf(one).start)],
    ['consent', withinWindow(consents, window, (one) => spanOf(one).start)],
    ...scored.map((list) => ['score', withinWindow(list, window, (one) => spanOf(one).start)] as const),
    ['adverse-event', own(adverse.filter(({ actuality }) => actuality !== 'potential'))],
    ['deviation', own(deviations)],
  ];
  return told.flatMap(([kind, list]) =>
    list.map((resource) => eventOf(kind, resource, sessionNamed(resource, belonging))),
  );
}

function eventOf(kind: EventKind, resource: Resource, session: string | undefined): TimelineEvent {
  return { kind, session: session === '' ? undefined : session, ...spanOf(resource), resource };
}

function kindOf(observation: Observation, scores: readonly string[]): EventKind | undefined {
  const { category = [], code, derivedFrom = [] } = observation;
  if (isScore(observation, scores)) return 'score';
  if (hasCode(code, systems.observation, 'eligibility')) return 'decision';
  const isOwn = code?.coding?.some(({ system }) => system === systems.observation);
  if (isOwn || isObservationOf('suicideRisk', code)) return 'assessment';
  const isVital = category.some((one) => hasCode(one, categories, 'vital-signs'));
  if (isVital || extensionOf(observation, extensions.monitoringPoint)) return 'vital';
  // The answers to single questions stay with their form.
  const isAnswer = derivedFrom.some(({ reference }) => reference?.startsWith('QuestionnaireResponse/'));
  return isAnswer ? undefined : 'assessment';
}

const categories = 'http://terminology.hl7.org/CodeSystem/observation-category';

function isScore({ code }: Observation, scores: readonly string[]): boolean {
  return code?.coding?.some((one) => scores.includes(`${one.system}|${one.code}`)) ?? false;
}

/** The session that a resource names: as what it is part of, what it happened at, or what it is about. */
function sessionNamed(resource: Resource, belonging: Belonging): string | undefined {
  const { partOf, encounter, suspectEntity, implicated } = resource as Partial<Observation> &
    Partial<AdverseEvent> &
    Partial<DetectedIssue>;
  const named = [
    ...(partOf ?? []),
    ...(implicated ?? []),
    ...(suspectEntity ?? []).flatMap(({ instance }) => instance ?? []),
    ...(encounter ? [encounter] : []),
  ];
  const session = named.find(({ reference }) => belonging.has(reference ?? ''));
  return belonging.get(session?.reference ?? '');
}

function isPsychotherapyNote({ meta }: Resource): boolean {
  return meta?.security?.some(({ code }) => code === 'PSYTHPN') ?? false;
}

/** By time; what has none comes last. Of one moment by kind and by title, so that the order is always the same. */
function inOrder(events: readonly TimelineEvent[]): TimelineEvent[] {
  const timeOf = ({ start }: TimelineEvent) => instantOf(start) ?? Number.MAX_SAFE_INTEGER;
  return events.toSorted(
    (one, other) =>
      timeOf(one) - timeOf(other) ||
      eventKinds.indexOf(one.kind) - eventKinds.indexOf(other.kind) ||
      wordsOf(one).title.localeCompare(wordsOf(other).title) ||
      (one.resource.id ?? '').localeCompare(other.resource.id ?? ''),
  );
}
