/**
 * What FHIR-PYrate sends: a base URL with host and path, pages by `_count` and `_sort=_id`, totals by
 * `_summary=count`, windows of time in minutes without a zone. https://github.com/UMEssen/FHIR-PYrate
 */
import t from 'tap';
import { createLog } from '../../src/core/log.ts';
import { createServer } from '../../src/http/server.ts';
import { startServer } from '../support/server.ts';

interface Bundle {
  readonly total?: number;
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly { readonly resource: { readonly id: string } }[];
}

const ids = ['e', 'b', 'd', 'a', 'c'];

const server = await startServer();
t.teardown(() => server.close());
for (const id of ids) {
  await server.send('PUT', `/Patient/${id}`, { body: { resourceType: 'Patient', id, gender: 'female' } });
}

const idsOf = ({ entry = [] }: Bundle): string[] => entry.map(({ resource }) => resource.id);

/** As the client does: the link as it is, made whole by its own base URL when it has no host. */
async function allPages(first: Bundle, base: string): Promise<string[]> {
  const found = idsOf(first);
  let { link } = first;
  for (let pages = 1; pages < 10; pages++) {
    const next = link.find(({ relation }) => relation === 'next')?.url;
    if (next === undefined) break;
    const bundle: Bundle = (await server.send('GET', next.startsWith('http') ? next : base + next)).body;
    found.push(...idsOf(bundle));
    ({ link } = bundle);
  }
  return found;
}

t.test('it pages by GET, sorted by id', async (t) => {
  const { body } = await server.send('GET', '/Patient?_count=2&_sort=_id');
  t.same(await allPages(body, server.url), ids.toSorted());
});

t.test('it searches by POST and pages by GET', async (t) => {
  const { status, body } = await server.send('POST', '/Patient/_search', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: '_count=2&_sort=_id&gender=female',
  });
  t.equal(status, 200);
  t.same(await allPages(body, server.url), ids.toSorted());
});

t.test('it asks for the total first', async (t) => {
  const { body } = await server.send('GET', '/Patient?_summary=count&gender=female');
  t.same([body.total, body.entry], [ids.length, undefined]);
});

t.test('it asks for windows of time, to the minute and without a zone', async (t) => {
  const minute = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 16);
  const total = async (from: number, to: number): Promise<number> => {
    const window = `_lastUpdated=ge${minute(from)}&_lastUpdated=lt${minute(to)}`;
    const { status, body } = await server.send('GET', `/Patient?${window}&_summary=count`);
    t.equal(status, 200, window);
    return body.total;
  };
  const hour = 3_600_000;
  const now = Date.now();
  t.equal(await total(now - hour, now + hour), ids.length);
  t.equal(await total(now - 2 * hour, now - hour), 0);
  t.equal(await total(now + hour, now + 2 * hour), 0);
});

t.test('the links keep the host and the path of a public base URL', async (t) => {
  const publicBaseUrl = 'https://kat.example/hospital/fhir';
  const behindProxy = await createServer({
    services: server.services,
    log: createLog('silent'),
    version: '0.0.0-test',
    publicBaseUrl,
  });
  t.teardown(() => behindProxy.close());
  const found: string[] = [];
  let url: string | undefined = '/fhir/Patient?_count=2&_sort=_id';
  while (url !== undefined && found.length <= ids.length) {
    const bundle: Bundle = (await behindProxy.inject(url)).json();
    found.push(...idsOf(bundle));
    const next: string | undefined = bundle.link.find(({ relation }) => relation === 'next')?.url;
    if (next !== undefined) t.ok(next.startsWith(`${publicBaseUrl}/Patient?`), next);
    // The proxy takes its own part of the path off.
    url = next?.replace(publicBaseUrl, '/fhir');
  }
  t.same(found, ids.toSorted());
});
