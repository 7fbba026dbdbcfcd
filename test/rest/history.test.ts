/** Histories over the wire: of a resource, of a type, of the system. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
const { send } = server;

interface Entry {
  readonly fullUrl: string;
  readonly resource?: { readonly meta: { readonly versionId: string; readonly tag?: { code: string }[] } };
  readonly request: { readonly method: string; readonly url: string };
  readonly response: { readonly status: string; readonly etag: string; readonly lastModified: string };
}

/** `DELETE Patient/a W/"3"` */
function told({ request, response }: Entry): string {
  return `${request.method} ${request.url} ${response.etag}`;
}

/** The entries of all pages from a path on. */
async function pages(path: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { body } = await send('GET', next);
    entries.push(...(body.entry ?? []));
    next = body.link.find(({ relation }: { relation: string }) => relation === 'next')?.url;
  }
  return entries;
}

const before = (await send('GET', '/_history?_count=0')).body.total;
await send('PUT', '/Patient/a', { body: { resourceType: 'Patient', id: 'a' } });
await send('PUT', '/Organization/o', { body: { resourceType: 'Organization', id: 'o', name: 'Clinic' } });
await send('PUT', '/Patient/a', { body: { resourceType: 'Patient', id: 'a', active: true } });
// What comes now is later by the clock.
await new Promise((resolve) => setTimeout(resolve, 5));
const middle = new Date().toISOString();
await new Promise((resolve) => setTimeout(resolve, 5));
await send('DELETE', '/Patient/a');
await send('PATCH', '/Organization/o', {
  headers: { 'content-type': 'application/json-patch+json' },
  body: '[{"op":"replace","path":"/name","value":"Other"}]',
});

const ofPatient = ['DELETE Patient/a W/"3"', 'PUT Patient/a W/"2"', 'PUT Patient/a W/"1"'];
const ofSystem = [
  'PATCH Organization/o W/"2"',
  'DELETE Patient/a W/"3"',
  'PUT Patient/a W/"2"',
  'PUT Organization/o W/"1"',
  'PUT Patient/a W/"1"',
];

t.test('the system and a type tell what was written to them, newest first', async (t) => {
  const system = await send('GET', '/_history');
  t.equal(system.status, 200);
  t.same([system.body.resourceType, system.body.type], ['Bundle', 'history']);
  t.equal(system.body.total, before + 5);
  t.same(system.body.entry.slice(0, 5).map(told), ofSystem);
  const patients = (await send('GET', '/Patient/_history')).body;
  t.equal(patients.total, 3);
  t.same(patients.entry.map(told), ofPatient);
  const [deleted, updated, created]: Entry[] = patients.entry;
  t.notOk(deleted!.resource);
  t.same(
    [deleted, updated, created].map((entry) => entry!.response.status),
    ['204', '200', '201'],
  );
  t.equal(updated!.fullUrl, `${server.url}/Patient/a`);
  t.equal(updated!.resource!.meta.versionId, '2');
  t.ok(Date.parse(created!.response.lastModified) <= Date.parse(deleted!.response.lastModified));
  t.equal((await send('GET', '/Encounter/_history')).body.total, 0);
});

t.test('pages hold every version once', async (t) => {
  t.same((await pages('/Patient/_history?_count=1')).map(told), ofPatient);
  t.same((await pages('/_history?_count=2')).slice(0, 5).map(told), ofSystem);
  t.same((await pages('/Patient/a/_history?_count=2')).map(told), ofPatient);
});

t.test('_since leaves out what is older', async (t) => {
  const since = encodeURIComponent(middle);
  t.same((await send('GET', `/_history?_since=${since}`)).body.entry.map(told), ofSystem.slice(0, 2));
  const patient = (await send('GET', `/Patient/a/_history?_since=${since}`)).body;
  t.same([patient.total, patient.entry.map(told)], [1, ofPatient.slice(0, 1)]);
  t.same((await pages(`/_history?_since=${since}&_count=1`)).map(told), ofSystem.slice(0, 2));
  t.equal((await send('GET', '/Patient/_history?_since=2999-01-01')).body.total, 0);
});

t.test('_at tells what was current at a time', async (t) => {
  const at = encodeURIComponent(middle);
  t.same((await send('GET', `/Patient/_history?_at=${at}`)).body.entry.map(told), ['PUT Patient/a W/"2"']);
  t.same((await send('GET', `/Organization/o/_history?_at=${at}`)).body.entry.map(told), [
    'PUT Organization/o W/"1"',
  ]);
  const year = new Date().getUTCFullYear();
  t.same((await send('GET', `/Patient/_history?_at=${year}`)).body.entry.map(told), ofPatient);
  t.equal((await send('GET', '/Patient/_history?_at=1999')).body.total, 0);
});

t.test('a zone with a plus sign is understood however it is sent', async (t) => {
  const later = `${new Date(Date.now() + 2 * 3_600_000).toISOString().slice(0, -1)}`;
  for (const zone of ['+02:00', '%2B02:00']) {
    const answer = await send('GET', `/Patient/_history?_since=${later}${zone}`);
    t.equal(answer.status, 200, zone);
  }
});

t.test('only the total is told when asked', async (t) => {
  for (const query of ['_count=0', '_summary=count']) {
    const { body } = await send('GET', `/Patient/_history?${query}`);
    t.same([body.total, body.entry, body.link.length], [3, undefined, 1], query);
  }
});

t.test('_summary and _elements cut the resources', async (t) => {
  const { body } = await send('GET', '/Patient/a/_history?_elements=active');
  const [, updated] = body.entry as Entry[];
  t.same(Object.keys(updated!.resource!).sort(), ['active', 'id', 'meta', 'resourceType']);
  t.equal(updated!.resource!.meta.tag?.at(-1)?.code, 'SUBSETTED');
  const organizations = (await send('GET', '/Organization/_history?_summary=text')).body;
  t.notOk(organizations.entry[0].resource.name);
});

t.test('in a history of all types each resource has those of the elements that it knows', async (t) => {
  const { body } = await send('GET', '/_history?_elements=active,name,Patient.language&_count=5');
  const keys = (body.entry as Entry[]).map(({ resource }) => Object.keys(resource ?? {}).sort());
  t.same(keys, [
    ['id', 'meta', 'name', 'resourceType'],
    [],
    ['active', 'id', 'meta', 'resourceType'],
    ['id', 'meta', 'name', 'resourceType'],
    ['id', 'meta', 'resourceType'],
  ]);
});

t.test('the self link says what was applied', async (t) => {
  const { body } = await send('GET', '/Patient/_history?_count=5000&_since=2020');
  t.equal(body.link[0].url, `${server.url}/Patient/_history?_count=1000&_since=2020`);
});

t.test('what a history does not have is refused', async (t) => {
  for (const [query, key] of [
    ['_since=yesterday', 'invalid-parameter'],
    ['_at=2026-13', 'invalid-parameter'],
    ['_count=many', 'invalid-parameter'],
    ['_sort=_lastUpdated', 'unknown-parameter'],
    ['name=x', 'unknown-parameter'],
    ['_cursor=made-up', 'invalid-parameter'],
  ] as const) {
    const answer = await send('GET', `/Patient/_history?${query}`);
    t.same([answer.status, keysOf(answer.body)], [400, [key]], query);
  }
  const lenient = await send('GET', '/Patient/_history?name=x', { headers: { prefer: 'handling=lenient' } });
  t.equal(lenient.status, 200);
  t.notMatch(lenient.body.link[0].url, /name/);
  const next = (await send('GET', '/Patient/_history?_count=1')).body.link[1].url;
  t.equal((await send('GET', next.replace('/Patient/', '/Organization/'))).status, 400, 'another cursor');
  t.equal((await send('GET', '/Patient/never-was/_history')).status, 404);
});

t.test('histories answer within a batch', async (t) => {
  const urls = ['_history?_count=1', 'Patient/_history?_count=1', 'Patient/a/_history?_count=1'];
  const { body } = await send('POST', '', {
    body: {
      resourceType: 'Bundle',
      type: 'batch',
      entry: urls.map((url) => ({ request: { method: 'GET', url } })),
    },
  });
  for (const { response, resource } of body.entry) {
    t.same([response.status, resource.type, resource.entry.length], ['200 OK', 'history', 1]);
  }
});

t.test('_list leaves out what a list does not hold', async (t) => {
  const entry = [{ item: { reference: 'Patient/a' } }, { item: { reference: 'Patient/unknown' } }];
  const body = { resourceType: 'List', id: 'some', status: 'current', mode: 'working', entry };
  await send('PUT', '/List/some', { body });
  t.same((await pages('/_history?_list=some&_count=2')).map(told), ofPatient);
  t.same((await pages('/Patient/_history?_list=some')).map(told), ofPatient);
  t.same(await pages('/Organization/_history?_list=some'), []);
  t.same(await pages('/_history?_list=none'), []);
  t.same(keysOf((await send('GET', '/_history?_list=$current-problems')).body), ['invalid-parameter']);
});
