/** Patches over the wire: by JSON Patch and FHIRPath Patch, in JSON and XML, by condition and in Bundles. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
const { send } = server;

const jsonPatch = { 'content-type': 'application/json-patch+json' };
const activate = '[{"op":"replace","path":"/active","value":true}]';

function fhirPathPatch(type: string, path: string, value?: Readonly<Record<string, unknown>>) {
  const part = [
    { name: 'type', valueCode: type },
    { name: 'path', valueString: path },
    ...(value ? [{ name: 'value', ...value }] : []),
  ];
  return { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] };
}

function binary(patch: string) {
  const data = Buffer.from(patch).toString('base64');
  return { resourceType: 'Binary', contentType: 'application/json-patch+json', data };
}

let counter = 0;

async function stored(members: object = {}): Promise<{ path: string; found: string }> {
  const value = `n${++counter}`;
  const identifier = [{ system: 'urn:patch', value }];
  const { body } = await send('POST', '/Patient', {
    body: { resourceType: 'Patient', active: false, identifier, ...members },
  });
  return { path: `/Patient/${body.id}`, found: `identifier=urn:patch|${value}` };
}

t.test('a JSON Patch makes the next version', async (t) => {
  const { path } = await stored();
  const answer = await send('PATCH', path, { headers: jsonPatch, body: activate });
  t.same([answer.status, answer.body.active, answer.body.meta.versionId], [200, true, '2']);
  t.equal(answer.headers.get('etag'), 'W/"2"');
  t.equal(answer.headers.get('location'), `${server.url}${path}/_history/2`);
  t.equal((await send('GET', path)).body.active, true);
  const { body } = await send('GET', `${path}/_history`);
  t.same(body.entry[0].request, { method: 'PATCH', url: path.slice(1) });
});

t.test('a FHIRPath Patch does so in JSON and in XML', async (t) => {
  const { path } = await stored();
  const json = await send('PATCH', path, {
    body: fhirPathPatch('replace', 'Patient.active', { valueBoolean: true }),
  });
  t.same([json.status, json.body.active], [200, true]);
  const xml = await send('PATCH', path, {
    headers: { 'content-type': 'application/fhir+xml' },
    body:
      '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/>' +
      '<part><name value="type"/><valueCode value="delete"/></part>' +
      '<part><name value="path"/><valueString value="Patient.active"/></part></parameter></Parameters>',
  });
  t.equal(xml.status, 200, xml.text);
  t.notOk('active' in (await send('GET', path)).body);
});

t.test('what a patch finds is found by search afterwards', async (t) => {
  const { path, found } = await stored();
  await send('PATCH', path, { headers: jsonPatch, body: activate });
  t.equal((await send('GET', `/Patient?${found}&active=true&_summary=count`)).body.total, 1);
  t.equal((await send('GET', `/Patient?${found}&active=false&_summary=count`)).body.total, 0);
});

t.test('the result is validated as any write, and refused as a whole', async (t) => {
  const { path } = await stored();
  const invalid = await send('PATCH', path, {
    headers: jsonPatch,
    body: '[{"op":"replace","path":"/active","value":true},{"op":"add","path":"/gender","value":"unheard-of"}]',
  });
  t.equal(invalid.status, 422);
  t.match(invalid.body.issue[0].expression[0], /^Patient\.gender/);
  const unknown = await send('PATCH', path, {
    body: fhirPathPatch('replace', 'Patient.identifier[0]', { valueQuantity: { value: 1, nonsense: 'x' } }),
  });
  t.equal(unknown.status, 422);
  const { body } = await send('GET', path);
  t.same([body.meta.versionId, body.active], ['1', false]);
});

t.test('neither type nor id can be patched', async (t) => {
  const { path } = await stored();
  for (const body of [
    '[{"op":"replace","path":"/id","value":"other"}]',
    '[{"op":"remove","path":"/id"}]',
    '[{"op":"replace","path":"/resourceType","value":"Person"}]',
    '[{"op":"replace","path":"","value":[]}]',
  ]) {
    const answer = await send('PATCH', path, { headers: jsonPatch, body });
    t.same([answer.status, keysOf(answer.body)], [422, ['invalid-resource']], body);
  }
});

t.test('version and time are the server’s, whatever a patch says', async (t) => {
  const { path } = await stored();
  const body =
    '[{"op":"replace","path":"/meta/versionId","value":"99"},{"op":"remove","path":"/meta/lastUpdated"}]';
  const { body: patched } = await send('PATCH', path, { headers: jsonPatch, body });
  t.equal(patched.meta.versionId, '2');
  t.ok(patched.meta.lastUpdated);
});

t.test('a patch that does not fit is a conflict, a malformed one a bad request', async (t) => {
  const { path } = await stored();
  for (const [body, status, key] of [
    ['[{"op":"test","path":"/active","value":true}]', 409, 'patch-conflict'],
    ['[{"op":"remove","path":"/gender"}]', 409, 'patch-conflict'],
    ['[{"op":"fix"}]', 400, 'malformed-patch'],
    ['[{', 400, 'malformed-json'],
  ] as const) {
    const answer = await send('PATCH', path, { headers: jsonPatch, body });
    t.same([answer.status, keysOf(answer.body)], [status, [key]], body);
  }
  const path2 = await send('PATCH', path, { body: fhirPathPatch('delete', 'Patient.name.select(given)') });
  t.same([path2.status, keysOf(path2.body)], [400, ['malformed-patch']]);
  t.equal((await send('PATCH', path, { headers: { 'content-type': 'text/plain' }, body: 'x' })).status, 415);
  t.equal((await send('PUT', path, { headers: jsonPatch, body: activate })).status, 415, 'only for PATCH');
  t.equal((await send('GET', path)).body.meta.versionId, '1');
});

t.test('what is not there cannot be patched', async (t) => {
  const asked = { headers: jsonPatch, body: activate };
  t.equal((await send('PATCH', '/Patient/nobody', asked)).status, 404);
  const { path } = await stored();
  await send('DELETE', path);
  t.equal((await send('PATCH', path, asked)).status, 410);
});

t.test('If-Match holds for patches', async (t) => {
  const { path } = await stored();
  const patch = (tag: string) =>
    send('PATCH', path, { headers: { ...jsonPatch, 'if-match': tag }, body: activate });
  t.equal((await patch('W/"2"')).status, 412);
  t.equal((await patch('W/"1"')).status, 200);
  t.equal((await patch('W/"1"')).status, 412);
});

t.test('a conditional patch takes the one match, and refuses none and several', async (t) => {
  const { found } = await stored();
  const asked = { headers: jsonPatch, body: activate };
  const answer = await send('PATCH', `/Patient?${found}`, asked);
  t.same([answer.status, answer.body.active], [200, true]);
  t.equal((await send('PATCH', '/Patient?identifier=urn:patch|nobody', asked)).status, 404);
  t.equal((await send('PATCH', '/Patient?identifier=urn:patch|', asked)).status, 412);
  t.equal((await send('PATCH', '/Patient', asked)).status, 400);
});

t.test('patches at once all count', async (t) => {
  const { path } = await stored();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      send('PATCH', path, {
        headers: jsonPatch,
        body: JSON.stringify([{ op: 'add', path: '/identifier/-', value: { value: `x${i}` } }]),
      }),
    ),
  );
  t.ok(answers.every(({ status }) => status === 200));
  const { body } = await send('GET', path);
  t.same([body.identifier.length, body.meta.versionId], [21, '21']);
});

for (const type of ['batch', 'transaction'] as const) {
  t.test(`both kinds of patch work in a ${type}`, async (t) => {
    const one = await stored();
    const other = await stored();
    const { status, body, text } = await send('POST', '', {
      body: {
        resourceType: 'Bundle',
        type,
        entry: [
          {
            resource: binary(activate),
            request: { method: 'PATCH', url: one.path.slice(1), ifMatch: 'W/"1"' },
          },
          {
            resource: fhirPathPatch('replace', 'Patient.active', { valueBoolean: true }),
            request: { method: 'PATCH', url: `Patient?${other.found}` },
          },
        ],
      },
    });
    t.equal(status, 200, text);
    for (const entry of body.entry) {
      t.same([entry.response.status, entry.response.etag, entry.resource.active], ['200 OK', 'W/"2"', true]);
    }
  });
}

t.test('a patch may refer to what the same transaction creates', async (t) => {
  const { path } = await stored({ generalPractitioner: [{ reference: 'Practitioner/known' }] });
  const urns = [1, 2].map((n) => `urn:uuid:0f3c1f9e-7d57-4d9c-9b39-27a3f6c9c10${n}`);
  const add = [{ op: 'add', path: '/managingOrganization', value: { reference: urns[0] } }];
  const value = { valueReference: { reference: urns[1] } };
  const other = await stored();
  const { status, body, text } = await send('POST', '', {
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: binary(JSON.stringify(add)), request: { method: 'PATCH', url: path.slice(1) } },
        {
          resource: {
            resourceType: 'Parameters',
            parameter: [
              {
                name: 'operation',
                part: [
                  { name: 'type', valueCode: 'add' },
                  { name: 'path', valueString: 'Patient' },
                  { name: 'name', valueString: 'generalPractitioner' },
                  { name: 'value', ...value },
                ],
              },
            ],
          },
          request: { method: 'PATCH', url: other.path.slice(1) },
        },
        {
          fullUrl: urns[0],
          resource: { resourceType: 'Organization', name: 'Clinic' },
          request: { method: 'POST', url: 'Organization' },
        },
        {
          fullUrl: urns[1],
          resource: { resourceType: 'Practitioner' },
          request: { method: 'POST', url: 'Practitioner' },
        },
        {
          fullUrl: 'http://elsewhere.example/fhir/Practitioner/known',
          resource: { resourceType: 'Practitioner' },
          request: { method: 'POST', url: 'Practitioner' },
        },
      ],
    },
  });
  t.equal(status, 200, text);
  const [first, second, organization, practitioner] = body.entry;
  t.equal(first.resource.managingOrganization.reference, `Organization/${organization.resource.id}`);
  t.equal(first.resource.generalPractitioner[0].reference, 'Practitioner/known', 'was there before');
  t.equal(second.resource.generalPractitioner[0].reference, `Practitioner/${practitioner.resource.id}`);
});

t.test('a patch that fails undoes its transaction, and says which entry it was', async (t) => {
  const one = await stored();
  const other = await stored();
  const failing = '[{"op":"test","path":"/active","value":true}]';
  const { status, body } = await send('POST', '', {
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: binary(activate), request: { method: 'PATCH', url: one.path.slice(1) } },
        { resource: binary(failing), request: { method: 'PATCH', url: other.path.slice(1) } },
      ],
    },
  });
  t.same([status, keysOf(body)], [409, ['patch-conflict']]);
  t.match(body.issue[0].expression[0], /^Bundle\.entry\[1\]/);
  t.equal((await send('GET', one.path)).body.active, false);
});

t.test('a PATCH entry without a patch is refused', async (t) => {
  const { path } = await stored();
  const { status, body } = await send('POST', '', {
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: { resourceType: 'Patient' }, request: { method: 'PATCH', url: path.slice(1) } }],
    },
  });
  t.same([status, keysOf(body)], [400, ['bundle-invalid']]);
});
