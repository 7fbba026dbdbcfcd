/** Create, read, update, delete and their versions, with the cache on and off. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const patient = { resourceType: 'Patient', active: true, name: [{ family: 'Test' }] };

for (const cache of ['on', 'off'] as const) {
  t.test(`with the cache ${cache}`, async (t) => {
    const server = await startServer({ cache });
    t.teardown(() => server.close());
    const { url, send } = server;

    t.test('what was created is read back with id, version and time', async (t) => {
      const created = await send('POST', '/Patient', { body: patient });
      t.equal(created.status, 201);
      const { id, meta, ...rest } = created.body;
      t.same(rest, patient);
      t.equal(meta.versionId, '1');
      t.equal(created.headers.get('location'), `${url}/Patient/${id}/_history/1`);
      t.equal(created.headers.get('etag'), 'W/"1"');
      t.equal(
        created.headers.get('last-modified'),
        new Date(Math.floor(Date.parse(meta.lastUpdated) / 1000) * 1000).toUTCString(),
      );
      for (const _again of [1, 2]) {
        const read = await send('GET', `/Patient/${id}`);
        t.equal(read.text, created.text);
        t.equal(read.headers.get('etag'), 'W/"1"');
      }
    });

    t.test('decimals, order and spelling come back as they were sent', async (t) => {
      const text =
        '{"valueQuantity":{"value":1.50,"unit":"mg"},"resourceType":"Observation","status":"final","code":{"text":"\\u00e9 1e3"}}';
      const created = await send('POST', '/Observation', { body: text });
      t.equal(created.status, 201, created.text);
      t.match(created.text, '"value":1.50');
      const pretty = await send('GET', `/Observation/${created.body.id}?_pretty=true`);
      t.match(pretty.text, '"value": 1.50');
      t.match(pretty.text, /\n {2}"status": "final"/);
    });

    t.test('an id that a client gives to a create is not used', async (t) => {
      const created = await send('POST', '/Patient', { body: { ...patient, id: 'mine' } });
      t.equal(created.status, 201);
      t.not(created.body.id, 'mine');
    });

    t.test('an update under a new id creates, the next one adds a version', async (t) => {
      const first = await send('PUT', '/Patient/chosen', { body: { ...patient, id: 'chosen' } });
      t.equal(first.status, 201);
      t.equal(first.headers.get('location'), `${url}/Patient/chosen/_history/1`);
      const second = await send('PUT', '/Patient/chosen', {
        body: { ...patient, id: 'chosen', active: false },
      });
      t.equal(second.status, 200);
      t.equal(second.headers.get('etag'), 'W/"2"');
      t.equal((await send('GET', '/Patient/chosen')).body.active, false);
      t.equal((await send('GET', '/Patient/chosen/_history/1')).body.active, true);
      t.equal((await send('GET', '/Patient/chosen/_history/2')).body.active, false);
      t.equal((await send('GET', '/Patient/chosen/_history/3')).status, 404);
    });

    t.test('an update must carry the id of its URL', async (t) => {
      for (const body of [patient, { ...patient, id: 'other' }]) {
        const answer = await send('PUT', '/Patient/this', { body });
        t.equal(answer.status, 400);
        t.same(keysOf(answer.body), ['id-mismatch']);
      }
    });

    t.test('If-Match lets an update through only on the version it names', async (t) => {
      const { id } = (await send('POST', '/Patient', { body: patient })).body;
      const put = (ifMatch: string, active: boolean) =>
        send('PUT', `/Patient/${id}`, {
          headers: { 'if-match': ifMatch },
          body: { ...patient, id, active },
        });
      t.equal((await put('W/"1"', false)).status, 200);
      const late = await put('W/"1"', true);
      t.equal(late.status, 412);
      t.same(keysOf(late.body), ['version-conflict']);
      t.equal((await send('GET', `/Patient/${id}`)).body.active, false, 'nothing was written');
      t.equal((await put('"2"', true)).status, 200);
      const gone = await send('PUT', '/Patient/never', {
        headers: { 'if-match': 'W/"1"' },
        body: { ...patient, id: 'never' },
      });
      t.equal(gone.status, 412);
      const deletion = await send('DELETE', `/Patient/${id}`, { headers: { 'if-match': 'W/"1"' } });
      t.equal(deletion.status, 412);
    });

    t.test('of many updates that expect the same version one succeeds', async (t) => {
      const { id } = (await send('POST', '/Patient', { body: patient })).body;
      const answers = await Promise.all(
        Array.from({ length: 8 }, () =>
          send('PUT', `/Patient/${id}`, { headers: { 'if-match': 'W/"1"' }, body: { ...patient, id } }),
        ),
      );
      t.same(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(412)]);
    });

    t.test('If-None-Exist creates only what is not there', async (t) => {
      const identifier = [{ system: 'urn:test', value: `one-${cache}` }];
      const post = () =>
        send('POST', '/Patient', {
          headers: { 'if-none-exist': `identifier=urn:test|one-${cache}` },
          body: { ...patient, identifier },
        });
      const first = await post();
      t.equal(first.status, 201);
      const second = await post();
      t.equal(second.status, 200);
      t.equal(second.body.id, first.body.id);
      t.ok(second.headers.get('location'));
      await send('POST', '/Patient', { body: { ...patient, identifier } });
      const third = await post();
      t.equal(third.status, 412);
      t.same(keysOf(third.body), ['multiple-matches']);
    });

    t.test('of many conditional creates at once one creates', async (t) => {
      const identifier = [{ system: 'urn:test', value: `race-${cache}` }];
      const answers = await Promise.all(
        Array.from({ length: 8 }, () =>
          send('POST', '/Patient', {
            headers: { 'if-none-exist': `identifier=urn:test|race-${cache}` },
            body: { ...patient, identifier },
          }),
        ),
      );
      t.same(answers.map(({ status }) => status).sort(), [...Array(7).fill(200), 201]);
      t.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    });

    t.test('Prefer chooses what a write answers with', async (t) => {
      const minimal = await send('POST', '/Patient', {
        headers: { prefer: 'return=minimal' },
        body: patient,
      });
      t.same([minimal.status, minimal.text], [201, '']);
      t.ok(minimal.headers.get('location'));
      t.equal(minimal.headers.get('etag'), 'W/"1"');
      const outcome = await send('POST', '/Patient', {
        headers: { prefer: 'return=OperationOutcome' },
        body: patient,
      });
      t.equal(outcome.status, 201);
      t.equal(outcome.body.resourceType, 'OperationOutcome');
    });

    t.test('a read says when the client has the version already', async (t) => {
      const created = await send('POST', '/Patient', { body: patient });
      const path = `/Patient/${created.body.id}`;
      const same = await send('GET', path, { headers: { 'if-none-match': 'W/"1"' } });
      t.same([same.status, same.text], [304, '']);
      t.equal((await send('GET', path, { headers: { 'if-none-match': 'W/"2"' } })).status, 200);
      const since = created.headers.get('last-modified')!;
      t.equal((await send('GET', path, { headers: { 'if-modified-since': since } })).status, 304);
    });

    t.test('what was deleted is gone, its versions stay, and it can come back', async (t) => {
      const { id } = (await send('POST', '/Patient', { body: patient })).body;
      t.equal((await send('GET', `/Patient/${id}`)).status, 200);
      const deletion = await send('DELETE', `/Patient/${id}`);
      t.same([deletion.status, deletion.text], [204, '']);
      const gone = await send('GET', `/Patient/${id}`);
      t.equal(gone.status, 410);
      t.same(keysOf(gone.body), ['deleted']);
      t.equal((await send('GET', `/Patient/${id}/_history/1`)).status, 200);
      t.equal((await send('GET', `/Patient/${id}/_history/2`)).status, 410);
      t.equal((await send('DELETE', `/Patient/${id}`)).status, 204, 'again');
      const back = await send('PUT', `/Patient/${id}`, { body: { ...patient, id } });
      t.same([back.status, back.headers.get('etag')], [201, 'W/"3"']);
      t.equal((await send('GET', `/Patient/${id}`)).status, 200);
    });

    t.test('a deletion of what never was is no error', async (t) => {
      t.equal((await send('DELETE', '/Patient/never-was')).status, 204);
    });

    t.test('the history tells every version, newest first, page by page', async (t) => {
      const { id } = (await send('POST', '/Patient', { body: patient })).body;
      for (const active of [false, true]) {
        await send('PUT', `/Patient/${id}`, { body: { ...patient, id, active } });
      }
      await send('DELETE', `/Patient/${id}`);
      const whole = (await send('GET', `/Patient/${id}/_history`)).body;
      t.same([whole.type, whole.total], ['history', 4]);
      t.same(whole.entry.map(methodOf), ['DELETE', 'PUT', 'PUT', 'POST']);
      t.notOk(whole.entry[0].resource);
      t.same(whole.entry.slice(1).map(versionOf), ['3', '2', '1']);
      const etags: string[] = [];
      for (let next: string | undefined = `/Patient/${id}/_history?_count=1`; next; ) {
        const { body } = await send('GET', next);
        t.equal(body.entry.length, 1);
        etags.push(body.entry[0].response.etag);
        next = body.link.find(({ relation }: Link) => relation === 'next')?.url;
      }
      t.same(etags, ['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']);
      t.equal((await send('GET', '/Patient/never-was/_history')).status, 404);
    });
  });
}

interface Link {
  readonly relation: string;
  readonly url: string;
}

interface HistoryEntry {
  readonly request: { readonly method: string };
  readonly resource: { readonly meta: { readonly versionId: string } };
}

function methodOf(entry: HistoryEntry): string {
  return entry.request.method;
}

function versionOf(entry: HistoryEntry): string {
  return entry.resource.meta.versionId;
}
