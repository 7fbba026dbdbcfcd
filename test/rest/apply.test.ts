/** PlanDefinition/$apply over HTTP: the protocols of the guide become plans, and the plans are carried out. */
import t from 'tap';
import { protocolRules } from '../../src/protocol/rules/rules.ts';
import {
  apartFrom,
  clinic,
  found,
  openedCourse,
  parameters,
  persist,
  said,
  start,
  stored,
  transaction,
} from '../support/clinic.ts';
import { partsOf, plannedSessions, playedPlan } from '../support/played-plan.ts';
import type { RunningServer } from '../support/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

const base = 'https://w3id.org/kat-fhir';

/** Protocols of the guide with what they plan: preparations, medicine sessions, integrations. */
const protocols: Readonly<Record<string, readonly [number, number, number]>> = {
  'kat-protocol': [3, 6, 6],
  'kat-protocol-iv-6': [3, 6, 6],
  'kat-protocol-im-escalating': [3, 5, 5],
  'kat-protocol-sublingual': [2, 6, 6],
  'kat-protocol-esketamine-label': [1, 8, 8],
  'kat-protocol-infusion-only': [0, 6, 0],
};

/** Rules that have nothing to say in a protocol that asks for neither preparation nor integration. */
const silent: Readonly<Record<string, readonly string[]>> = { 'kat-protocol-infusion-only': ['R03', 'R05'] };

/** What `$protocol-check` of the course says at a time, `R05 fail: …` and its like. */
async function verdicts(server: RunningServer, now: number): Promise<string[]> {
  const path = `/Procedure/course/$protocol-check?at=${new Date(now).toISOString()}`;
  const { body } = await server.send('GET', path);
  return body.parameter.flatMap(({ name, part = [] }: Any) => {
    const partOf = (of: string) => part.find((one: Any) => one.name === of);
    return name === 'result'
      ? `${partOf('rule').valueCode} ${partOf('status').valueCode}: ${partOf('text')?.valueString}`
      : [];
  });
}

const withStatus = (list: readonly string[], ...statuses: string[]) =>
  list.filter((line) => statuses.some((status) => line.includes(` ${status}:`)));

for (const [id, [preparations, medicines, integrations]] of Object.entries(protocols)) {
  t.test(`${id} becomes a plan, and the plan, carried out, keeps every rule`, async (t) => {
    const server = await clinic();
    t.teardown(() => server.close());

    const transient = await server.send('POST', `/PlanDefinition/${id}/$apply`, { body: parameters() });
    t.equal(transient.status, 200);
    const judged = await server.send('POST', '/CarePlan/$validate', { body: transient.body });
    const wrong = judged.body.issue.filter(({ severity }: Any) => severity !== 'information');
    t.same(wrong, [], 'it validates');
    t.same(
      transient.body.meta.profile,
      [`${base}/StructureDefinition/kat-care-plan`],
      'as a plan of the guide',
    );
    t.same(await found(server, '/CarePlan?subject=Patient/pat'), [], 'nothing is stored unasked');

    const answer = await server.send('POST', `/PlanDefinition/${id}/$apply`, { body: parameters([persist]) });
    t.equal(answer.status, 200, said(answer));
    const plan = answer.body;
    const orders = await found(server, `/ServiceRequest?based-on=CarePlan/${plan.id}`);
    const sessions = plannedSessions(orders);
    const count = (kind: string) => sessions.filter((session) => session.kind === kind).length;
    t.same(
      [count('preparation'), count('medicine'), count('integration')],
      [preparations, medicines, integrations],
      'as many sessions as the protocol plans',
    );
    const [group] = await found(server, `/RequestGroup?subject=Patient/pat`);
    t.equal(plan.activity[0].reference.reference, `RequestGroup/${group.id}`);
    const [prescription] = await found(server, '/MedicationRequest?subject=Patient/pat');

    const resources = playedPlan(plan.id, sessions, prescription);
    if (integrations === 0) for (const one of resources.values()) withoutTherapist(one);
    const active = { ...plan, status: 'active', careTeam: [{ reference: 'CareTeam/team' }] };
    await stored(server, { ...active, addresses: [{ reference: 'Condition/c' }] });
    const course = resources.get('Procedure/course');
    const before = apartFrom(resources, sessions);
    const opened = await transaction(
      server,
      before.map((one) => (one === course ? { ...one, status: 'in-progress' } : one)),
    );
    t.equal(opened.status, 200, said(opened));
    const atStart = await verdicts(server, Date.parse(start));
    t.same(withStatus(atStart, 'fail'), [], 'no rule is broken at the start');

    for (const session of sessions) {
      const held = await transaction(server, partsOf(resources, session));
      t.equal(held.status, 200, `${session.kind} ${session.number} is accepted: ${said(held)}`);
    }
    await stored(server, course);
    const atEnd = await verdicts(server, sessions.at(-1)!.start + 90 * 86_400_000);
    const open = withStatus(atEnd, 'fail', 'not-yet', 'overridden');
    t.same(open, [], 'every rule is kept at the end');
    const passed = new Set(withStatus(atEnd, 'pass').map((line) => line.slice(0, 3)));
    t.same(
      protocolRules.map(({ key }) => key).filter((key) => !passed.has(key)),
      silent[id] ?? [],
      'every rule has something to judge, and passes',
    );

    const again = await server.send('POST', `/PlanDefinition/${id}/$apply`, { body: parameters() });
    const left = again.body.contained.filter(({ resourceType }: Any) => resourceType === 'ServiceRequest');
    t.same(left, [], 'no session is planned any more');
  });
}

t.test('a course that runs is planned from where it stands', async (t) => {
  const server = await clinic();
  t.teardown(() => server.close());
  const id = 'kat-protocol-iv-6';
  const { plan, sessions, hold } = await openedCourse(server, id);
  // Three preparations, then two cycles of a medicine session with its integration.
  await hold(7);
  const next = sessions[7]!;
  const body = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'url', valueUri: `${base}/PlanDefinition/${id}` },
      { name: 'subject', valueString: 'Patient/pat' },
      { name: 'startDate', valueDateTime: new Date(sessions[6]!.start + 3_600_000).toISOString() },
    ],
  };
  const { body: rest } = await server.send('POST', '/PlanDefinition/$apply', { body });
  const ids = rest.contained.map((one: Any) => one.id);
  t.same(rest.basedOn, [{ reference: `CarePlan/${plan.id}` }], 'it belongs to the plan that runs');
  t.same(
    ids.filter((one: string) => /^(?:medicine|integration|prepare)-/.test(one)),
    [
      'medicine-3',
      'integration-3',
      'medicine-4',
      'integration-4',
      'medicine-5',
      'integration-5',
      'medicine-6',
      'integration-6',
    ],
  );
  t.same(
    ids.filter((one: string) => ['screen', 'decide', 'consent', 'order', 'check-2', 'score-1'].includes(one)),
    [],
    'what lies behind is left out',
  );
  t.ok(ids.includes('score-end') && ids.includes('follow-up') && ids.includes('check-3'));
  const third = rest.contained.find((one: Any) => one.id === 'medicine-3');
  t.equal(Date.parse(third.occurrencePeriod.start), next.start, 'three days after the second session began');
});

t.test('stored again, the plan that runs goes on with what is to come', async (t) => {
  const server = await clinic();
  t.teardown(() => server.close());
  const path = '/PlanDefinition/kat-protocol-iv-6/$apply';
  const { plan, sessions, hold } = await openedCourse(server, 'kat-protocol-iv-6');
  // Three preparations, then three of six medicine sessions, each with its integration.
  await hold(9);
  const late = { name: 'startDate', valueDateTime: new Date(sessions[8]!.start + 3_600_000).toISOString() };
  const given = parameters([persist]).parameter.filter(({ name }) => name !== 'startDate');
  const body = { resourceType: 'Parameters', parameter: [...given, late] };
  const proposed = await server.send('POST', path, {
    body: { ...body, parameter: body.parameter.filter((one) => one !== persist) },
  });
  const once = await server.send('POST', path, { body });
  t.equal(once.status, 200, said(once));
  t.equal(once.body.id, plan.id, 'it is the same plan');
  t.equal(once.body.status, 'active');
  t.equal(Number(once.body.meta.versionId), Number(plan.meta.versionId) + 2, 'in a new version');

  const orders = await found(server, `/ServiceRequest?based-on=CarePlan/${plan.id}`);
  const open = orders.filter(({ status }) => status === 'draft');
  const added = open.filter(({ replaces }) => replaces !== undefined);
  const left = plannedSessions(added);
  t.strictSame(
    left.map(({ kind, number }) => `${kind} ${number}`),
    ['medicine 4', 'integration 4', 'medicine 5', 'integration 5', 'medicine 6', 'integration 6'],
  );
  const dates = (list: readonly Any[]) => plannedSessions(list).map((one) => one.start);
  t.strictSame(dates(added), dates(proposed.body.contained.filter(isOrder)), 'dated as it was proposed');
  t.equal(left[0]!.start, sessions[9]!.start, 'three days after the third session began');
  const replaced = orders.filter(({ status }) => status === 'revoked').map(({ id }) => id);
  t.strictSame(
    added.map(({ replaces }) => replaces[0].reference.split('/')[1]).toSorted(),
    replaced.toSorted(),
    'each takes the place of one that is revoked',
  );
  t.equal(open.length - added.length, sessions.length - 6, 'what was carried out stays as it was');
  const groups = await found(server, '/RequestGroup?subject=Patient/pat');
  t.strictSame(groups.map(({ status }) => status).toSorted(), ['draft', 'revoked']);
  const current = groups.find(({ status }) => status === 'draft');
  t.strictSame(once.body.activity, [{ reference: { reference: `RequestGroup/${current.id}` } }]);

  const accepted = added.find(({ extension }) => extension[0].valuePositiveInt === 4);
  await stored(server, { ...accepted, status: 'active' });
  const twice = await server.send('POST', path, { body });
  t.equal(twice.status, 200, said(twice));
  const after = await found(server, `/ServiceRequest?based-on=CarePlan/${plan.id}`);
  const stands = after.filter(({ id }) => id === accepted.id).map(({ status }) => status);
  t.strictSame(stands, ['active'], 'what somebody has accepted stands');
  t.equal(
    after.filter(({ status, replaces }) => status === 'draft' && replaces !== undefined).length,
    5,
    'and is not asked for again',
  );
});

t.test('every parameter of the base operation is taken, and the definition can make use of it', async (t) => {
  const server = await clinic();
  t.teardown(() => server.close());
  await stored(server, { resourceType: 'Organization', id: 'house', name: 'House' });
  const visit = { resourceType: 'Encounter', id: 'now', status: 'planned', class: { code: 'AMB' } };
  await stored(server, visit);
  const fhirpath = (expression: string) => ({ language: 'text/fhirpath', expression });
  const names = ['userType', 'userLanguage', 'userTaskContext', 'setting', 'settingContext'];
  const activity = {
    ...{ resourceType: 'ActivityDefinition', id: 'own', status: 'active', kind: 'ServiceRequest' },
    code: { text: 'A talk' },
  };
  const action = {
    id: 'talk',
    definitionCanonical: '#own',
    condition: [{ kind: 'applicability', expression: fhirpath("%userType.text = 'a userType'") }],
    dynamicValue: [
      {
        path: 'patientInstruction',
        expression: fhirpath(`${names.map((name) => `%${name}.text`).join(" & ', ' & ")}`),
      },
      {
        path: 'note.text',
        expression: fhirpath('%encounter.id & %practitioner.id & %organization.id & %subject.id'),
      },
    ],
  };
  const planDefinition = {
    resourceType: 'PlanDefinition',
    status: 'active',
    contained: [activity],
    action: [action],
  };
  const given = (more: readonly Any[]) => ({
    resourceType: 'Parameters',
    parameter: [
      { name: 'planDefinition', resource: planDefinition },
      { name: 'subject', valueString: 'Patient/pat' },
      { name: 'encounter', valueString: 'Encounter/now' },
      { name: 'practitioner', valueString: 'Practitioner/paul' },
      { name: 'organization', valueString: 'Organization/house' },
      ...more,
    ],
  });
  const circumstances = names.map((name) => ({ name, valueCodeableConcept: { text: `a ${name}` } }));
  const path = '/PlanDefinition/$apply';
  const { status, body } = await server.send('POST', path, { body: given(circumstances) });
  t.equal(status, 200, said({ status, body }));
  const talk = body.contained.find((one: Any) => one.id === 'talk');
  t.equal(talk.resourceType, 'ServiceRequest', 'what the plan brings along defines the step');
  t.equal(talk.code.text, 'A talk');
  t.equal(talk.patientInstruction, names.map((name) => `a ${name}`).join(', '));
  t.equal(talk.note[0].text, 'nowpaulhousepat');
  t.same(
    body.contained.filter((one: Any) => one.resourceType === 'OperationOutcome'),
    [],
  );
  const without = await server.send('POST', path, { body: given([]) });
  t.notOk(
    without.body.contained.some((one: Any) => one.id === 'talk'),
    'the condition does not hold',
  );
});

t.test('what cannot be applied is refused', async (t) => {
  const server = await clinic();
  t.teardown(() => server.close());
  const apply = '/PlanDefinition/kat-protocol-iv-6/$apply';
  const plan = { resourceType: 'PlanDefinition', status: 'active', action: { title: 'No list' } };
  const given = { name: 'planDefinition', resource: plan };
  const cases: readonly (readonly [string, number, string, Any?])[] = [
    ['no subject', 400, apply],
    ['a subject that is not here', 400, `${apply}?subject=Patient/nobody`],
    ['a subject that is no reference', 400, `${apply}?subject=nobody`],
    ['a beginning that is no date', 400, `${apply}?subject=Patient/pat&startDate=soon`],
    ['to store by GET', 400, `${apply}?subject=Patient/pat&persist=true`],
    ['no definition', 400, '/PlanDefinition/$apply?subject=Patient/pat'],
    ['an unknown definition', 404, '/PlanDefinition/$apply?subject=Patient/pat&url=http://example.org/x'],
    ['a definition that is not here', 404, '/PlanDefinition/none/$apply?subject=Patient/pat'],
    ['a running plan that is not here', 400, `${apply}?subject=Patient/pat&carePlan=CarePlan/x`],
    ['a definition that is not valid', 422, '/PlanDefinition/$apply', parameters([given])],
  ];
  for (const [what, status, path, body] of cases) {
    const answer = await server.send(body ? 'POST' : 'GET', path, body ? { body } : {});
    t.equal(answer.status, status, what);
    t.equal(answer.body.resourceType, 'OperationOutcome', what);
  }
  t.same(await found(server, '/CarePlan?subject=Patient/pat'), []);
});

t.test('several subjects are answered in a Bundle, in their order', async (t) => {
  const server = await clinic();
  t.teardown(() => server.close());
  await stored(server, { resourceType: 'Patient', id: 'second' });
  const path = '/PlanDefinition/kat-protocol/$apply?subject=Patient/second&subject=Patient/pat';
  const { status, body } = await server.send('GET', path);
  t.equal(status, 200);
  t.same(
    body.entry.map(({ resource }: Any) => resource.subject.reference),
    ['Patient/second', 'Patient/pat'],
  );
});

t.test('an activity becomes a request of its kind that is valid', async (t) => {
  const server = await clinic();
  t.teardown(() => server.close());
  const kinds = {
    'kat-medicine-session': 'ServiceRequest',
    'kat-score-phq-9': 'Task',
    'kat-order-iv': 'MedicationRequest',
  };
  for (const [id, type] of Object.entries(kinds)) {
    const path = `/ActivityDefinition/${id}/$apply?subject=Patient/pat&startDate=2026-03-02`;
    const { status, body } = await server.send('GET', path);
    t.equal(status, 200, id);
    t.equal(body.resourceType, type, id);
    t.equal((body.subject ?? body.for).reference, 'Patient/pat');
    const judged = await server.send('POST', `/${type}/$validate`, { body });
    t.same(
      judged.body.issue.filter(({ severity }: Any) => severity === 'error'),
      [],
      id,
    );
  }
});

const isOrder = ({ resourceType }: Any): boolean => resourceType === 'ServiceRequest';

/** The comparator has no therapist. */
function withoutTherapist(resource: Any): void {
  if (resource.resourceType === 'Procedure')
    resource.performer = resource.performer?.filter(
      (one: Any) => one.function.coding[0].code !== 'therapist',
    );
}
