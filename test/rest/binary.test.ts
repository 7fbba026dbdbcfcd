/** Binary over the wire: as raw content and as a resource. https://hl7.org/fhir/R4/binary.html#rest */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer({ environment: { BODY_LIMIT: '100000' } });
t.teardown(() => server.close());
const { send, url } = server;

const pixels = Uint8Array.from({ length: 256 }, (_, i) => i);

/** Sends bytes, which `send` cannot. */
function raw(
  method: string,
  path: string,
  type: string | undefined,
  body: Uint8Array<ArrayBuffer> | string,
  headers = {},
) {
  return fetch(url + path, {
    method,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    body,
  });
}

async function get(path: string, accept?: string) {
  const response = await fetch(url + path, accept === undefined ? {} : { headers: { accept } });
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
}

async function stored(
  type = 'image/png',
  body: Uint8Array<ArrayBuffer> | string = pixels,
  headers = {},
): Promise<string> {
  const answer = await raw('POST', '/Binary', type, body, headers);
  t.equal(answer.status, 201);
  return `/Binary/${((await answer.json()) as { id: string }).id}`;
}

t.test('content that is posted comes back byte by byte, with its type and its version', async (t) => {
  const path = await stored();
  for (const accept of [undefined, '*/*', 'image/*', 'text/html, image/png;q=0.5']) {
    const { response, bytes } = await get(path, accept);
    t.equal(response.status, 200, String(accept));
    t.equal(response.headers.get('content-type'), 'image/png');
    t.equal(response.headers.get('etag'), 'W/"1"');
    t.ok(response.headers.get('last-modified'));
    t.same(bytes, pixels);
  }
  const version = await get(`${path}/_history/1`);
  t.same([version.response.headers.get('content-type'), version.bytes], ['image/png', pixels]);
  const head = await fetch(url + path, { method: 'HEAD' });
  t.same([head.status, head.headers.get('content-type')], [200, 'image/png']);
});

t.test('who asks for a format of FHIR gets the resource', async (t) => {
  const path = await stored();
  const data = Buffer.from(pixels).toString('base64');
  for (const [asked, accept] of [
    [path, 'application/fhir+json'],
    [path, 'application/json'],
    [`${path}?_format=json`, '*/*'],
    [path, 'image/png;q=0.1, application/fhir+json'],
  ] as const) {
    const { body, headers } = await send('GET', asked, { headers: { accept } });
    t.match(headers.get('content-type'), /json/);
    t.match(body, { resourceType: 'Binary', contentType: 'image/png', data });
  }
  const xml = await send('GET', path, { headers: { accept: 'application/fhir+xml' } });
  t.match(xml.text, `<data value="${data}"/>`);
  t.equal((await send('GET', path, { headers: { accept: 'text/plain' } })).status, 406);
});

t.test('content is put under an id, and changed by another', async (t) => {
  t.equal((await raw('PUT', '/Binary/note', 'text/plain', 'one')).status, 201);
  t.equal(
    (await raw('PUT', '/Binary/note', 'text/plain; charset=utf-8', 'two', { 'if-match': 'W/"1"' })).status,
    200,
  );
  const { response, bytes } = await get('/Binary/note');
  t.same(
    [response.headers.get('content-type'), Buffer.from(bytes).toString()],
    ['text/plain; charset=utf-8', 'two'],
  );
  t.equal((await raw('PUT', '/Binary/note', 'text/plain', 'three', { 'if-match': 'W/"1"' })).status, 412);
});

t.test('JSON and XML that are no Binary are content, those that are one are the resource', async (t) => {
  const plain = await stored('application/json', '{"a": 1.50}');
  const { response, bytes } = await get(plain, 'application/json');
  t.same(
    [response.headers.get('content-type'), Buffer.from(bytes).toString()],
    ['application/json', '{"a": 1.50}'],
  );
  const broken = await stored('application/json', '{"a');
  t.equal(Buffer.from((await get(broken)).bytes).toString(), '{"a');
  const form = await stored('application/x-www-form-urlencoded', 'a=b&c=d');
  t.equal(Buffer.from((await get(form)).bytes).toString(), 'a=b&c=d');
  const resource = { resourceType: 'Binary', contentType: 'text/plain', data: 'b25l' };
  for (const [type, body] of [
    ['application/json', JSON.stringify(resource)],
    ['application/fhir+json', JSON.stringify(resource)],
    [
      'text/xml',
      '<Binary xmlns="http://hl7.org/fhir"><contentType value="text/plain"/><data value="b25l"/></Binary>',
    ],
  ] as const) {
    t.equal(Buffer.from((await get(await stored(type, body))).bytes).toString(), 'one', type);
  }
  const other = await raw('POST', '/Binary', 'application/fhir+json', '{"resourceType":"Patient"}');
  t.equal(other.status, 400);
});

t.test('content without a type is of any', async (t) => {
  const answer = await raw('POST', '/Binary', undefined, pixels);
  const { id } = (await answer.json()) as { id: string };
  t.equal((await get(`/Binary/${id}`)).response.headers.get('content-type'), 'application/octet-stream');
});

t.test('the security context travels in a header', async (t) => {
  const path = await stored('image/png', pixels, { 'x-security-context': 'Patient/a' });
  const { body } = await send('GET', path, { headers: { accept: 'application/fhir+json' } });
  t.same(body.securityContext, { reference: 'Patient/a' });
  t.equal((await get(path)).response.headers.get('x-security-context'), 'Patient/a');
});

t.test('content is bounded like any body, and its type is held to be one', async (t) => {
  t.equal((await raw('POST', '/Binary', 'image/png', new Uint8Array(100_001))).status, 413);
  const created = await send('POST', '/Binary', {
    body: { resourceType: 'Binary', contentType: 'no type at all', data: 'b25l' },
  });
  t.equal(created.status, 422);
  const { response } = await get(await stored('text/html', '<script>'));
  t.equal(response.headers.get('x-content-type-options'), 'nosniff');
  t.match(response.headers.get('content-security-policy'), "default-src 'none'");
});

t.test('conditions and refusals are those of any resource', async (t) => {
  const path = await stored();
  const { headers } = await send('GET', path);
  t.equal((await send('GET', path, { headers: { 'if-none-match': headers.get('etag')! } })).status, 304);
  await send('DELETE', path);
  const gone = await send('GET', path);
  t.same([gone.status, keysOf(gone.body)], [410, ['deleted']]);
  t.equal((await send('GET', '/Binary/nothing', { headers: { accept: 'image/png' } })).status, 404);
  t.equal((await raw('POST', '/Patient', 'image/png', pixels)).status, 415, 'only for Binary');
});
