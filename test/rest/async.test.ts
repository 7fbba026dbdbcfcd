/** `Prefer: respond-async` over HTTP: come back for the answer. */
import t from 'tap';
import { type Answer, keysOf, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
await server.send('PUT', '/Patient/a', { body: { resourceType: 'Patient', id: 'a' } });

const prefer = { prefer: 'respond-async' };

/** Asks until the answer is there. */
async function comeBack(started: Answer): Promise<Answer> {
  t.equal(started.status, 202);
  t.equal(started.text, '');
  const url = started.headers.get('content-location')!;
  t.ok(url.startsWith(`${server.url}/_async/`));
  for (let tries = 0; tries < 200; tries++) {
    const answer = await server.send('GET', url);
    if (answer.status !== 202) return answer;
    t.ok(answer.headers.get('x-progress'));
    t.ok(Number(answer.headers.get('retry-after')) > 0);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('The answer did not come');
}

t.test('a search, a record and a batch may be asked for so', async (t) => {
  const search = await comeBack(await server.send('GET', '/Patient?_id=a', { headers: prefer }));
  t.equal(search.status, 200);
  t.match(search.body, { resourceType: 'Bundle', type: 'batch-response' });
  t.match(search.body.entry, [{ response: { status: '200 OK' }, resource: { type: 'searchset' } }]);
  t.equal(search.body.entry[0].resource.entry[0].resource.id, 'a');

  const record = await comeBack(await server.send('GET', '/Patient/a/$everything', { headers: prefer }));
  t.equal(record.body.entry[0].resource.total, 1);

  const bundle = {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [{ request: { method: 'GET', url: 'Patient/a' } }],
  };
  const batch = await comeBack(await server.send('POST', '', { headers: prefer, body: bundle }));
  t.match(batch.body, { type: 'batch-response', entry: [{ resource: { id: 'a' } }] });
});

t.test('a refusal comes as the answer', async (t) => {
  const { status, body } = await comeBack(
    await server.send('GET', '/Patient?nonsense=1', { headers: prefer }),
  );
  t.equal(status, 200);
  t.equal(body.entry[0].response.status, '400');
  t.same(keysOf(body.entry[0].response.outcome), ['unknown-parameter']);
});

t.test('what is called off is gone', async (t) => {
  const started = await server.send('GET', '/Patient?_id=a', { headers: prefer });
  const url = started.headers.get('content-location')!;
  t.equal((await server.send('DELETE', url)).status, 202);
  t.equal((await server.send('GET', url)).status, 404);
  t.equal((await server.send('DELETE', url)).status, 404);
  t.equal((await server.send('GET', '/_async/nothing')).status, 404);
});

t.test('what takes no time is answered at once, whatever is preferred', async (t) => {
  const { status, body } = await server.send('GET', '/Patient/a', { headers: prefer });
  t.same([status, body.id], [200, 'a']);
});
