/** The plan of a search, shown to the developer who asks for it, where the server is set to. */
import t from 'tap';
import { keysOf, type RunningServer, startServer } from '../support/server.ts';

const headers = { 'x-explain': 'true' };
const query =
  '/Observation?patient=secret-id&code=urn:c|secret-code&value-quantity=gt4||secret-unit&_sort=-date';

async function withObservation(environment: Readonly<Record<string, string>>): Promise<RunningServer> {
  const server = await startServer({ environment });
  const body = {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'urn:c', code: 'secret-code' }] },
    subject: { reference: 'Patient/secret-id' },
    effectiveDateTime: '2026-01-01',
    valueQuantity: { value: 5, unit: 'secret-unit' },
  };
  await server.send('POST', '/Observation', { body });
  return server;
}

t.test('the searchset carries parts, rows, steps and time, and no value', async (t) => {
  const server = await withObservation({ SEARCH_EXPLAIN: 'on' });
  t.teardown(() => server.close());
  const { body, headers: answered } = await server.send('GET', query, { headers });
  const outcome = body.entry.find(
    ({ search }: { search: { mode: string } }) => search.mode === 'outcome',
  ).resource;
  const texts: string[] = outcome.issue.map((issue: { details: { text: string } }) => issue.details.text);
  t.match(texts[0], /^1 rows, at most 1 by the smallest part; page of 50 in \d+\.\d\d ms$/);
  t.ok(texts.some((text) => /^joint term Patient & Observation\.code: 1 rows, /.test(text)));
  t.ok(texts.some((text) => /^quantity Observation\.value-quantity by name unit: 1 rows, /.test(text)));
  t.ok(texts.includes('order: -date'));
  t.ok(texts.some((text) => text.startsWith('database: ')));
  t.notMatch(JSON.stringify(outcome), /secret/);
  t.equal(answered.get('x-cache'), 'bypass');
  t.notOk(keysOf((await server.send('GET', query)).body.entry[0].resource).length, 'nobody else is told');
});

t.test('a value set that a client keeps is one part', async (t) => {
  const server = await withObservation({ SEARCH_EXPLAIN: 'on' });
  t.teardown(() => server.close());
  const body = {
    resourceType: 'ValueSet',
    id: 'mine',
    status: 'active',
    compose: { include: [{ system: 'urn:c', concept: [{ code: 'secret-code' }] }] },
  };
  await server.send('PUT', '/ValueSet/mine', { body });
  const { text } = await server.send('GET', '/Observation?code:in=ValueSet/mine&status=final', { headers });
  t.match(text, /"member of a value set Observation\.code: 1 rows, /);
});

t.test('as it comes, the server tells nobody', async (t) => {
  const server = await withObservation({});
  t.teardown(() => server.close());
  const { body } = await server.send('GET', query, { headers });
  t.same(
    body.entry.map(({ search }: { search: { mode: string } }) => search.mode),
    ['match'],
  );
});
