/** Every claim of the CapabilityStatement, asked for on a running server. */
import type { CapabilityStatementRestResource } from '@medplum/fhirtypes';
import type { InjectOptions } from 'fastify';
import t from 'tap';
import { hasErrors } from '../../src/core/issue.ts';
import { createLog } from '../../src/core/log.ts';
import { createServer } from '../../src/http/server.ts';
import type { Services } from '../../src/interactions/interaction.ts';
import { operations } from '../../src/operations/operations.ts';
import { askedResource, operationInput } from '../support/operation-inputs.ts';
import { definitions, startServer } from '../support/server.ts';

const running = await startServer();
t.teardown(() => running.close());
// Thousands of requests, perhaps beside other tests.
t.setTimeout(180_000);
const registry = definitions();

const statement = (await running.send('GET', '/metadata')).body;
const [rest] = statement.rest;
const resources: CapabilityStatementRestResource[] = rest.resource;

// A resource of every type is wanted, and what they hold is not: the validator says yes to all.
const services: Services = {
  ...running.services,
  validator: { validate: () => [] },
  validateMany: async (resources) => resources.map(() => []),
};
const server = await createServer({ services, log: createLog('silent'), version: '0.0.0-test' });

const json = { 'content-type': 'application/fhir+json' };

function body(type: string): string {
  return JSON.stringify({ resourceType: type, id: 'claimed' });
}

/** How each interaction on a type is asked for. */
const requests: Readonly<Record<string, (type: string) => InjectOptions>> = {
  create: (type) => ({ method: 'POST', url: `/fhir/${type}`, headers: json, payload: body(type) }),
  update: (type) => ({ method: 'PUT', url: `/fhir/${type}/claimed`, headers: json, payload: body(type) }),
  patch: (type) => ({
    method: 'PATCH',
    url: `/fhir/${type}/claimed`,
    headers: { 'content-type': 'application/json-patch+json' },
    payload: '[{"op":"test","path":"/id","value":"claimed"}]',
  }),
  read: (type) => ({ url: `/fhir/${type}/claimed` }),
  vread: (type) => ({ url: `/fhir/${type}/claimed/_history/1` }),
  'history-instance': (type) => ({ url: `/fhir/${type}/claimed/_history` }),
  'history-type': (type) => ({ url: `/fhir/${type}/_history?_count=1` }),
  'search-type': (type) => ({ url: `/fhir/${type}` }),
  delete: (type) => ({ method: 'DELETE', url: `/fhir/${type}/claimed` }),
};

/** A value that each type of parameter can be searched by. */
const values: Readonly<Record<string, string>> = {
  token: 'a',
  reference: 'Patient/a',
  string: 'a',
  date: '2026',
  number: '1',
  quantity: '1',
  uri: 'http://example.org',
};

function valueFor(definition: string): string {
  const parameter = registry.searchParameter(definition)!;
  if (parameter.type !== 'composite') return values[parameter.type!]!;
  return parameter.component!.map((component) => valueFor(component.definition!)).join('$');
}

/** The requests that did not get a good answer. */
async function failures(asked: readonly InjectOptions[]): Promise<string[]> {
  const failed: string[] = [];
  for (const request of asked) {
    const { statusCode, payload } = await server.inject(request);
    // As between requests over a network, or the server takes itself for overloaded.
    await new Promise(setImmediate);
    if (statusCode >= 400) {
      failed.push(
        `${request.method ?? 'GET'} ${String(request.url)}: ${statusCode} ${payload.slice(0, 300)}`,
      );
    }
  }
  return failed;
}

t.test('it is valid, and says what it must of the server', async (t) => {
  t.equal(statement.fhirVersion, '4.0.1');
  t.same(statement.implementationGuide, [
    'https://w3id.org/kat-fhir/ImplementationGuide/kat-fhir.guide|0.1.0',
  ]);
  for (const [format, type] of Object.entries({
    json: 'application/fhir+json',
    xml: 'application/fhir+xml',
  })) {
    t.ok(statement.format.includes(format));
    t.ok(statement.format.includes(type));
  }
  for (const format of statement.format) {
    const answer = await running.send('GET', `/metadata?_format=${encodeURIComponent(format)}`);
    const syntax = format.includes('xml') ? 'xml' : 'json';
    t.same(
      [answer.status, answer.headers.get('content-type')],
      [200, `application/fhir+${syntax}; charset=utf-8`],
      format,
    );
  }
  t.equal(statement.implementation.url, running.url);
  for (const mode of ['full', 'normative', 'terminology']) {
    const answer = (await running.send('GET', `/metadata?mode=${mode}`)).body;
    const issues = running.services.validator.validate(answer);
    t.same(
      issues.filter((issue) => hasErrors([issue])),
      [],
      mode,
    );
  }
  t.equal((await running.send('GET', '/metadata?mode=nonsense')).status, 400);
  t.notOk((await running.send('GET', '/metadata?mode=normative')).body.rest[0].security, 'trial use');
  const terminology = (await running.send('GET', '/metadata?mode=terminology')).body;
  t.equal(terminology.resourceType, 'TerminologyCapabilities');
});

t.test('it claims every resource type of R4, and the profiles of the guide', async (t) => {
  t.same(resources.map(({ type }) => type).sort(), [...registry.resourceTypes].sort());
  const claimed = resources.flatMap(({ supportedProfile }) => supportedProfile ?? []);
  const guide = registry
    .guideArtefacts('StructureDefinition')
    .filter(({ type, kind }) => kind === 'resource' && registry.isResourceType(String(type)))
    .map(({ url }) => url);
  t.ok(claimed.length > 0);
  t.same([...claimed].sort(), guide.sort());
});

t.test('every interaction on every type is answered', async (t) => {
  for (const { type, interaction } of resources) {
    const claimed = new Set(interaction!.map(({ code }) => String(code)));
    t.same(
      [...claimed].filter((code) => !requests[code]),
      [],
      `${type}: nothing this test cannot ask for`,
    );
    // In the order of the table, so that what is read was written before.
    const asked = Object.entries(requests).filter(([code]) => claimed.has(code));
    t.same(await failures(asked.map(([, request]) => request(type!))), [], type);
  }
});

/** How each interaction on the whole system is asked for. */
const systemRequests: Readonly<Record<string, InjectOptions>> = {
  batch: bundle('batch'),
  transaction: bundle('transaction'),
  'search-system': { url: '/fhir?_type=Patient&_count=1' },
  'history-system': { url: '/fhir/_history?_count=1' },
};

function bundle(type: string): InjectOptions {
  const payload = JSON.stringify({ resourceType: 'Bundle', type, entry: [] });
  return { method: 'POST', url: '/fhir', headers: json, payload };
}

t.test('every interaction on the system is answered', async (t) => {
  const claimed: string[] = rest.interaction.map(({ code }: { code: string }) => code);
  t.ok(claimed.includes('transaction') && claimed.includes('batch'));
  t.same(
    claimed.filter((code) => !systemRequests[code]),
    [],
    'nothing this test cannot ask for',
  );
  t.same(await failures(claimed.map((code) => systemRequests[code]!)), []);
});

t.test('every search parameter of every type is understood', async (t) => {
  for (const { type, searchParam } of resources) {
    const asked = searchParam!.map(({ name, definition, type: kind }) => {
      const known = registry.searchParameter(definition!);
      if (known?.code !== name || known.type !== kind)
        t.fail(`${type}: ${name} is not as its definition says`);
      return { url: `/fhir/${type}?${name}=${encodeURIComponent(valueFor(definition!))}` };
    });
    t.ok(asked.length > 0, `${type} can be searched`);
    t.same(await failures(asked), [], type);
  }
});

t.test('every include of every type is understood', async (t) => {
  for (const { type, searchInclude = [], searchRevInclude = [] } of resources) {
    const claims = [
      ...searchInclude.map((include) => `_include=${include}`),
      ...searchRevInclude.map((include) => `_revinclude=${include}`),
    ];
    // All at once: a refusal names the one it does not understand.
    t.same(await failures([{ url: `/fhir/${type}?_id=nobody&${claims.join('&')}` }]), [], type);
  }
});

/** A request for an operation at each of its levels. */
function operationRequests(name: string, type?: string): InjectOptions[] {
  const asked = operations.filter(
    ({ code, resources: own }) =>
      code === name && (own.length === 0 || type === undefined || own.includes(type)),
  );
  return asked.flatMap(({ levels }) =>
    levels
      .filter((level) => (level === 'system') === (type === undefined))
      .map((level) => ({
        method: 'POST' as const,
        url: `/fhir${{ system: '', type: `/${type}`, instance: `/${type}/claimed` }[level]}/$${name}`,
        headers: json,
        payload: JSON.stringify(operationInput(name, type ?? '', level)),
      })),
  );
}

t.test('every operation of every type, and of the system, is answered', async (t) => {
  const claims = [...resources, { operation: rest.operation }] as CapabilityStatementRestResource[];
  const claimed = new Set<string>();
  await server.inject({
    method: 'PUT',
    url: '/fhir/Patient/asked',
    headers: json,
    payload: '{"resourceType":"Patient","id":"asked"}',
  });
  for (const { type, operation = [] } of claims) {
    for (const { name, definition } of operation) {
      t.equal(registry.operationDefinition(definition!)?.code, name, definition);
      claimed.add(definition!);
    }
    if (type)
      await server.inject({
        method: 'PUT',
        url: `/fhir/${type}/claimed`,
        headers: json,
        payload: JSON.stringify(askedResource(type, 'claimed')),
      });
    const asked = operation.flatMap(({ name }) => operationRequests(name!, type));
    t.ok(asked.length >= operation.length);
    t.same(await failures(asked), [], type ?? 'system');
  }
  t.same([...claimed].sort(), [...new Set(operations.map(({ definition }) => definition))].sort());
});

t.test('what it says of writes and reads by condition holds', async (t) => {
  const [patient] = resources.filter(({ type }) => type === 'Patient');
  t.match(patient, {
    updateCreate: true,
    conditionalCreate: true,
    readHistory: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: 'single',
  });
  const put = { method: 'PUT', headers: json } as const;
  const created = await server.inject({
    ...put,
    url: '/fhir/Patient/by-client',
    payload: '{"resourceType":"Patient","id":"by-client"}',
  });
  t.equal(created.statusCode, 201);
  const conditionally = await server.inject({
    method: 'POST',
    url: '/fhir/Patient',
    headers: { ...json, 'if-none-exist': '_id=by-client' },
    payload: '{"resourceType":"Patient"}',
  });
  t.equal(conditionally.statusCode, 200);
  for (const headers of [
    { 'if-none-match': 'W/"1"' },
    { 'if-modified-since': String(created.headers['last-modified']) },
  ]) {
    t.equal((await server.inject({ url: '/fhir/Patient/by-client', headers })).statusCode, 304);
  }
  const updated = await server.inject({
    ...put,
    url: '/fhir/Patient?_id=by-client',
    payload: '{"resourceType":"Patient"}',
  });
  t.same([updated.statusCode, updated.headers.etag], [200, 'W/"2"']);
  t.equal((await server.inject({ method: 'DELETE', url: '/fhir/Patient?_id=by-client' })).statusCode, 204);
  t.equal((await server.inject({ url: '/fhir/Patient/by-client' })).statusCode, 410);
});

t.test('every format of patches is taken', async (t) => {
  const payloads: Record<string, string> = {
    'application/json-patch+json': '[{"op":"test","path":"/id","value":"patched"}]',
    'application/fhir+json': '{"resourceType":"Parameters","parameter":[]}',
    'application/fhir+xml': '<Parameters xmlns="http://hl7.org/fhir"/>',
  };
  t.same(Object.keys(payloads), statement.patchFormat);
  const url = '/fhir/Patient/patched';
  await server.inject({
    method: 'PUT',
    url,
    headers: json,
    payload: '{"resourceType":"Patient","id":"patched"}',
  });
  for (const [type, payload] of Object.entries(payloads)) {
    const { statusCode } = await server.inject({
      method: 'PATCH',
      url,
      headers: { 'content-type': type },
      payload,
    });
    t.equal(statusCode, 200, type);
  }
});

t.test('every compartment claimed can be searched', async (t) => {
  const types = ['Device', 'Encounter', 'Patient', 'Practitioner', 'RelatedPerson'];
  t.same(
    [...rest.compartment!].sort(),
    types.map(
      (type) => `http://hl7.org/fhir/CompartmentDefinition/${type.charAt(0).toLowerCase()}${type.slice(1)}`,
    ),
  );
  for (const type of types) {
    const url = `/fhir/${type}/someone`;
    t.same(
      await failures([`${url}/Observation?_count=1`, `${url}/*`].map((url) => ({ method: 'GET', url }))),
      [],
    );
  }
});
