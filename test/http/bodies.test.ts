import { brotliCompressSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { fakeServer, fhirJson, issueOf, patient } from './fake-services.ts';

const post = { method: 'POST', url: '/fhir/Patient' } as const;

t.test('JSON is taken under each of its media types, in UTF-8 and of FHIR 4.0', async (t) => {
  const server = await fakeServer();
  for (const type of [
    'application/fhir+json',
    'application/json',
    'application/fhir+json; charset=utf-8',
    'application/fhir+json;charset="UTF-8"; fhirVersion=4.0',
    'Application/FHIR+JSON',
  ]) {
    const response = await server.inject({ ...post, headers: { 'content-type': type }, payload: patient });
    t.equal(response.statusCode, 201, type);
  }
});

t.test('a body of another type is refused with 415', async (t) => {
  const server = await fakeServer();
  for (const type of [
    'application/fhir+turtle',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/fhir+json; charset=iso-8859-1',
    'application/fhir+json; fhirVersion=5.0',
    'nonsense',
  ]) {
    const response = await server.inject({ ...post, headers: { 'content-type': type }, payload: patient });
    t.same([response.statusCode, issueOf(response.json()).key], [415, 'unsupported-media-type'], type);
  }
});

t.test('a search by POST takes a form only', async (t) => {
  const server = await fakeServer();
  const url = '/fhir/Patient/_search';
  const response = await server.inject({ ...post, url, headers: fhirJson, payload: '{}' });
  t.equal(response.statusCode, 415);
  t.equal((await server.inject({ ...post, url })).statusCode, 200, 'no body is no parameters');
});

t.test('a write without a body is refused', async (t) => {
  const server = await fakeServer();
  const response = await server.inject(post);
  t.same([response.statusCode, issueOf(response.json()).key], [400, 'malformed-request']);
  const empty = await server.inject({ ...post, headers: { ...fhirJson, 'content-length': '0' } });
  t.equal(empty.statusCode, 400);
});

t.test('malformed JSON is refused with its position and without a word of it', async (t) => {
  const server = await fakeServer();
  const payload = '{"resourceType":"Patient",\n "name": Ebenezer}';
  const response = await server.inject({ ...post, headers: fhirJson, payload });
  t.equal(response.statusCode, 400);
  const [issue] = response.json().issue;
  t.same(
    issue.extension.map((extension: { valueInteger: number }) => extension.valueInteger),
    [2, 10],
  );
  t.notMatch(response.body, /Ebenezer/);
});

t.test('what is no UTF-8 is refused instead of being repaired', async (t) => {
  const server = await fakeServer();
  const payload = Buffer.from('{"resourceType":"Patient","language":"\xe9"}', 'latin1');
  const response = await server.inject({ ...post, headers: fhirJson, payload });
  t.same([response.statusCode, issueOf(response.json()).key], [400, 'malformed-request']);
});

t.test('a byte order mark is dropped', async (t) => {
  const server = await fakeServer();
  const response = await server.inject({ ...post, headers: fhirJson, payload: `\ufeff${patient}` });
  t.equal(response.statusCode, 201);
});

t.test('the body limit holds, for what a compressed body unfolds to as well', async (t) => {
  const server = await fakeServer({ bodyLimit: 1000 });
  const large = patient.replace('true', `true${' '.repeat(2000)}`);
  const plain = await server.inject({ ...post, headers: fhirJson, payload: large });
  t.same([plain.statusCode, issueOf(plain.json()).key], [413, 'too-large']);
  const zipped = await server.inject({
    ...post,
    headers: { ...fhirJson, 'content-encoding': 'gzip' },
    payload: gzipSync(large),
  });
  t.equal(zipped.statusCode, 413);
  t.equal((await server.inject({ ...post, headers: fhirJson, payload: patient })).statusCode, 201);
});

t.test('16 MiB are taken by default', async (t) => {
  const server = await fakeServer();
  const payload = patient.replace('true', `true${' '.repeat(16 * 1024 * 1024)}`);
  t.equal((await server.inject({ ...post, headers: fhirJson, payload })).statusCode, 201);
});

t.test('compressed bodies are unfolded, broken ones refused', async (t) => {
  const server = await fakeServer();
  const send = (encoding: string, payload: Buffer) =>
    server.inject({ ...post, headers: { ...fhirJson, 'content-encoding': encoding }, payload });
  t.equal((await send('gzip', gzipSync(patient))).statusCode, 201);
  t.equal((await send('br', brotliCompressSync(patient))).statusCode, 201);
  const broken = await send('gzip', Buffer.from(patient));
  t.same([broken.statusCode, issueOf(broken.json()).key], [400, 'malformed-request']);
  const unknown = await send('compress', Buffer.from(patient));
  t.same([unknown.statusCode, issueOf(unknown.json()).key], [415, 'unsupported-media-type']);
});

t.test('large answers are compressed when the client takes that', async (t) => {
  const server = await fakeServer();
  const payload = `{"resourceType":"Patient","language":"${'x'.repeat(5000)}"}`;
  const { id } = (await server.inject({ ...post, headers: fhirJson, payload })).json();
  const url = `/fhir/Patient/${id}`;
  for (const encoding of ['gzip', 'br']) {
    const response = await server.inject({ url, headers: { 'accept-encoding': encoding } });
    t.equal(response.headers['content-encoding'], encoding);
    t.ok(response.rawPayload.length < 1000);
  }
  t.notOk((await server.inject({ url })).headers['content-encoding']);
});
