/** Bundle/$validate: a Bundle is judged as what it is, whatever its type, and its entries with it. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());

const patient = { resourceType: 'Patient', gender: 'female' };
const faulty = { resourceType: 'Patient', gender: 'unheard-of' };

function bundle(type: string, resources: readonly object[], withRequests = type !== 'collection') {
  return {
    resourceType: 'Bundle',
    type,
    entry: resources.map((resource, n) => ({
      fullUrl: `urn:uuid:00000000-0000-4000-8000-00000000000${n}`,
      resource,
      ...(withRequests ? { request: { method: 'POST', url: 'Patient' } } : {}),
    })),
  };
}

interface Issue {
  readonly severity: string;
  readonly expression?: readonly string[];
}

async function errors(path: string, body: unknown) {
  const answer = await server.send('POST', path, { body });
  t.equal(answer.status, 200);
  return (answer.body.issue as Issue[])
    .filter(({ severity }) => severity === 'error')
    .map(({ expression }) => expression?.[0]);
}

t.test('of each kind of Bundle the entries are judged', async (t) => {
  for (const type of ['transaction', 'batch', 'collection']) {
    t.same(await errors('/Bundle/$validate', bundle(type, [patient])), [], type);
    t.same(
      await errors('/Bundle/$validate', bundle(type, [patient, faulty])),
      ['Bundle.entry[1].resource.gender'],
      type,
    );
  }
});

t.test('the rules of the Bundle itself are applied', async (t) => {
  const answer = await server.send('POST', '/Bundle/$validate', {
    body: bundle('transaction', [patient], false),
  });
  t.ok(keysOf(answer.body).includes('bdl-3'), 'an entry of a transaction has a request');
});

t.test('a Bundle may be handed over in Parameters, too', async (t) => {
  const resource = bundle('transaction', [faulty]);
  const found = await errors('/Bundle/$validate', {
    resourceType: 'Parameters',
    parameter: [{ name: 'resource', resource }],
  });
  t.same(found, ['Bundle.entry[0].resource.gender'], 'named as within the Bundle');
});

t.test('nothing of it is stored', async (t) => {
  await errors('/Bundle/$validate', bundle('transaction', [patient]));
  t.equal((await server.send('GET', '/Patient?_summary=count')).body.total, 0);
});
