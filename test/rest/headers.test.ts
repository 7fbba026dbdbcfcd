/** Headers that every interaction answers with, and HEAD. https://hl7.org/fhir/R4/http.html#general */
import t from 'tap';
import { startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
const { send, url } = server;

const body = { resourceType: 'Patient', id: 'a', active: true, language: 'en' };
const version = (n: number) => `${url}/Patient/a/_history/${n}`;

function headersOf(headers: Headers) {
  return Object.fromEntries(
    ['etag', 'location', 'content-location'].map((name) => [name, headers.get(name)] as const),
  );
}

const created = await send('PUT', '/Patient/a', { body });
const modified = created.headers.get('last-modified')!;

t.test('writes tell where the version is, reads which one it is', async (t) => {
  const expected = { etag: 'W/"1"', location: version(1), 'content-location': version(1) };
  t.same(headersOf(created.headers), expected);
  for (const path of ['/Patient/a', '/Patient/a/_history/1']) {
    const { headers } = await send('GET', path);
    t.same(headersOf(headers), { ...expected, location: null });
    t.equal(headers.get('last-modified'), modified);
    t.equal(Math.floor(Date.parse(created.body.meta.lastUpdated) / 1000) * 1000, Date.parse(modified));
  }
  const minimal = await send('PUT', '/Patient/b', {
    body: { ...body, id: 'b' },
    headers: { prefer: 'return=minimal' },
  });
  t.equal(minimal.headers.get('content-location'), null, 'nothing was sent that would be there');
});

t.test('HEAD answers as GET does, without the body', async (t) => {
  for (const path of [
    '/Patient/a',
    '/Patient/a/_history/1',
    '/Patient/a/_history',
    '/Patient/_history',
    '/_history',
    '/Patient?_id=a',
    '/Patient/a/Observation',
    '/metadata',
    '/Patient/a/$validate',
    '/Patient/nobody',
  ]) {
    const get = await fetch(url + path);
    const text = await get.text();
    const head = await fetch(url + path, { method: 'HEAD' });
    t.equal(head.status, get.status, path);
    t.equal(await head.text(), '', path);
    for (const name of ['content-type', 'etag', 'last-modified', 'content-location']) {
      t.equal(head.headers.get(name), get.headers.get(name), `${path} ${name}`);
    }
    // A cursor, sealed anew, may differ from one answer to the next but not in length.
    const length = head.headers.get('content-length');
    if (length !== null) t.equal(Number(length), Buffer.byteLength(text), path);
  }
});

t.test('what the client has already is not sent again', async (t) => {
  const read = (headers: Record<string, string>) => send('GET', '/Patient/a', { headers });
  for (const [headers, status] of [
    [{ 'if-none-match': 'W/"1"' }, 304],
    [{ 'if-none-match': '"1"' }, 304],
    [{ 'if-none-match': 'W/"7", W/"1"' }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': 'W/"2"' }, 200],
    [{ 'if-modified-since': modified }, 304],
    [{ 'if-modified-since': 'Thu, 01 Jan 2004 00:00:00 GMT' }, 200],
    [{ 'if-modified-since': 'no date' }, 200],
    [{ 'if-none-match': 'W/"2"', 'if-modified-since': modified }, 200],
  ] as const) {
    const answer = await read(headers);
    t.equal(answer.status, status, JSON.stringify(headers));
    t.equal(answer.headers.get('etag'), 'W/"1"');
    if (status === 304) t.equal(answer.text, '');
  }
});

t.test('a read gives the parts that are asked for', async (t) => {
  for (const path of ['/Patient/a', '/Patient/a/_history/1']) {
    const keys = async (query: string) => Object.keys((await send('GET', `${path}?${query}`)).body).sort();
    t.same(await keys('_elements=active'), ['active', 'id', 'meta', 'resourceType']);
    t.same(await keys('_summary=text'), ['id', 'meta', 'resourceType']);
    t.same(await keys('_summary=true'), ['active', 'id', 'meta', 'resourceType']);
    t.same(await keys('_summary=data'), ['active', 'id', 'language', 'meta', 'resourceType']);
    t.same(await keys('_summary=false'), ['active', 'id', 'language', 'meta', 'resourceType']);
    const { body: part } = await send('GET', `${path}?_elements=active`);
    t.equal(part.meta.tag[0].code, 'SUBSETTED');
    t.notOk((await send('GET', path)).body.meta.tag, 'what is stored is whole');
    for (const query of [
      '_summary=count',
      '_summary=some',
      '_elements=nonsense',
      '_summary=true&_elements=id',
    ]) {
      t.equal((await send('GET', `${path}?${query}`)).status, 400, query);
    }
  }
  const xml = await send('GET', '/Patient/a?_elements=active&_format=xml');
  t.match(xml.text, /SUBSETTED/);
  t.notMatch(xml.text, /<language/);
});
