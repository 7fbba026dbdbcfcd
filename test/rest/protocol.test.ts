/** The rules of the protocol over HTTP: what a breach leads to under each mode, and what sets the mode. */
import t from 'tap';
import { said, stored, transaction } from '../support/clinic.ts';
import { type CourseResources, deviation, shippedProtocol } from '../support/course.ts';
import { keysOf, type RunningServer, startServer } from '../support/server.ts';
import { type SessionToCome, sessionToCome } from '../support/session-to-come.ts';
import { toldByRules } from '../support/told-by-rules.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

const modes = ['off', 'advise', 'enforce'] as const;
type Mode = (typeof modes)[number];

const servers = Object.fromEntries(
  await Promise.all(
    modes.map(async (mode) => [
      mode,
      await startServer({
        guide: 'shipped',
        environment: { VALIDATION: 'base', PROTOCOL_MODE: mode },
      }),
    ]),
  ),
) as Record<Mode, RunningServer>;
t.teardown(() => Promise.all(Object.values(servers).map((server) => server.close())));

const told = { prefer: 'return=OperationOutcome' };
const ruleKeys = (outcome: Any) => keysOf(outcome).filter((key) => /^R\d\d$/.test(key));

/** A course that stands on the server up to a session, of which the integration before is not recorded. */
async function notIntegrated(
  server: RunningServer,
  name: string,
  bend: (all: CourseResources) => void = () => {},
): Promise<SessionToCome & { readonly integration: Any }> {
  const course = sessionToCome(name);
  const integration = course.all.get('Procedure/integration-2');
  course.all.delete('Procedure/integration-2');
  bend(course.all);
  const answer = await transaction(server, course.before());
  t.equal(answer.status, 200, said(answer));
  return { ...course, integration };
}

const put = (server: RunningServer, resource: Any, headers = {}) =>
  server.send('PUT', `/${resource.resourceType}/${resource.id}`, { body: resource, headers });

t.test('off: nothing is said, whatever is written', async (t) => {
  const { all } = await notIntegrated(servers.off, 'off');
  const { status, body } = await put(servers.off, all.get('Procedure/medicine-3'), told);
  t.equal(status, 201);
  t.same(ruleKeys(body), []);
});

t.test('advise: what is written is stored, and breaches are warnings for those who ask', async (t) => {
  const { all } = await notIntegrated(servers.advise, 'advise');
  const session = all.get('Procedure/medicine-3');
  const { status, body } = await put(servers.advise, session, told);
  t.equal(status, 201);
  const issue = body.issue.find(({ details }: Any) => details.coding[0].code === 'R06');
  t.equal(issue.severity, 'warning');
  t.same(issue.expression, ['Procedure']);
  t.match(issue.diagnostics, 'Procedure/medicine-2-advise');
  t.equal((await put(servers.advise, session)).body.resourceType, 'Procedure', 'others get the resource');
});

t.test(
  'advise: a history that broke rules is imported in one transaction, each breach at its entry',
  async (t) => {
    const { all } = sessionToCome('history');
    for (const key of ['Procedure/integration-1', 'Consent/consent', 'Observation/risk-2']) all.delete(key);
    const resources = [...all.values()];
    const body = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: resources.map((resource) => ({
        resource,
        request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
      })),
    };
    const answer = await servers.advise.send('POST', '', { body, headers: told });
    t.equal(answer.status, 200, said(answer));
    const at = (id: string) => resources.findIndex((one) => one.id === `${id}-history`);
    const keysAt = (id: string) => ruleKeys(answer.body.entry[at(id)].response.outcome);
    t.ok(keysAt('medicine-1').includes('R02'), 'no consent at the first session');
    t.ok(keysAt('medicine-2').includes('R06'), 'no integration before the second');
    t.ok(keysAt('medicine-2').includes('R14'), 'no screening at the second');
    t.same(keysAt('order'), []);
  },
);

t.test('enforce: a breach is refused with all that one needs to know, and nothing is stored', async (t) => {
  const server = servers.enforce;
  const { session } = await notIntegrated(server, 'refused');
  const parts = session();
  const answer = await transaction(server, parts);
  t.equal(answer.status, 422);
  t.equal(answer.body.resourceType, 'OperationOutcome');
  const errors = answer.body.issue.filter(({ severity }: Any) => severity === 'error');
  t.same(keysOf({ issue: errors }), ['R06']);
  const [{ code, details, diagnostics, expression }] = errors;
  t.equal(code, 'business-rule');
  t.same(details.coding, [{ system: 'https://w3id.org/kat-fhir/CodeSystem/kat-rule', code: 'R06' }]);
  t.equal(details.text, 'The medicine session before was not integrated');
  const at = parts.findIndex(({ id }) => id === 'medicine-3-refused');
  t.same(expression, [`Bundle.entry[${at}].resource`], 'where it stands in what was sent');
  t.match(diagnostics, 'Procedure/medicine-2-refused', 'the resources concerned');
  t.match(diagnostics, 'integration-before-next = true', 'the parameter and its value');
  t.match(diagnostics, 'Source article', 'its source');
  t.match(diagnostics, 'owned by Medical director of the clinic', 'its owner');
  t.match(diagnostics, 'a waiver of R06', 'what would satisfy the rule');
  for (const { resourceType, id } of parts)
    t.equal(
      (await server.send('GET', `/${resourceType}/${id}`)).status,
      404,
      `${resourceType} is not stored`,
    );
});

t.test('enforce: each way to write is guarded', async (t) => {
  const server = servers.enforce;
  const { all, integration } = await notIntegrated(server, 'ways');
  const session = all.get('Procedure/medicine-3');
  const { id, ...unnamed } = session;
  const create = await server.send('POST', '/Procedure', { body: unnamed });
  t.same([create.status, ruleKeys(create.body)[0]], [422, 'R06'], 'create');
  t.equal((await put(server, session)).status, 422, 'update');
  const batch = await server.send('POST', '', {
    body: {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        { resource: unnamed, request: { method: 'POST', url: 'Procedure' } },
        { resource: integration, request: { method: 'PUT', url: `Procedure/${integration.id}` } },
      ],
    },
  });
  const statuses = batch.body.entry.map(({ response }: Any) => response.status.slice(0, 3));
  t.same(statuses, ['422', '201'], 'a batch, entry by entry: what comes later does not count');
  await stored(server, { ...integration, status: 'in-progress' });
  await stored(server, { ...session, status: 'preparation' });
  const patch = await server.send('PATCH', `/Procedure/${id}`, {
    headers: { 'content-type': 'application/json-patch+json' },
    body: [{ op: 'replace', path: '/status', value: 'in-progress' }],
  });
  t.same([patch.status, ruleKeys(patch.body)[0]], [422, 'R06'], 'patch: the session begins');
});

t.test('enforce: a session that is entered late breaks what comes after it', async (t) => {
  const server = servers.enforce;
  const { all } = sessionToCome('late');
  const late = all.get('Procedure/medicine-2');
  const integration = all.get('Procedure/integration-2');
  const planned = { ...late, status: 'preparation' };
  const later = new Set([late, integration, all.get('Procedure/integration-3')]);
  const others = [...all.values()].filter((one) => !later.has(one));
  const before = await transaction(server, [...others, planned]);
  t.equal(before.status, 200, said(before));
  const alone = await put(server, late);
  t.same(
    [alone.status, ruleKeys(alone.body)[0]],
    [422, 'R06'],
    'the next session was held without its integration',
  );
  const both = await transaction(server, [late, integration]);
  t.equal(both.status, 200, said(both));
});

t.test('enforce: what stands beside it in the transaction counts', async (t) => {
  const { session, integration } = await notIntegrated(servers.enforce, 'beside');
  const answer = await transaction(servers.enforce, [...session(), integration]);
  t.equal(answer.status, 200, said(answer));
});

t.test('enforce: a recorded deviation beside it is an override, if somebody answers for it', async (t) => {
  const server = servers.enforce;
  const { session } = await notIntegrated(server, 'override');
  const recorded = {
    ...deviation('R06', 'Procedure/medicine-3-override'),
    id: 'override',
    patient: { reference: 'Patient/pat-override' },
  };
  const [mitigation] = recorded.mitigation!;
  const unanswered = { ...recorded, mitigation: [{ ...mitigation, author: undefined }] };
  t.equal((await transaction(server, [...session(), unanswered])).status, 422, 'nobody is named');
  const answer = await transaction(server, [...session(), recorded]);
  t.equal(answer.status, 200, said(answer));
  t.equal((await toldByRules(server, 'CarePlan/plan-override', ['overridden']))['R06 overridden'], 1);
  const { body } = await server.send(
    'GET',
    '/CarePlan/plan-override/$protocol-check?rule=R06&status=overridden',
  );
  const part = (name: string) => body.parameter[0].part.find((one: Any) => one.name === name);
  t.equal(part('deviation').valueReference.reference, 'DetectedIssue/override');
});

t.test('enforce: a reference means the same with a version, or with the base of the server', async (t) => {
  const server = servers.enforce;
  const ways: Readonly<Record<string, (reference: string) => string>> = {
    versioned: (reference) => `${reference}/_history/1`,
    absolute: (reference) => `${server.url}/${reference}`,
  };
  for (const [name, written] of Object.entries(ways)) {
    const { all } = sessionToCome(name);
    const dose = all.get('MedicationAdministration/dose-3');
    const others = [...all.values()].filter((one) => one !== dose);
    all.get('Observation/pressure-3-baseline').component[0].valueQuantity.value = 184;
    const respelt = (resource: Any): Any =>
      JSON.parse(
        JSON.stringify(resource, (key, value) =>
          key === 'reference' && !value.startsWith('Practitioner/') ? written(value) : value,
        ),
      );
    const before = await transaction(server, others.map(respelt));
    t.equal(before.status, 200, said(before));
    const answer = await put(server, respelt(dose));
    t.same([answer.status, ruleKeys(answer.body)[0]], [422, 'R09'], name);
    const told = await toldByRules(server, `CarePlan/plan-${name}`, ['pass']);
    t.ok((told['R06 pass'] ?? 0) > 1, 'and so does the report');
  }
});

t.test('the mode of a protocol goes before that of the server', async (t) => {
  const rows: readonly (readonly [Mode, Mode, number])[] = [
    ['advise', 'enforce', 422],
    ['enforce', 'advise', 201],
    ['enforce', 'off', 201],
    ['off', 'enforce', 201],
  ];
  for (const [server, mode, expected] of rows) {
    const name = `${server}-${mode}`;
    const protocol = shippedProtocol();
    const url = `https://clinic.example/PlanDefinition/${mode}`;
    const extension = {
      url: 'https://w3id.org/kat-fhir/StructureDefinition/kat-protocol-mode',
      valueCode: mode,
    };
    await stored(servers[server], {
      ...protocol,
      ...{ id: `protocol-${mode}`, url },
      extension: [...protocol.extension!, extension],
    });
    const { all } = await notIntegrated(servers[server], name, (resources) => {
      resources.get('CarePlan/plan').instantiatesCanonical = [url];
    });
    const { status, body } = await put(servers[server], all.get('Procedure/medicine-3'), told);
    t.equal(status, expected, `a protocol set to ${mode}, a server set to ${server}`);
    t.equal(ruleKeys(body).includes('R06'), server !== 'off' && mode !== 'off', 'whether it is said');
  }
});

t.test('what a protocol asks changes with the protocol, from the next write on', async (t) => {
  const server = servers.enforce;
  const protocol = shippedProtocol();
  const own = { ...protocol, id: 'changing', url: 'https://clinic.example/PlanDefinition/changing' };
  const isOrder = ({ extension = [] }: Any) =>
    extension.some(({ valueCode }: Any) => valueCode === 'integration-before-next');
  const [order] = protocol.extension!.filter(isOrder) as Any[];
  const between = (valueBoolean: boolean) => ({
    ...own,
    extension: [
      ...protocol.extension!.filter((one) => !isOrder(one)),
      {
        ...order,
        extension: order.extension.map((one: Any) => (one.url === 'value' ? { ...one, valueBoolean } : one)),
      },
    ],
  });
  await stored(server, between(true));
  const { all } = await notIntegrated(server, 'changing', (resources) => {
    resources.get('CarePlan/plan').instantiatesCanonical = [own.url];
  });
  const session = all.get('Procedure/medicine-3');
  t.equal((await put(server, session)).status, 422, 'integration comes between');
  await stored(server, between(false));
  t.equal((await put(server, session)).status, 201, 'it need not');
  await stored(server, between(true));
  t.equal((await put(server, session)).status, 422, 'it does again');
});
