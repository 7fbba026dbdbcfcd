/** Writes by condition over the wire: by a search, by entity tag, alone and in Bundles. */
import t from 'tap';
import { keysOf, type RunningServer, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
const { send } = server;

let counter = 0;

/** A patient whom one search finds, and nothing else does. */
function somebody() {
  const value = `n${++counter}`;
  const patient = { resourceType: 'Patient', identifier: [{ system: 'urn:test', value }] };
  return { patient, found: `identifier=urn:test|${value}` };
}

async function stored(patient: unknown, at: RunningServer = server): Promise<string> {
  return (await at.send('POST', '/Patient', { body: patient })).body.id;
}

t.test('a conditional update that finds nothing creates, under a new id or that of the body', async (t) => {
  const { patient, found } = somebody();
  const created = await send('PUT', `/Patient?${found}`, { body: patient });
  t.equal(created.status, 201);
  t.equal(created.headers.get('location'), `${server.url}/Patient/${created.body.id}/_history/1`);
  const other = somebody();
  const named = await send('PUT', `/Patient?${other.found}`, { body: { ...other.patient, id: 'chosen' } });
  t.same([named.status, named.body.id], [201, 'chosen']);
});

t.test('a conditional update that finds one updates it', async (t) => {
  const { patient, found } = somebody();
  const id = await stored(patient);
  const updated = await send('PUT', `/Patient?${found}`, { body: { ...patient, active: true } });
  t.same([updated.status, updated.body.id, updated.body.meta.versionId], [200, id, '2']);
  const same = await send('PUT', `/Patient?${found}`, { body: { ...patient, id } });
  t.same([same.status, same.body.meta.versionId], [200, '3']);
});

t.test('a conditional update refuses several matches, the id of another and a taken id', async (t) => {
  const { patient, found } = somebody();
  const id = await stored(patient);
  const mismatch = await send('PUT', `/Patient?${found}`, { body: { ...patient, id: 'other' } });
  t.same([mismatch.status, keysOf(mismatch.body)], [400, ['id-mismatch']]);
  const nobody = await send('PUT', '/Patient?identifier=urn:test|nobody', { body: { ...patient, id } });
  t.same([nobody.status, keysOf(nobody.body)], [409, ['conflict']]);
  await stored(patient);
  const several = await send('PUT', `/Patient?${found}`, { body: patient });
  t.same([several.status, keysOf(several.body)], [412, ['multiple-matches']]);
});

t.test('a condition that is none, or not understood, is refused even under lenient handling', async (t) => {
  const { patient } = somebody();
  const headers = { prefer: 'handling=lenient' };
  t.equal((await send('PUT', '/Patient', { body: patient })).status, 400);
  t.equal((await send('DELETE', '/Patient')).status, 400);
  t.equal((await send('DELETE', '/Patient?nonsense=1', { headers })).status, 400);
  t.equal((await send('PUT', '/Patient?nonsense=1&_count=3', { body: patient, headers })).status, 400);
});

t.test('ten conditional updates at once make one resource', async (t) => {
  const { patient, found } = somebody();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => send('PUT', `/Patient?${found}`, { body: patient })),
  );
  t.same(answers.map(({ status }) => status).sort(), [...Array(9).fill(200), 201]);
  t.equal((await send('GET', `/Patient?${found}&_summary=count`)).body.total, 1);
});

t.test('a conditional delete takes one match, none, and not several', async (t) => {
  const { patient, found } = somebody();
  const id = await stored(patient);
  t.equal((await send('DELETE', `/Patient?${found}`)).status, 204);
  t.equal((await send('GET', `/Patient/${id}`)).status, 410);
  t.equal((await send('DELETE', `/Patient?${found}`)).status, 204, 'nothing is left to delete');
  const both = [await stored(patient), await stored(patient)];
  const refused = await send('DELETE', `/Patient?${found}`);
  t.same([refused.status, keysOf(refused.body)], [412, ['multiple-matches']]);
  for (const kept of both) t.equal((await send('GET', `/Patient/${kept}`)).status, 200);
});

t.test('a conditional delete takes all matches where it may', async (t) => {
  const multiple = await startServer({ environment: { CONDITIONAL_DELETE: 'multiple' } });
  t.teardown(() => multiple.close());
  const { patient, found } = somebody();
  for (let i = 0; i < 3; i++) await stored(patient, multiple);
  const kept = await stored(somebody().patient, multiple);
  t.equal((await multiple.send('DELETE', `/Patient?${found}`)).status, 204);
  t.equal((await multiple.send('GET', `/Patient?${found}&_summary=count`)).body.total, 0);
  t.equal((await multiple.send('GET', `/Patient/${kept}`)).status, 200);
  const [patients] = (await multiple.send('GET', '/metadata')).body.rest[0].resource.filter(
    ({ type }: { type: string }) => type === 'Patient',
  );
  t.equal(patients.conditionalDelete, 'multiple');
});

t.test('If-None-Match keeps an update from replacing what is there', async (t) => {
  const body = { resourceType: 'Patient', id: 'only-once' };
  const put = (tag: string) => send('PUT', '/Patient/only-once', { body, headers: { 'if-none-match': tag } });
  t.equal((await put('*')).status, 201);
  const again = await put('*');
  t.same([again.status, keysOf(again.body)], [412, ['version-conflict']]);
  t.equal((await put('W/"1"')).status, 412);
  t.equal((await put('W/"9"')).status, 200);
  await send('DELETE', '/Patient/only-once');
  t.equal((await put('*')).status, 201, 'what is deleted is not there');
});

t.test('If-Match holds for updates and deletes, by id or by condition', async (t) => {
  const { patient, found } = somebody();
  const id = await stored(patient);
  const stale = { 'if-match': 'W/"7"' };
  const fresh = { 'if-match': 'W/"1"' };
  const body = { ...patient, id };
  for (const path of [`/Patient/${id}`, `/Patient?${found}`]) {
    t.equal((await send('PUT', path, { body, headers: stale })).status, 412, path);
    t.equal((await send('DELETE', path, { headers: stale })).status, 412, path);
  }
  t.equal((await send('PUT', `/Patient?${found}`, { body, headers: fresh })).status, 200);
  t.equal((await send('DELETE', `/Patient?${found}`, { headers: { 'if-match': 'W/"2"' } })).status, 204);
  t.equal(
    (await send('DELETE', `/Patient/${id}`, { headers: { 'if-match': '*' } })).status,
    412,
    'not there',
  );
});

t.test('Prefer says what a write answers with', async (t) => {
  const { patient, found } = somebody();
  const path = `/Patient?${found}`;
  const asked = (preference: string) => ({ headers: { prefer: `return=${preference}` } });
  const minimal = await send('PUT', path, { body: patient, ...asked('minimal') });
  t.same([minimal.status, minimal.text], [201, '']);
  t.ok(
    minimal.headers.get('etag') && minimal.headers.get('last-modified') && minimal.headers.get('location'),
  );
  t.equal(
    (await send('PUT', path, { body: patient, ...asked('representation') })).body.resourceType,
    'Patient',
  );
  const outcome = await send('PUT', path, { body: patient, ...asked('OperationOutcome') });
  t.equal(outcome.body.resourceType, 'OperationOutcome');
  const deleted = await send('DELETE', path, asked('OperationOutcome'));
  t.same([deleted.status, deleted.body.resourceType], [200, 'OperationOutcome']);
});

t.test('a conditional reference is resolved in a plain write, or refuses it', async (t) => {
  const { patient, found } = somebody();
  const id = await stored(patient);
  const about = (reference: string) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'test' },
    subject: { reference },
  });
  const created = await send('POST', '/Observation', { body: about(`Patient?${found}`) });
  t.same([created.status, created.body.subject.reference], [201, `Patient/${id}`]);
  const nobody = await send('POST', '/Observation', { body: about('Patient?identifier=urn:test|nobody') });
  t.same([nobody.status, keysOf(nobody.body)], [400, ['conditional-reference']]);
  await stored(patient);
  t.equal((await send('POST', '/Observation', { body: about(`Patient?${found}`) })).status, 412);
});

for (const type of ['batch', 'transaction'] as const) {
  t.test(`conditions hold in a ${type}`, async (t) => {
    const known = somebody();
    const unknown = somebody();
    const doomed = somebody();
    const id = await stored(known.patient);
    const doomedId = await stored(doomed.patient);
    const { status, body, text } = await send('POST', '', {
      body: {
        resourceType: 'Bundle',
        type,
        entry: [
          {
            resource: known.patient,
            request: { method: 'PUT', url: `Patient?${known.found}`, ifMatch: 'W/"1"' },
          },
          { resource: unknown.patient, request: { method: 'PUT', url: `Patient?${unknown.found}` } },
          { request: { method: 'DELETE', url: `Patient?${doomed.found}` } },
          {
            resource: { ...unknown.patient, id: `${type}-new` },
            request: { method: 'PUT', url: `Patient/${type}-new`, ifNoneMatch: '*' },
          },
        ],
      },
    });
    t.equal(status, 200, text);
    t.same(
      body.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3)),
      ['200', '201', '204', '201'],
      text,
    );
    t.equal(body.entry[0].resource.id, id);
    t.equal((await send('GET', `/Patient/${doomedId}`)).status, 410);
  });
}

t.test('a transaction in which two conditions mean one resource changes nothing', async (t) => {
  const { patient, found } = somebody();
  const id = await stored(patient);
  const answer = await send('POST', '', {
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: patient, request: { method: 'PUT', url: `Patient?${found}` } },
        { request: { method: 'DELETE', url: `Patient/${id}` } },
      ],
    },
  });
  t.same([answer.status, keysOf(answer.body)], [400, ['bundle-invalid']]);
  t.equal((await send('GET', `/Patient/${id}`)).body.meta.versionId, '1');
});

t.test('a transaction whose condition matches several says which entry it was', async (t) => {
  const { patient, found } = somebody();
  await stored(patient);
  await stored(patient);
  const answer = await send('POST', '', {
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: somebody().patient, request: { method: 'POST', url: 'Patient' } },
        { resource: patient, request: { method: 'PUT', url: `Patient?${found}` } },
      ],
    },
  });
  t.same([answer.status, keysOf(answer.body)], [412, ['multiple-matches']]);
  t.match(answer.body.issue[0].expression[0], /^Bundle\.entry\[1\]/);
});
