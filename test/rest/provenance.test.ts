/** X-Provenance over the wire. https://hl7.org/fhir/R4/provenance.html#header */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());
const { send } = server;

const provenance = {
  resourceType: 'Provenance',
  recorded: '2026-01-02T03:04:05Z',
  agent: [{ who: { display: 'Ward 3' } }],
};
const patient = { resourceType: 'Patient' };

function withProvenance(value: object = provenance) {
  return { 'x-provenance': JSON.stringify(value) };
}

async function targets(): Promise<string[]> {
  const { body } = await send('GET', '/Provenance');
  return (body.entry ?? []).map(
    ({ resource }: { resource: { target: { reference: string }[] } }) => resource.target[0]!.reference,
  );
}

t.test('a create, an update and a patch store the Provenance of their version', async (t) => {
  const { body } = await send('POST', '/Patient', { body: patient, headers: withProvenance() });
  t.same(await targets(), [`Patient/${body.id}/_history/1`]);
  await send('PUT', `/Patient/${body.id}`, { body: { ...patient, id: body.id }, headers: withProvenance() });
  await send('PATCH', `/Patient/${body.id}`, {
    body: '[]',
    headers: { ...withProvenance(), 'content-type': 'application/json-patch+json' },
  });
  t.same(
    (await targets()).sort(),
    [1, 2, 3].map((n) => `Patient/${body.id}/_history/${n}`),
  );
});

t.test('what is no Provenance refuses the write', async (t) => {
  const before = (await send('GET', '/Patient?_summary=count')).body.total;
  const target = [{ reference: 'Patient/x' }];
  for (const [value, status, key] of [
    [{ ...provenance, target }, 400, 'malformed-request'],
    [patient, 400, 'type-mismatch'],
    [{ ...provenance, agent: [] }, 422, undefined],
    [{ resourceType: 'Provenance' }, 422, undefined],
  ] as const) {
    const answer = await send('POST', '/Patient', { body: patient, headers: withProvenance(value) });
    t.equal(answer.status, status, answer.text);
    if (key) t.same(keysOf(answer.body), [key]);
  }
  const broken = await send('POST', '/Patient', { body: patient, headers: { 'x-provenance': '{' } });
  t.same([broken.status, keysOf(broken.body)], [400, ['malformed-json']]);
  t.equal((await send('GET', '/Patient?_summary=count')).body.total, before);
});

t.test('a write that does not happen leaves no Provenance', async (t) => {
  const before = await targets();
  const headers = { ...withProvenance(), 'if-match': 'W/"9"' };
  t.equal((await send('PUT', '/Patient/none', { body: { ...patient, id: 'none' }, headers })).status, 412);
  t.same(await targets(), before);
});
