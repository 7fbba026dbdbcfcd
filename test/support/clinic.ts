/** A clinic that runs a course: a server with a patient, on which a protocol becomes a plan and is carried out. */
import type { CourseResources } from './course.ts';
import { type PlannedSession, partsOf, plannedSessions, playedPlan } from './played-plan.ts';
import { type RunningServer, startServer } from './server.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

/** In time to come: what is planned is not late when it is recorded. */
export const start = '2036-03-03T09:00:00Z';

/** Each protocol is played on a server of its own: what one enforces is nothing to the others. */
export async function clinic(): Promise<RunningServer> {
  const server = await startServer({
    guide: 'shipped',
    environment: { VALIDATION: 'base', PROTOCOL_MODE: 'enforce' },
  });
  await stored(server, { resourceType: 'Patient', id: 'pat', birthDate: '1984-03-18', gender: 'male' });
  await stored(server, { resourceType: 'Practitioner', id: 'paul' });
  return server;
}

export async function stored(server: RunningServer, resource: Any): Promise<void> {
  const { status, text } = await server.send('PUT', `/${resource.resourceType}/${resource.id}`, {
    body: resource,
  });
  if (status > 201) throw new Error(`${resource.resourceType}/${resource.id}: ${text}`);
}

export async function transaction(server: RunningServer, resources: readonly Any[]) {
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  return server.send('POST', '', { body: { resourceType: 'Bundle', type: 'transaction', entry } });
}

/** What a refusal says. */
export function said({ status, body }: Any): string {
  const issues: Any[] = status < 400 ? [] : body.issue;
  return issues.map(({ details, expression }) => `${expression} ${details.text}`).join('; ');
}

export async function found(server: RunningServer, path: string): Promise<Any[]> {
  const { body } = await server.send('GET', `${path}&_count=200`);
  return (body.entry ?? []).map(({ resource }: Any) => resource);
}

export const parameters = (more: readonly Any[] = []) => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'subject', valueString: 'Patient/pat' },
    { name: 'practitioner', valueString: 'Practitioner/paul' },
    { name: 'startDate', valueDateTime: start },
    ...more,
  ],
});

export const persist = { name: 'persist', valueBoolean: true };

export interface OpenedCourse {
  /** The CarePlan, active. */
  readonly plan: Any;
  /** Those that its orders ask for, in order. */
  readonly sessions: readonly PlannedSession[];
  readonly resources: CourseResources;
  /** Records the next sessions, each in a transaction; all that follow without a number. */
  readonly hold: (count?: number) => Promise<void>;
}

/** A protocol applied to the patient, its plan stored and active, and the course begun. */
export async function openedCourse(server: RunningServer, protocol: string): Promise<OpenedCourse> {
  const path = `/PlanDefinition/${protocol}/$apply`;
  const { body: draft } = await server.send('POST', path, { body: parameters([persist]) });
  const orders = await found(server, `/ServiceRequest?based-on=CarePlan/${draft.id}`);
  const sessions = plannedSessions(orders);
  const [prescription] = await found(server, '/MedicationRequest?subject=Patient/pat');
  const resources = playedPlan(draft.id, sessions, prescription);
  const active = { ...draft, status: 'active', careTeam: [{ reference: 'CareTeam/team' }] };
  const plan = { ...active, addresses: [{ reference: 'Condition/c' }] };
  await stored(server, plan);
  const course = resources.get('Procedure/course');
  const before = apartFrom(resources, sessions);
  await recorded(
    server,
    before.map((one) => (one === course ? { ...one, status: 'in-progress' } : one)),
  );
  const left = [...sessions];
  const hold = async (count = left.length) => {
    for (const session of left.splice(0, count)) await recorded(server, partsOf(resources, session));
  };
  return { plan, sessions, resources, hold };
}

async function recorded(server: RunningServer, resources: readonly Any[]): Promise<void> {
  const answer = await transaction(server, resources);
  if (answer.status !== 200) throw new Error(said(answer));
}

/** What there is before any session. */
export function apartFrom(resources: CourseResources, sessions: readonly PlannedSession[]): Any[] {
  const parts = new Set(sessions.flatMap((session) => partsOf(resources, session)));
  return [...resources.values()].filter((one) => !parts.has(one));
}
