/** $timeline: stories of the examples against what was written by hand from their READMEs, and a course that runs. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { clinic, openedCourse, stored } from '../support/clinic.ts';
import { type RunningServer, startServer } from '../support/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

const stories = new URL('../../examples/', import.meta.url);
const compact = { headers: { accept: 'application/json; view=compact' } };
const hour = 3_600_000;

const server = await startServer({ guide: 'shipped', environment: { PROTOCOL_MODE: 'off' } });
t.teardown(() => server.close());

/** @returns `CarePlan/ID` of the story */
async function planOf(story: string): Promise<string> {
  const body = readFileSync(new URL(`${story}/bundle.json`, stories), 'utf8');
  const answer = await server.send('POST', '', { body });
  const places: string[] = answer.body.entry.map(({ response }: Any) => response.location ?? '');
  return places.flatMap((place) => /CarePlan\/[^/]+/.exec(place) ?? [])[0]!;
}

const six = await planOf('trd-iv-six');

async function told(path: string, of: RunningServer = server): Promise<Any> {
  const { status, body, text } = await of.send('GET', path, compact);
  if (status !== 200) throw new Error(text);
  return body;
}

const line = ({ time, session, point, title, value }: Any): string =>
  [time.slice(0, 16), session, point, title, value].filter((one) => one !== undefined).join(' | ');

t.test('the sessions and scores of a course stand in the order of time', async (t) => {
  const { plan, subject, status, events, next } = await told(`/${six}/$timeline?kind=session&kind=score`);
  t.equal(plan, six);
  t.match(subject, /^Patient\//);
  t.equal(status, 'completed');
  const phq9 = 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]';
  t.strictSame(events.map(line), [
    '2026-05-19T14:00 | preparation 1 | Preparation session 1',
    '2026-05-22T10:00 | preparation 2 | Preparation session 2',
    '2026-05-28T14:00 | preparation 3 | Preparation session 3',
    `2026-05-28T14:05 | preparation 3 | ${phq9} | 21`,
    '2026-06-01T09:00 | medicine 1 | Medicine session 1',
    '2026-06-02T15:00 | integration 1 | Integration session 1',
    `2026-06-02T15:00 | integration 1 | ${phq9} | 16`,
    '2026-06-04T09:00 | medicine 2 | Medicine session 2',
    '2026-06-05T10:00 | integration 2 | Integration session 2',
    `2026-06-05T10:00 | integration 2 | ${phq9} | 17`,
    '2026-06-08T13:00 | medicine 3 | Medicine session 3',
    '2026-06-10T09:30 | integration 3 | Integration session 3',
    `2026-06-10T09:30 | integration 3 | ${phq9} | 12`,
    '2026-06-11T09:00 | medicine 4 | Medicine session 4',
    '2026-06-12T10:00 | integration 4 | Integration session 4',
    `2026-06-12T10:00 | integration 4 | ${phq9} | 9`,
    '2026-06-15T09:00 | medicine 5 | Medicine session 5',
    '2026-06-16T15:00 | integration 5 | Integration session 5',
    `2026-06-16T15:00 | integration 5 | ${phq9} | 7`,
    '2026-06-18T09:10 | medicine 6 | Medicine session 6',
    '2026-06-19T11:00 | integration 6 | Integration session 6',
    `2026-06-19T11:00 | integration 6 | ${phq9} | 4`,
  ]);
  t.strictSame(next, [], 'of a course that has ended nothing is to come');
});

t.test('a session has its assessments, vital signs at their points, and its dose', async (t) => {
  const { events } = await told(`/${six}/$timeline?start=2026-06-08&end=2026-06-08`);
  const pressure = 'Blood pressure panel with all children optional';
  const oxygen = 'Oxygen saturation in Arterial blood';
  t.strictSame(
    events.map((event: Any) => `${event.kind}: ${line(event).replace('2026-06-08T', '')}`),
    [
      'session: 13:00 | medicine 3 | Medicine session 3',
      'assessment: 13:10 | medicine 3 | Suicide risk | No risk found',
      'assessment: 13:10 | medicine 3 | Urine pregnancy test | Pregnancy test negative',
      `vital: 13:25 | medicine 3 | baseline | ${pressure} | 128/80 mmHg`,
      'vital: 13:25 | medicine 3 | baseline | Heart rate | 76 beats/minute',
      `vital: 13:25 | medicine 3 | baseline | ${oxygen} | 97 %`,
      'dose: 13:40 | medicine 3 | Ketamine 10 mg/mL, solution for injection | 36 mg',
      `vital: 14:00 | medicine 3 | during | ${pressure} | 141/87 mmHg`,
      `vital: 14:20 | medicine 3 | peak | ${pressure} | 148/91 mmHg`,
      'vital: 14:20 | medicine 3 | peak | Heart rate | 92 beats/minute',
      `vital: 14:20 | medicine 3 | peak | ${oxygen} | 96 %`,
      `vital: 15:55 | medicine 3 | pre-discharge | ${pressure} | 126/78 mmHg`,
      'vital: 15:55 | medicine 3 | pre-discharge | Heart rate | 74 beats/minute',
      `vital: 15:55 | medicine 3 | pre-discharge | ${oxygen} | 98 %`,
      'assessment: 16:05 | medicine 3 | Readiness to leave | yes',
    ],
  );
});

t.test('a course rests on the decision and the consent before it', async (t) => {
  const { events } = await told(`/${six}/$timeline?end=2026-05-18`);
  t.strictSame(events.map(line), [
    '2026-05-12T11:30 | Eligibility decision | Eligible',
    '2026-05-14T10:20 | Informed consent | active',
  ]);
});

t.test('adverse events and deviations are told with their session', async (t) => {
  const plan = await planOf('stopped-for-blood-pressure');
  const { events, next } = await told(`/${plan}/$timeline?kind=adverse-event&kind=deviation`);
  t.equal(events.length, 3);
  t.strictSame(
    events.map(({ kind, session }: Any) => `${kind} ${session}`),
    ['deviation medicine 2', 'adverse-event medicine 2', 'deviation medicine 2'],
  );
  t.match(line(events[0]), /^2026-07-23T09:30 \| medicine 2 \| R09 Blood pressure gate \| Taken three times/);
  t.match(line(events[1]), /Finding of increased blood pressure \| Non-serious, severe, Resolved$/);
  t.strictSame(next, [], 'a course that was stopped asks for nothing');
  const held = await told(`/${plan}/$timeline?kind=session&start=2026-07-27`);
  t.strictSame(
    held.events.map(line),
    ['2026-07-27T09:00 | medicine 3 | Medicine session 3 | not-done'],
    'that a session was not held is said',
  );
});

t.test('the Bundle holds the same, resource by resource, and is valid', async (t) => {
  const { events } = await told(`/${six}/$timeline`);
  const { status, headers, body, text } = await server.send('GET', `/${six}/$timeline`);
  t.equal(status, 200);
  t.match(headers.get('content-type'), 'application/fhir+json');
  t.equal(body.type, 'collection');
  t.strictSame(
    body.entry.map(({ resource }: Any) => `${resource.resourceType}/${resource.id}`),
    events.map(({ reference }: Any) => reference),
  );
  const judged = await server.send('POST', '/Bundle/$validate', { body: text });
  t.strictSame(
    judged.body.issue.filter(({ severity }: Any) => severity === 'error'),
    [],
  );
  const doses = await server.send('GET', `/${six}/$timeline?_type=MedicationAdministration`);
  t.equal(doses.body.entry.length, 6);
});

t.test('a view or a kind that does not exist is refused', async (t) => {
  for (const [path, view] of [
    [`/${six}/$timeline`, 'table'],
    [`/${six}`, 'compact'],
  ] as const) {
    const accept = `application/json; view=${view}`;
    const { status, body } = await server.send('GET', path, { headers: { accept } });
    t.equal(status, 406, `${path} as ${view}`);
    t.equal(body.issue[0].details.coding[0].code, 'not-acceptable');
  }
  t.equal((await server.send('GET', `/${six}/$timeline?kind=lunch`)).status, 400);
  t.equal((await server.send('GET', '/CarePlan/nobody/$timeline')).status, 404);
});

t.test('of a course that runs, it tells what is next and when it is due', async (t) => {
  const running = await clinic();
  t.teardown(() => running.close());
  const { plan, sessions, hold } = await openedCourse(running, 'kat-protocol-iv-6');
  // Three preparations, a medicine session with its integration, and the next medicine session.
  await hold(6);
  const second = sessions[5]!;
  const orders = await running.send('GET', `/ServiceRequest?based-on=CarePlan/${plan.id}&_count=50`);
  const third = orders.body.entry.find(({ resource }: Any) => isOrderOf(resource, 'medicine', 3)).resource;
  const booked = new Date(second.start + 74 * hour).toISOString();
  await stored(running, {
    resourceType: 'Appointment',
    id: 'third',
    status: 'booked',
    start: booked,
    end: new Date(second.start + 77 * hour).toISOString(),
    basedOn: [{ reference: `ServiceRequest/${third.id}` }],
    participant: [{ actor: { reference: 'Patient/pat' }, status: 'accepted' }],
  });
  const dayAfter = new Date(second.start + 24 * hour).toISOString();
  const path = `/CarePlan/${plan.id}/$timeline`;

  const { next, at, events } = await told(`${path}?at=${dayAfter}`, running);
  t.equal(Date.parse(at), Date.parse(dayAfter));
  t.equal(events.findLast(({ kind }: Any) => kind === 'session').title, 'Medicine session 2');
  // It ended after three hours; the guide gives 72 hours from then on.
  const rule = next.find(({ kind }: Any) => kind === 'rule');
  t.strictSame(rule, {
    due: new Date(second.start + 75 * hour).toISOString(),
    kind: 'rule',
    session: 'medicine 2',
    title: 'Integration is still to come',
    rule: 'R05',
    reference: 'Procedure/medicine-2',
  });
  t.strictSame(
    next.filter(({ session, kind }: Any) => session && kind !== 'rule').map(({ session }: Any) => session),
    [
      ...['integration 2', 'medicine 3', 'integration 3', 'medicine 4', 'integration 4'],
      ...['medicine 5', 'integration 5', 'medicine 6', 'integration 6'],
    ],
    'every session that was not held, in order',
  );
  const appointment = next.find(({ session }: Any) => session === 'medicine 3');
  t.strictSame(
    [appointment.kind, appointment.due, appointment.reference],
    ['appointment', booked, 'Appointment/third'],
    'what was booked takes the place of its order',
  );
  const dues = next.map(({ due }: Any) => Date.parse(due));
  t.strictSame(
    dues,
    dues.toSorted((one: number, other: number) => one - other),
  );
  t.notOk(
    next.some(({ overdue }: Any) => overdue),
    'nothing is late a day after the session',
  );

  const later = await told(`${path}?at=${new Date(second.start + 96 * hour).toISOString()}`, running);
  t.strictSame(
    later.next.filter(({ overdue, session }: Any) => overdue && session).map(({ session }: Any) => session),
    ['integration 2', 'medicine 3'],
    'four days after it, two sessions are overdue',
  );

  const bundle = await running.send('GET', `${path}?at=${dayAfter}`);
  const tail = bundle.body.entry.slice(-next.length).map(({ resource }: Any) => resource);
  const proposed = tail.filter(({ intent, id }: Any) => intent === 'proposal' && id === undefined);
  t.equal(proposed.length, 1, 'the Bundle tells what a rule waits for as a proposed Task');
  t.strictSame(
    [proposed[0].code.coding[0].code, proposed[0].focus.reference, proposed[0].restriction.period.end],
    ['R05', 'Procedure/medicine-2', rule.due],
  );
  t.strictSame(
    tail.filter(({ id }: Any) => id).map((one: Any) => `${one.resourceType}/${one.id}`),
    next.filter((one: Any) => one !== rule).map(({ reference }: Any) => reference),
  );
  const judged = await running.send('POST', '/Bundle/$validate', { body: bundle.text });
  t.strictSame(
    judged.body.issue.filter(({ severity, details }: Any) => severity === 'error' && details),
    [],
  );
  t.strictSame((await told(`${path}?at=${dayAfter}`, running)).next, next, 'asked again, it says the same');
});

t.test('notes of psychotherapy are not told', async (t) => {
  const { events } = await told(`/${six}/$timeline?kind=score`);
  const score = (await server.send('GET', `/${events.at(-1).reference}`)).body;
  const label = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' };
  await stored(server, { ...score, meta: { ...score.meta, security: [label] } });
  const after = await told(`/${six}/$timeline?kind=score`);
  t.equal(after.events.length, events.length - 1);
  t.notOk(after.events.some(({ reference }: Any) => reference === `Observation/${score.id}`));
});

function isOrderOf({ code, extension }: Any, kind: string, number: number): boolean {
  return code.coding[0].code === kind && extension[0].valuePositiveInt === number;
}
