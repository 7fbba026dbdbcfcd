import t from 'tap';
import { fakeServer, fhirJson, issueOf, patient, storePatient } from './fake-services.ts';

t.test('a create answers with location, version, time and the stored resource', async (t) => {
  const server = await fakeServer();
  const response = await server.inject({
    method: 'POST',
    url: '/fhir/Patient',
    headers: fhirJson,
    payload: patient,
  });
  t.equal(response.statusCode, 201);
  t.equal(response.headers.etag, 'W/"1"');
  t.equal(response.headers['last-modified'], 'Fri, 02 Jan 2026 03:04:05 GMT');
  t.equal(response.headers.location, 'http://localhost:80/fhir/Patient/id-1/_history/1');
  t.equal(response.headers['content-type'], 'application/fhir+json; charset=utf-8');
  t.equal(response.json().id, 'id-1');
});

t.test('Prefer chooses what a write answers with', async (t) => {
  const server = await fakeServer();
  const post = (prefer: string) =>
    server.inject({
      method: 'POST',
      url: '/fhir/Patient',
      headers: { ...fhirJson, prefer },
      payload: patient,
    });
  const minimal = await post('return=minimal');
  t.equal(minimal.statusCode, 201);
  t.equal(minimal.body, '');
  t.ok(minimal.headers.location);
  t.equal((await post('return=OperationOutcome')).json().resourceType, 'OperationOutcome');
  t.equal((await post('return=representation')).json().resourceType, 'Patient');
});

t.test('Prefer does not change what a read answers with', async (t) => {
  const server = await fakeServer();
  const id = await storePatient(server);
  const response = await server.inject({ url: `/fhir/Patient/${id}`, headers: { prefer: 'return=minimal' } });
  t.equal(response.json().id, id);
});

t.test('a read whose version the client has is 304 without a body', async (t) => {
  const server = await fakeServer();
  const id = await storePatient(server);
  const url = `/fhir/Patient/${id}`;
  for (const headers of [
    { 'if-none-match': 'W/"1"' },
    { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' },
  ]) {
    const response = await server.inject({ url, headers });
    t.equal(response.statusCode, 304);
    t.equal(response.body, '');
    t.equal(response.headers.etag, 'W/"1"');
  }
  const older = await server.inject({
    url,
    headers: { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:04 GMT' },
  });
  t.equal(older.statusCode, 200);
});

t.test('HEAD answers as GET does, without the body', async (t) => {
  const server = await fakeServer();
  const id = await storePatient(server);
  const head = await server.inject({ method: 'HEAD', url: `/fhir/Patient/${id}` });
  const get = await server.inject({ url: `/fhir/Patient/${id}` });
  t.equal(head.statusCode, 200);
  t.equal(head.body, '');
  t.equal(head.headers.etag, get.headers.etag);
  t.equal(head.headers['content-length'], get.headers['content-length']);
});

t.test('a version, the history and a deletion are reached by their URLs', async (t) => {
  const server = await fakeServer();
  const id = await storePatient(server);
  const url = `/fhir/Patient/${id}`;
  const update = await server.inject({
    method: 'PUT',
    url,
    headers: { ...fhirJson, 'if-match': 'W/"1"' },
    payload: `{"resourceType":"Patient","id":"${id}"}`,
  });
  t.equal(update.headers.etag, 'W/"2"');
  t.equal((await server.inject({ url: `${url}/_history/1` })).json().active, true);
  t.equal((await server.inject({ url: `${url}/_history` })).json().total, 2);
  t.equal((await server.inject({ method: 'DELETE', url })).statusCode, 204);
  t.equal((await server.inject({ url })).statusCode, 410);
});

t.test('an update that expects another version is refused', async (t) => {
  const server = await fakeServer();
  const id = await storePatient(server);
  const response = await server.inject({
    method: 'PUT',
    url: `/fhir/Patient/${id}`,
    headers: { ...fhirJson, 'if-match': 'W/"7"' },
    payload: `{"resourceType":"Patient","id":"${id}"}`,
  });
  t.equal(response.statusCode, 412);
  t.equal(issueOf(response.json()).key, 'version-conflict');
});

t.test('numbers keep their spelling when the answer is printed for people', async (t) => {
  const server = await fakeServer();
  const payload = '{"resourceType":"Observation","valueQuantity":{"value":1.50}}';
  const created = await server.inject({
    method: 'POST',
    url: '/fhir/Observation',
    headers: fhirJson,
    payload,
  });
  const id = created.json().id;
  const response = await server.inject({ url: `/fhir/Observation/${id}?_pretty=true` });
  t.match(response.body, /\n {4}"value": 1\.50\n/);
});

t.test('repeated parameters reach the search in their order, decoded', async (t) => {
  const server = await fakeServer();
  const response = await server.inject({
    url: '/fhir/Observation?date=ge2026&code=a%7Cb&date=lt2027&_format=json',
  });
  const self = response.json().link[0].url;
  t.equal(self, 'http://localhost:80/fhir/Observation?date=ge2026&code=a%7Cb&date=lt2027');
});

t.test('a search by POST takes the parameters of its form and of its URL', async (t) => {
  const server = await fakeServer();
  const response = await server.inject({
    method: 'POST',
    url: '/fhir/Observation/_search?status=final',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    payload: 'code=x+y&_format=application/json&date=2026',
  });
  t.equal(response.statusCode, 200);
  t.equal(response.headers['content-type'], 'application/json; charset=utf-8');
  const { search } = new URL(response.json().link[0].url);
  t.same(
    [...new URLSearchParams(search)],
    [
      ['status', 'final'],
      ['code', 'x y'],
      ['date', '2026'],
    ],
  );
});

t.test('what has no route says why', async (t) => {
  const server = await fakeServer();
  const cases = [
    ['GET', '/fhir/Nothing', 404, 'unknown-type'],
    ['GET', '/fhir/Nothing/1', 404, 'unknown-type'],
    ['GET', '/fhir/patient', 404, 'unknown-type'],
    ['PATCH', '/fhir/Nothing/1', 404, 'unknown-type'],
    ['GET', '/nowhere', 404, 'unknown-path'],
    ['GET', '/', 404, 'unknown-path'],
    ['GET', '/fhir/Patient/1/nowhere', 404, 'unknown-path'],
    ['GET', '/fhir/Patient/$nothing', 404, 'unknown-path'],
    ['GET', '/fhir/$nothing', 404, 'unknown-path'],
    ['GET', '/fhir/.well-known/smart-configuration', 404, 'unknown-path'],
    ['GET', '/fhir/Patient/nobody', 404, 'not-found'],
    ['GET', '/fhir/Patient/not_an_id', 404, 'not-found'],
    ['GET', `/fhir/Patient/${'x'.repeat(1000)}`, 404, 'not-found'],
    ['GET', '/fhir/Patient/1/_history/1', 404, 'not-found'],
    ['PUT', '/fhir', 405, 'method-not-allowed'],
    ['DELETE', '/fhir', 405, 'method-not-allowed'],
    ['GET', '/fhir/Patient/_search', 405, 'method-not-allowed'],
    ['PUT', '/fhir/Patient/1/_history', 405, 'method-not-allowed'],
    ['PUT', '/fhir/Patient', 400, 'malformed-request'],
    ['PATCH', '/fhir/Patient/1', 400, 'malformed-request'],
    ['POST', '/fhir/Patient/1', 405, 'method-not-allowed'],
    ['POST', '/fhir/metadata', 405, 'method-not-allowed'],
    ['GET', '/fhir/Patient/%E0%A4%A', 400, 'malformed-request'],
    ['GET', '/fhir/Patient?name=%E0%A4%A', 400, 'malformed-request'],
    ['GET', '/fhir/Patient?name=%ff', 400, 'malformed-request'],
  ] as const;
  for (const [method, url, status, key] of cases) {
    const response = await server.inject({ method, url });
    t.same(
      [response.statusCode, issueOf(response.json()).key],
      [status, key],
      `${method} ${url.slice(0, 60)}`,
    );
  }
});

t.test('a method that is not allowed names those that are', async (t) => {
  const server = await fakeServer();
  const allowed = async (method: 'POST' | 'PUT', url: string) =>
    (await server.inject({ method, url })).headers.allow?.split(', ').sort();
  t.same(await allowed('PUT', '/fhir'), ['GET', 'HEAD', 'POST']);
  t.same(await allowed('POST', '/fhir/Patient/1'), ['DELETE', 'GET', 'HEAD', 'PATCH', 'PUT']);
  t.same(await allowed('POST', '/fhir/Patient/_history'), ['GET', 'HEAD']);
  t.same(await allowed('PUT', '/fhir/Patient/_search'), ['POST']);
  t.same(await allowed('PUT', '/fhir/Patient/1/$validate'), ['GET', 'HEAD', 'POST']);
});

t.test('a slash at the end and an encoded $ change nothing', async (t) => {
  const server = await fakeServer();
  t.equal((await server.inject('/fhir/Patient/')).statusCode, 200);
  const validated = await server.inject({
    method: 'POST',
    url: '/fhir/Patient/%24validate',
    headers: fhirJson,
    payload: patient,
  });
  t.equal(validated.json().resourceType, 'OperationOutcome');
  t.equal(validated.statusCode, 200);
});

t.test('an answer to $validate without findings says that all is well', async (t) => {
  const server = await fakeServer();
  const response = await server.inject({
    method: 'POST',
    url: '/fhir/Patient/$validate',
    headers: fhirJson,
    payload: patient,
  });
  t.equal(response.json().issue[0].severity, 'information');
});

t.test('links carry the public base URL when there is one', async (t) => {
  const server = await fakeServer({ publicBaseUrl: 'https://kat.example.org/fhir', token: 'secret' });
  const response = await server.inject({
    method: 'POST',
    url: '/fhir/Patient',
    headers: { ...fhirJson, authorization: 'Bearer secret', host: 'inside:8080' },
    payload: patient,
  });
  t.equal(response.headers.location, 'https://kat.example.org/fhir/Patient/id-1/_history/1');
});

t.test('without authentication only loopback names are answered', async (t) => {
  const server = await fakeServer();
  for (const host of ['127.0.0.1:8080', 'localhost:1', '[::1]:8080']) {
    t.equal((await server.inject({ url: '/fhir/Patient', headers: { host } })).statusCode, 200, host);
  }
  for (const host of ['rebound.example.org', '127.0.0.1.example.org', 'localhost:8080@evil', 'a b']) {
    t.equal((await server.inject({ url: '/fhir/Patient', headers: { host } })).statusCode, 400, host);
  }
});
