/** What entries of batches and transactions may ask for, and in which order it is done. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
const { send } = server;

interface ResponseEntry {
  readonly resource?: {
    readonly resourceType: string;
    readonly id: string;
    readonly [name: string]: unknown;
  };
  readonly response: { readonly status: string; readonly outcome?: unknown; readonly etag?: string };
}

async function post(type: 'batch' | 'transaction', ...entry: readonly object[]) {
  const answer = await send('POST', '', { body: { resourceType: 'Bundle', type, entry } });
  return { ...answer, entries: (answer.body.entry ?? []) as ResponseEntry[] };
}

const asked = (method: string, url: string, more: object = {}) => ({ request: { method, url, ...more } });
const write = (method: string, url: string, resource: object, more: object = {}) => ({
  resource,
  request: { method, url, ...more },
});

const patient = (id: string, members: object = {}) => ({ resourceType: 'Patient', id, ...members });
const observation = (members: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'test' },
  ...members,
});

await send('PUT', '/Patient/p', { body: patient('p', { active: true }) });
await send('PUT', '/Observation/o', {
  body: { ...observation({ subject: { reference: 'Patient/p' } }), id: 'o' },
});

t.test('a batch reads in every way the server does', async (t) => {
  const { entries } = await post(
    'batch',
    asked('GET', 'Patient/p'),
    asked('GET', `${server.url}/Patient/p`),
    asked('GET', '/Patient/p'),
    asked('HEAD', 'Patient/p'),
    asked('GET', 'Patient/p/_history/1'),
    asked('GET', 'Patient/p/_history'),
    asked('GET', 'Patient?_id=p'),
    asked('POST', 'Patient/_search?_id=p'),
    asked('GET', 'Patient/p/Observation?status=final'),
    asked('GET', 'metadata'),
    asked('GET', 'Patient/p?_elements=active'),
    asked('GET', 'Patient/p', { ifNoneMatch: 'W/"1"' }),
    asked('GET', 'Patient/p', { ifModifiedSince: '2999-01-01T00:00:00Z' }),
    asked('GET', '?_type=Patient&_id=p'),
    asked('GET', 'Encounter/e/*'),
    asked('POST', '_search?_type=Patient&_id=p'),
  );
  t.same(
    entries.map(({ response, resource }) => `${response.status} ${resource?.resourceType}`),
    [
      '200 OK Patient',
      '200 OK Patient',
      '200 OK Patient',
      '200 OK Patient',
      '200 OK Patient',
      '200 OK Bundle',
      '200 OK Bundle',
      '200 OK Bundle',
      '200 OK Bundle',
      '200 OK CapabilityStatement',
      '200 OK Patient',
      '304 Not Modified undefined',
      '304 Not Modified undefined',
      '200 OK Bundle',
      '200 OK Bundle',
      '200 OK Bundle',
    ],
  );
  const [, , , , , , , , compartment] = entries;
  t.equal((compartment!.resource!.entry as unknown[]).length, 1);
});

t.test('a batch runs operations', async (t) => {
  const { entries } = await post(
    'batch',
    write('POST', 'Patient/$validate', { resourceType: 'Patient', gender: 'unheard-of' }),
    asked('GET', 'Patient/p/$validate'),
  );
  t.same(
    entries.map(({ response, resource }) => `${response.status} ${resource?.resourceType}`),
    ['200 OK OperationOutcome', '200 OK OperationOutcome'],
  );
});

t.test('an entry of a batch that cannot be understood does not touch the others', async (t) => {
  const { status, entries } = await post(
    'batch',
    asked('GET', 'Nothing/1'),
    {},
    asked('FIX', 'Patient/p'),
    asked('POST', 'Patient'),
    write('PUT', 'Patient/other', observation({})),
    asked('GET', 'Patient/p/nowhere'),
    asked('GET', 'Patient/p/$nothing'),
    asked('GET', 'Patient/nobody'),
    write('POST', '/', { resourceType: 'Bundle', type: 'batch' }),
    asked('GET', 'Patient/p'),
  );
  t.equal(status, 200);
  t.same(
    entries.map(({ response }) => response.status.slice(0, 3)),
    ['400', '400', '400', '400', '400', '405', '405', '404', '405', '200'],
  );
  for (const { response } of entries.slice(0, -1)) {
    t.match(response.outcome, { resourceType: 'OperationOutcome' });
  }
  t.match(entries[7]!.response.outcome, { issue: [{ expression: [/^Bundle\.entry\[7\]/] }] });
});

t.test('a transaction does deletes, then creates, then changes, then reads', async (t) => {
  const identifier = [{ system: 'urn:order', value: '1' }];
  await send('PUT', '/Patient/first', { body: patient('first', { identifier }) });
  const data = Buffer.from('[{"op":"add","path":"/active","value":false}]').toString('base64');
  const { status, entries, text } = await post(
    'transaction',
    asked('GET', 'Patient?identifier=urn:order|1'),
    asked('GET', 'Patient/p'),
    asked('GET', 'Patient/p/Observation'),
    write('PATCH', 'Patient/p', { resourceType: 'Binary', contentType: 'application/json-patch+json', data }),
    // Finds nothing, because what it would find is deleted before.
    write('POST', 'Patient', { resourceType: 'Patient', identifier }),
    write('POST', 'Observation', observation({ subject: { reference: 'Patient/p' } })),
    asked('DELETE', 'Patient/first'),
  );
  t.equal(status, 200, text);
  t.same(
    entries.map(({ response }) => response.status.slice(0, 3)),
    ['200', '200', '200', '200', '201', '201', '204'],
  );
  const [found, read, compartment] = entries.map(({ resource }) => resource);
  const ids = (bundle: unknown) =>
    (bundle as { entry: { resource: { id: string } }[] }).entry.map(({ resource }) => resource.id);
  t.same(ids(found), [entries[4]!.resource!.id]);
  t.equal(read!.active, false);
  t.same(ids(compartment).sort(), ['o', entries[5]!.resource!.id].sort());
});

t.test('a transaction reads whatever can be read, after its writes', async (t) => {
  await send('PUT', '/Patient/read', { body: patient('read') });
  const { status, entries, text } = await post(
    'transaction',
    asked('GET', 'Patient/read/_history'),
    asked('GET', 'Patient/read/_history/1'),
    asked('GET', 'Patient/read/_history/2'),
    asked('GET', 'Patient/_history?_count=1'),
    asked('GET', '_history?_count=1'),
    asked('GET', '?_type=Patient&_id=read'),
    asked('GET', 'Patient/read/*?_summary=count'),
    asked('POST', 'Patient/_search?_id=read'),
    asked('POST', '_search?_type=Patient&_id=read'),
    asked('HEAD', 'Patient/read'),
    write('PUT', 'Patient/read', patient('read', { active: true })),
  );
  t.equal(status, 200, text);
  t.same(
    entries.map(({ response }) => response.status.slice(0, 3)),
    Array(11).fill('200'),
  );
  const bundles = entries.map(
    ({ resource }) => resource as { total?: number; active?: boolean; entry?: object[] },
  );
  const [history, before, after, ofType, ofAll, typed, count, form, systemForm] = bundles;
  t.equal(history!.total, 2);
  t.notOk(before!.active);
  t.equal(after!.active, true);
  for (const bundle of [ofType, ofAll, typed, form, systemForm])
    t.match(bundle!.entry, [{ resource: { id: 'read', active: true } }]);
  t.equal(count!.total, 1);
});

t.test('references to versions, and those to elsewhere, stay as they are', async (t) => {
  const urn = 'urn:uuid:0f3c1f9e-7d57-4d9c-9b39-27a3f6c9c011';
  const { entries } = await post(
    'transaction',
    {
      fullUrl: urn,
      ...write('POST', 'Patient', { resourceType: 'Patient' }),
    },
    write(
      'POST',
      'Observation',
      observation({
        subject: { reference: urn },
        focus: [
          { reference: 'Patient/p/_history/1' },
          { reference: 'http://elsewhere.example/fhir/Patient/p' },
        ],
        performer: [{ identifier: { system: 'urn:test', value: urn } }],
      }),
    ),
  );
  t.match(entries[1]!.resource, {
    subject: { reference: `Patient/${entries[0]!.resource!.id}` },
    focus: [{ reference: 'Patient/p/_history/1' }, { reference: 'http://elsewhere.example/fhir/Patient/p' }],
    performer: [{ identifier: { value: urn } }],
  });
});

for (const type of ['batch', 'transaction'] as const) {
  t.test(`conditional references are resolved in a ${type}`, async (t) => {
    const { entries, text } = await post(
      type,
      write('POST', 'Observation', observation({ subject: { reference: 'Patient?_id=p' } })),
      write('PUT', `Observation/of-${type}`, {
        ...observation({ subject: { reference: 'Patient?_id=p' } }),
        id: `of-${type}`,
      }),
    );
    for (const { resource } of entries) t.match(resource, { subject: { reference: 'Patient/p' } }, text);
  });
}

t.test('a transaction refuses what it cannot do as one', async (t) => {
  for (const entry of [
    asked('GET', 'Patient/p/$validate'),
    asked('GET', 'Patient/$nothing'),
    asked('GET', 'metadata'),
    asked('GET', 'Organization/p/Observation'),
    asked('POST', 'Patient/p/_search'),
    write('POST', 'Patient/$validate', patient('x')),
    write('PUT', 'Patient/p/extra', patient('p')),
  ]) {
    const { status, body } = await post(
      'transaction',
      write('PUT', 'Patient/undone', patient('undone')),
      entry,
    );
    t.same([status, keysOf(body)], [405, ['method-not-allowed']], JSON.stringify(entry));
  }
  t.equal((await send('GET', '/Patient/undone')).status, 404);
});

t.test('a bundle of thousands of entries is taken', async (t) => {
  const many = Array.from({ length: 3000 }, (_, i) => write('PUT', `Patient/n${i}`, patient(`n${i}`)));
  const { status, entries } = await post('transaction', ...many);
  t.same([status, entries.length], [200, 3000]);
  t.equal((await send('GET', '/Patient/n2999')).status, 200);
});
