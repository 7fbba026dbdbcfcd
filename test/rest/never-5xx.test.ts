/** No input gives a 5xx: whatever is refused is refused with an OperationOutcome. */
import fc from 'fast-check';
import type { FastifyInstance, InjectOptions } from 'fastify';
import t from 'tap';
import { createLog } from '../../src/core/log.ts';
import { readXml } from '../../src/fhir/xml-reader.ts';
import { writeXml } from '../../src/fhir/xml-writer.ts';
import { createServer } from '../../src/http/server.ts';
import { definitions, startServer } from '../support/server.ts';
import {
  anyRequest,
  damaged,
  encodeSegment,
  fhirPathPatch,
  headers,
  jsonPatch,
  junk,
  queryText,
} from './junk.ts';

const running = await startServer();
t.teardown(() => running.close());
// Thousands of requests, perhaps beside other tests.
t.setTimeout(180_000);
const server: FastifyInstance = await createServer({
  services: running.services,
  log: createLog('silent'),
  version: '0.0.0-test',
});

const types = ['Patient', 'Observation', 'Procedure', 'Bundle', 'Parameters', 'Binary'];

function codesOf(type: string): string[] {
  return definitions()
    .searchParameters(type)
    .map(({ code }) => code!);
}

const json = { 'content-type': 'application/fhir+json' };

const observation = {
  resourceType: 'Observation',
  id: 'a',
  meta: {
    tag: [{ system: 'urn:a', code: 'b' }],
  },
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>a <b>b</b></p></div>' },
  contained: [{ resourceType: 'Device', id: 'd', deviceName: [{ name: 'x', type: 'other' }] }],
  extension: [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/observation-bodyPosition',
      valueCodeableConcept: { text: 'x' },
    },
  ],
  identifier: [{ use: 'official', system: 'urn:oid:1.2.3', value: 'v', period: { start: '2026-01' } }],
  status: 'final',
  _status: { id: 's', extension: [{ url: 'http://example.org/x', valueBoolean: true }] },
  category: [
    {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
    },
  ],
  code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }], text: 'PHQ-9' },
  subject: { reference: 'Patient/a', identifier: { value: 'x' } },
  device: { reference: '#d' },
  effectivePeriod: { start: '2026-01-05T10:00:00+01:00', end: '2026-01-05T11:00:00+01:00' },
  component: [
    {
      code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
      valueQuantity: { value: 120.5, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
    },
  ],
};

const bundle = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      fullUrl: 'urn:uuid:0f3c1f9e-7d57-4d9c-9b39-27a3f6c9c001',
      resource: { resourceType: 'Patient', name: [{ family: 'a', given: ['b'] }] },
      request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:a|b' },
    },
    {
      resource: { ...observation, subject: { reference: 'urn:uuid:0f3c1f9e-7d57-4d9c-9b39-27a3f6c9c001' } },
      request: { method: 'PUT', url: 'Observation/a' },
    },
    { request: { method: 'GET', url: 'Patient?name=a&_sort=-birthdate' } },
    { request: { method: 'DELETE', url: 'Patient/b', ifMatch: 'W/"1"' } },
  ],
};

const parameters = {
  resourceType: 'Parameters',
  parameter: [
    { name: 'mode', valueCode: 'update' },
    { name: 'profile', valueUri: 'http://hl7.org/fhir/StructureDefinition/bp' },
    { name: 'resource', resource: observation },
  ],
};

const questionnaire = {
  resourceType: 'Questionnaire',
  status: 'active',
  url: 'http://example.org/q',
  item: [
    { linkId: '1', type: 'choice', answerOption: [{ valueCoding: { code: 'a' } }], enableWhen: [] },
    { linkId: '2', type: 'group', item: [{ linkId: '2.1', type: 'decimal', enableBehavior: 'all' }] },
  ],
};

/**
 * Sends what is generated and holds every answer to the rule; tells which statuses were seen. Chance alone
 * would make a rare status a matter of luck: requests that surely get it are sent first.
 */
async function hold(
  requests: fc.Arbitrary<InjectOptions>,
  numRuns: number,
  sure: readonly InjectOptions[] = [],
): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const property = fc.asyncProperty(requests, async (request) => {
    const { statusCode, payload, headers: sent } = await server.inject(request);
    // As between requests over a network, or the server takes itself for overloaded.
    await new Promise(setImmediate);
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    if (statusCode >= 500) throw new Error(`${statusCode} ${payload}`);
    if (statusCode < 400 || request.method === 'HEAD') return;
    if (sent['content-encoding'] !== undefined) return;
    const type = String(sent['content-type']);
    const text = type.includes('xml') ? readXml(definitions().model, payload).text : payload;
    if (JSON.parse(text).resourceType !== 'OperationOutcome') throw new Error(`${type}: ${payload}`);
  });
  await fc.assert(property, { numRuns, examples: sure.map((request) => [request]) });
  return statuses;
}

t.test('junk in path, parameters, headers and body', async (t) => {
  const codes = types.flatMap(codesOf);
  const statuses = await hold(anyRequest(codes, types), 1500);
  for (const status of [400, 404, 405, 406, 415]) t.ok(statuses.has(status), `${status} was seen`);
});

t.test('searches of every shape', async (t) => {
  for (const type of ['Observation', 'Patient', 'Procedure']) {
    const statuses = await hold(
      queryText(codesOf(type)).chain((query) =>
        fc.boolean().map((lenient) => ({
          url: `/fhir/${type}?${query}`,
          headers: lenient ? { prefer: 'handling=lenient' } : {},
        })),
      ),
      600,
    );
    for (const status of [200, 400]) t.ok(statuses.has(status), `${type}: ${status} was seen`);
  }
});

t.test('resources with something wrong in them', async (t) => {
  const targets = [
    ['POST', '/fhir/Observation', observation],
    ['PUT', '/fhir/Observation/a', observation],
    ['POST', '/fhir/Observation/$validate', observation],
    ['POST', '/fhir/Observation/a/$validate', parameters],
    ['POST', '/fhir/Questionnaire', questionnaire],
    ['POST', '/fhir/Parameters', parameters],
    ['POST', '/fhir/Bundle', bundle],
    ['POST', '/fhir', bundle],
    ['POST', '/fhir', { ...bundle, type: 'batch' }],
  ] as const;
  for (const [method, url, resource] of targets) {
    const statuses = await hold(
      fc.tuple(damaged(resource), headers).map(([payload, given]) => ({
        method,
        url,
        headers: { ...given, ...json, 'content-encoding': 'identity' },
        payload: JSON.stringify(payload),
      })),
      200,
    );
    t.ok(
      statuses.size > 0,
      `${method} ${url}: ${[...statuses].map((pair) => pair.join(' times ')).join(', ')}`,
    );
  }
});

t.test('XML with something wrong in it', async (t) => {
  const targets = [
    ['/fhir/Observation', observation],
    ['/fhir/Observation/$validate', parameters],
    ['/fhir', bundle],
  ] as const;
  const pieces = fc.oneof(
    junk,
    fc.constantFrom('<', '/>', '"', '&', '&#0;', '<!DOCTYPE a>', '<![CDATA[', ' x="y"'),
  );
  for (const [url, resource] of targets) {
    const xml = damaged(resource).map((payload) => writeXml(definitions().model, JSON.stringify(payload)));
    const payload = fc
      .tuple(xml, fc.boolean(), fc.nat(), fc.nat(20), pieces)
      .map(([text, whole, at, cut, piece]) =>
        whole ? text : text.slice(0, at % text.length) + piece + text.slice((at % text.length) + cut),
      );
    const statuses = await hold(
      payload.map((text) => ({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/fhir+xml', accept: 'text/xml' },
        payload: text,
      })),
      400,
    );
    t.ok(statuses.has(400), `${url}: ${[...statuses].map((pair) => pair.join(' times ')).join(', ')}`);
  }
});

t.test('patches, whether they fit or not', async (t) => {
  const url = '/fhir/Observation/patched';
  const stored = {
    method: 'PUT',
    url,
    headers: json,
    payload: JSON.stringify({ ...observation, id: 'patched' }),
  } as const;
  const unfitting = {
    resourceType: 'Parameters',
    parameter: [
      {
        name: 'operation',
        part: [
          { name: 'type', valueCode: 'replace' },
          { name: 'path', valueString: 'Observation.bodySite' },
          { name: 'value', valueCodeableConcept: { text: 'x' } },
        ],
      },
    ],
  };
  for (const [type, patches, sure, expected] of [
    [
      'application/json-patch+json',
      jsonPatch,
      [{ op: 'test', path: '/status', value: 'x' }],
      [200, 400, 409],
    ],
    ['application/fhir+json', fhirPathPatch, unfitting, [200, 400, 409]],
    ['application/fhir+json', fhirPathPatch.chain(damaged), {}, [400]],
  ] as const) {
    t.ok((await server.inject(stored)).statusCode < 300);
    const request = (payload: object) => ({
      method: 'PATCH' as const,
      url,
      headers: { 'content-type': type },
      payload: JSON.stringify(payload),
    });
    const statuses = await hold((patches as fc.Arbitrary<object>).map(request), 500, [request(sure)]);
    for (const status of expected) t.ok(statuses.has(status), `${type}: ${status} was seen`);
  }
});

t.test('content of any type', async (t) => {
  const statuses = await hold(
    fc
      .tuple(
        fc.constantFrom('image/png', 'application/json', 'text/xml', '', 'a/b;c="'),
        fc.uint8Array(),
        headers,
      )
      .map(([type, bytes, given]) => ({
        method: 'POST',
        url: '/fhir/Binary',
        headers: { ...given, 'content-type': type, 'content-encoding': 'identity' },
        payload: Buffer.from(bytes),
      })),
    300,
  );
  t.ok(statuses.has(201));
});

t.test('requests within a batch', async (t) => {
  const url = fc.oneof(
    queryText(codesOf('Observation')).map((query) => `Observation?${query}`),
    fc.tuple(fc.constantFrom(...types), junk).map(([type, id]) => `${type}/${encodeSegment(id)}`),
    fc.tuple(fc.constantFrom(...types), junk).map(([type, id]) => `${type}/${id}`),
    junk,
  );
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', '');
  const entry = fc.record({ request: fc.record({ method, url }), resource: fc.constant(observation) });
  const statuses = await hold(
    fc
      .tuple(fc.constantFrom('batch', 'transaction'), fc.array(entry, { maxLength: 3 }))
      .map(([type, entries]) => ({
        method: 'POST',
        url: '/fhir',
        headers: json,
        payload: JSON.stringify({ resourceType: 'Bundle', type, entry: entries }),
      })),
    500,
  );
  for (const status of [200, 400]) t.ok(statuses.has(status), `${status} was seen`);
});
