/**
 * What is still to come of a course and when it is due: the sessions, orders and tasks of the plan that were not
 * carried out, the appointments made for them, and what the rules wait for.
 */
import type { Appointment, CarePlan, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Resource } from '../../fhir/resource.ts';
import type { CourseProgress } from '../apply/course-progress.ts';
import { askedForms, askedSession, performedEvent } from '../apply/performed-request.ts';
import type { ResourceReader } from '../resource-reader.ts';
import type { Verdict } from '../rule.ts';
import type { Session } from '../session.ts';
import { instantAfter, instantOf } from '../time.ts';
import { labelOf } from './course-story.ts';
import { isOver } from './course-window.ts';
import { sessionTitle, textOf } from './event-words.ts';
import type { Span, UpcomingStep } from './timeline-event.ts';

export interface UpcomingSource {
  readonly plan: CarePlan;
  readonly sessions: readonly Session[];
  readonly progress: CourseProgress;
  readonly reader: ResourceReader;
  /** How the rules stand, each verdict with the key of its rule. */
  readonly verdicts: readonly (readonly [rule: string, Verdict])[];
}

const openRequests = 'draft,active,on-hold';
const openTasks = 'draft,requested,received,accepted,ready,in-progress,on-hold';
const openAppointments = 'proposed,pending,booked,arrived,checked-in,waitlist';

/** Nothing of a plan that has ended. */
export async function stillToCome(source: UpcomingSource): Promise<UpcomingStep[]> {
  const { plan, sessions, progress, reader } = source;
  if (isOver(plan)) return [];
  const ofPlan = ['based-on', `CarePlan/${plan.id}`] as const;
  const orders = await reader.find<ServiceRequest>('ServiceRequest', [ofPlan, ['status', openRequests]]);
  const open = orders.filter((order) => !isPerformed(order, progress));
  const tasks = await openTasksOf(source);
  const planned = sessions.filter(({ procedure }) => procedure.status === 'preparation');
  const scheduled = new Set(planned.map(labelOf));
  const appointments = await appointmentsFor(open, reader);
  return [
    ...planned.map(plannedSession),
    ...open.map(orderedStep).flatMap((step) => {
      if (step.session !== undefined && scheduled.has(step.session)) return [];
      const made = appointments.filter(({ basedOn }) =>
        basedOn?.some(({ reference }) => reference === step.reference),
      );
      return made.length === 0 ? [step] : made.map((one) => withAppointment(step, one));
    }),
    ...tasks.map(taskStep),
    ...source.verdicts.flatMap(([rule, verdict]) => awaitedByRule(rule, verdict, sessions)),
  ].toSorted(byDue);
}

/** Tasks of the plan, and those of the patient that belong to no plan, such as to look after a signal. */
async function openTasksOf({ plan, sessions, progress, reader }: UpcomingSource): Promise<Task[]> {
  const own = `CarePlan/${plan.id}`;
  const patient = plan.subject?.reference;
  if (patient === undefined) return [];
  const tasks = await reader.find<Task>('Task', [
    ['patient', patient],
    ['status', openTasks],
  ]);
  const begun = instantOf(plan.period?.start ?? plan.created) ?? Number.NEGATIVE_INFINITY;
  return tasks.filter((task) => {
    const plans = (task.basedOn ?? []).filter(({ reference }) => reference?.startsWith('CarePlan/'));
    const isOwn =
      plans.length === 0
        ? (instantAfter(task.authoredOn) ?? Number.POSITIVE_INFINITY) >= begun
        : plans.some(({ reference }) => reference === own);
    return isOwn && !isPerformed(task, progress) && !isPassedOver(task, sessions);
  });
}

/** A step of the protocol that nobody took up, and whose time had ended when a later session began. */
function isPassedOver({ status, instantiatesUri, restriction }: Task, sessions: readonly Session[]): boolean {
  const end = instantAfter(restriction?.period?.end);
  if (status !== 'draft' || instantiatesUri === undefined || end === undefined) return false;
  return sessions.some(({ begun, start }) => begun && start !== undefined && start >= end);
}

/** Whether it was carried out, though nobody has closed it. */
function isPerformed(request: ServiceRequest | Task, progress: CourseProgress): boolean {
  const asked = request as unknown as Resource;
  if (performedEvent(asked, progress)) return true;
  const { start } = 'restriction' in request ? (request.restriction?.period ?? {}) : {};
  const since = instantOf(start ?? request.authoredOn);
  return askedForms(asked).some((form) =>
    progress.answers
      .get(form)
      ?.some((authored) => since !== undefined && (instantAfter(authored) ?? since) >= since),
  );
}

async function appointmentsFor(
  orders: readonly ServiceRequest[],
  reader: ResourceReader,
): Promise<Appointment[]> {
  if (orders.length === 0) return [];
  return reader.find<Appointment>('Appointment', [
    ['based-on', orders.map(({ id }) => `ServiceRequest/${id}`).join(',')],
    ['status', openAppointments],
  ]);
}

function plannedSession(session: Session): UpcomingStep {
  const { performedPeriod, performedDateTime } = session.procedure;
  return {
    kind: 'session',
    title: sessionTitle(session.kind, session.number),
    session: labelOf(session),
    due: performedPeriod?.start ?? performedDateTime,
    reference: session.reference,
  };
}

function orderedStep(order: ServiceRequest): UpcomingStep {
  const { id, code, occurrencePeriod, occurrenceDateTime, occurrenceTiming } = order;
  const span = occurrencePeriod ?? occurrenceTiming?.repeat?.boundsPeriod;
  const asked = askedSession(order as unknown as Resource);
  return {
    kind: asked ? 'session' : 'request',
    title: asked ? sessionTitle(asked.kind, asked.number) : (textOf(code) ?? 'Order'),
    ...(asked ? { session: `${asked.kind} ${asked.number}` } : {}),
    ...dueWithin(span ?? { start: occurrenceDateTime ?? occurrenceTiming?.event?.[0] }),
    reference: `ServiceRequest/${id}`,
  };
}

function withAppointment(step: UpcomingStep, { id, start, requestedPeriod }: Appointment): UpcomingStep {
  const { until: _, ...rest } = step;
  return {
    ...rest,
    kind: 'appointment',
    due: start ?? requestedPeriod?.[0]?.start ?? step.due,
    reference: `Appointment/${id}`,
  };
}

function taskStep({ id, code, description, restriction }: Task): UpcomingStep {
  return {
    kind: 'task',
    title: textOf(code) ?? description ?? 'Task',
    ...dueWithin(restriction?.period ?? {}),
    reference: `Task/${id}`,
  };
}

/** From its beginning it is due; what has an end only is due by then. */
function dueWithin({ start, end }: Span): Pick<UpcomingStep, 'due' | 'until'> {
  return start === undefined ? { due: end } : { due: start, ...(end === undefined ? {} : { until: end }) };
}

/** A rule that waits for something until a time. */
function awaitedByRule(
  rule: string,
  { status, due, text, resources }: Verdict,
  sessions: readonly Session[],
): UpcomingStep[] {
  if (status !== 'not-yet' || due === undefined) return [];
  const about = sessions.find(({ reference }) => resources.includes(reference));
  return [
    {
      kind: 'rule',
      rule,
      title: text,
      ...(about ? { session: labelOf(about) } : {}),
      due: new Date(due).toISOString(),
      reference: about?.reference ?? resources[0] ?? '',
    },
  ];
}

function byDue(one: UpcomingStep, other: UpcomingStep): number {
  const [a, b] = [one, other].map(({ due }) => instantOf(due) ?? Number.MAX_SAFE_INTEGER);
  return a! - b! || one.title.localeCompare(other.title) || one.reference.localeCompare(other.reference);
}
