import { Writable } from 'node:stream';
import pino from 'pino';
import t from 'tap';
import { fakeServer, fhirJson, issueOf, patient, storePatient } from './fake-services.ts';

const secret = 'a-long-secret';
const bearer = { authorization: `Bearer ${secret}` };

t.test('with a token everything needs it but health, readiness and metadata', async (t) => {
  const server = await fakeServer({ token: secret });
  for (const [method, url] of [
    ['GET', '/fhir/Patient'],
    ['GET', '/fhir/Patient/1'],
    ['POST', '/fhir'],
    ['POST', '/fhir/Patient/_search'],
    ['DELETE', '/fhir/Patient/1'],
    ['GET', '/fhir/Nothing'],
    ['GET', '/nowhere'],
    ['PATCH', '/fhir/Patient/1'],
  ] as const) {
    const response = await server.inject({ method, url });
    t.equal(response.statusCode, 401, `${method} ${url}`);
    t.equal(response.headers['www-authenticate'], 'Bearer');
    t.equal(issueOf(response.json()).key, 'login-required');
  }
  for (const url of ['/health', '/ready', '/fhir/metadata']) {
    t.equal((await server.inject(url)).statusCode, 200, url);
  }
});

t.test('only the very token is let in', async (t) => {
  const server = await fakeServer({ token: secret });
  const status = async (authorization: string) =>
    (await server.inject({ url: '/fhir/Patient', headers: { authorization } })).statusCode;
  t.equal(await status(`Bearer ${secret}`), 200);
  t.equal(await status(`bearer ${secret}`), 200);
  for (const wrong of [
    secret,
    'Bearer',
    'Bearer ',
    `Bearer ${secret}x`,
    `Basic ${secret}`,
    `Bearer ${secret.slice(1)}`,
    `Bearer x ${secret}`,
  ]) {
    t.equal(await status(wrong), 401, wrong);
  }
});

t.test('the body of a request without the token is not read', async (t) => {
  const server = await fakeServer({ token: secret, bodyLimit: 10 });
  const response = await server.inject({
    method: 'POST',
    url: '/fhir/Patient',
    headers: fhirJson,
    payload: patient,
  });
  t.equal(response.statusCode, 401);
});

t.test('every answer says what a browser may do with it and which request it answers', async (t) => {
  const server = await fakeServer({ token: secret });
  for (const url of ['/fhir/metadata', '/fhir/Patient', '/health', '/nowhere']) {
    const { headers } = await server.inject({ url, headers: { 'x-request-id': 'my-request.1' } });
    t.equal(headers['x-request-id'], 'my-request.1', url);
    t.equal(headers['x-content-type-options'], 'nosniff');
    t.equal(headers['cache-control'], 'no-store');
    t.match(headers['content-security-policy'], /default-src 'none'/);
  }
  const { headers } = await server.inject({ url: '/health', headers: { 'x-request-id': 'a\tb {"x":1}' } });
  t.match(headers['x-request-id'], /^[0-9a-f-]{36}$/, 'an id not fit for a log is replaced');
});

t.test('without authentication only pages of this machine may read answers', async (t) => {
  const server = await fakeServer();
  const allowed = async (origin: string) =>
    (await server.inject({ url: '/fhir/Patient', headers: { origin } })).headers[
      'access-control-allow-origin'
    ];
  t.equal(await allowed('http://localhost:3000'), 'http://localhost:3000');
  t.notOk(await allowed('https://example.org'));
  t.notOk(await allowed('http://localhost.example.org'));
});

t.test('with a token pages of any origin may call, with the headers of FHIR', async (t) => {
  const server = await fakeServer({ token: secret });
  const preflight = await server.inject({
    method: 'OPTIONS',
    url: '/fhir/Patient/1',
    headers: {
      origin: 'https://example.org',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization,if-match',
    },
  });
  t.equal(preflight.statusCode, 204);
  t.match(preflight.headers['access-control-allow-methods'], /PUT/);
  t.match(preflight.headers['access-control-allow-headers'], /if-match/);
  const { headers } = await server.inject({
    url: '/fhir/Patient',
    headers: { ...bearer, origin: 'https://example.org' },
  });
  t.equal(headers['access-control-allow-origin'], '*');
  t.match(headers['access-control-expose-headers'], /ETag.*Location.*X-Request-Id/);
});

t.test('more requests than the limit are told to come back later', async (t) => {
  const server = await fakeServer({ rateLimit: 2 });
  await server.inject('/fhir/Patient');
  await server.inject('/fhir/Patient');
  const response = await server.inject('/fhir/Patient');
  t.same([response.statusCode, issueOf(response.json()).key], [429, 'too-many-requests']);
  t.ok(response.headers['retry-after']);
});

t.test('what a proxy says of the client is believed only where it is trusted', async (t) => {
  const headers = {
    'x-forwarded-host': 'kat.example',
    'x-forwarded-proto': 'https',
    authorization: 'Bearer secret',
  };
  for (const [trustProxy, base] of [
    [true, 'https://kat.example/fhir'],
    [false, 'http://localhost:80/fhir'],
  ] as const) {
    const server = await fakeServer({ trustProxy, token: 'secret' });
    const response = await server.inject({ url: '/fhir/Patient', headers });
    t.match(response.json().link[0].url, base);
  }
});

/** A log that is kept. */
function recorder(): { lines: string[]; log: pino.Logger } {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, log: pino({ level: 'info' }, stream) };
}

t.test('the log holds method, route, status and request id, and nothing of the request', async (t) => {
  const { lines, log } = recorder();
  const server = await fakeServer({ log, token: secret });
  const id = await storePatient(server, bearer);
  await server.inject({ url: `/fhir/Patient/${id}`, headers: { ...bearer, 'x-request-id': 'r-1' } });
  await server.inject({ url: '/fhir/Patient?name=Ebenezer', headers: bearer });
  await server.inject({ url: '/fhir/Ebenezer/1', headers: bearer });
  const read = lines.map((line) => JSON.parse(line)).find((line) => line.requestId === 'r-1');
  t.match(read, { method: 'GET', route: '/fhir/:type/:id', status: 200, ms: Number });
  t.notMatch(lines.join(), new RegExp(`Ebenezer|${id}|${secret}`));
});

t.test('a fault of the server is logged with its place, answered without detail', async (t) => {
  const { lines, log } = recorder();
  const server = await fakeServer({
    log,
    services: {
      parseSearch: () => {
        throw new TypeError('cannot read Ebenezer');
      },
    },
  });
  const response = await server.inject({ url: '/fhir/Patient', headers: { 'x-request-id': 'r-2' } });
  t.same([response.statusCode, issueOf(response.json()).key], [500, 'internal-error']);
  t.notMatch(response.body, /Ebenezer|TypeError|\.ts/);
  const entry = lines.map((line) => JSON.parse(line)).find((line) => line.msg === 'failed');
  t.match(entry, { requestId: 'r-2', name: 'TypeError', route: '/fhir/:type' });
  t.match(entry.at[0], /access\.test\.ts/);
  t.notMatch(lines.join(), /Ebenezer/);
});
