/** SearchParameters posted at run time: checked, indexed in the background, used once complete and never half. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { keysOf, type RunningServer, startServer } from '../support/server.ts';

const marital = {
  resourceType: 'SearchParameter',
  url: 'http://example.org/SearchParameter/marital',
  name: 'Marital',
  status: 'active',
  description: 'By marital status',
  code: 'marital',
  base: ['Patient'],
  type: 'token',
  expression: 'Patient.maritalStatus',
};

function patient(i: number): object {
  const code = i % 2 === 0 ? 'M' : 'S';
  return {
    resourceType: 'Patient',
    id: `p${i}`,
    multipleBirthInteger: i,
    maritalStatus: { coding: [{ system: 'urn:m', code }] },
  };
}

async function storePatients(server: RunningServer, count: number): Promise<void> {
  const entry = Array.from({ length: count }, (_, i) => ({
    resource: patient(i),
    request: { method: 'PUT', url: `Patient/p${i}` },
  }));
  const { status } = await server.send('POST', '', {
    body: { resourceType: 'Bundle', type: 'transaction', entry },
  });
  if (status !== 200) throw new Error(`the patients were answered with ${status}`);
}

/** The number found once the parameter is ready; every answer before must be a refusal that says how far it is. */
async function totalWhenReady(server: RunningServer, query: string): Promise<number> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const { status, body } = await server.send('GET', `/Patient?${query}&_summary=count`);
    if (status === 200) return body.total;
    if (!/is being indexed: \d+ %/.test(body.issue[0].diagnostics ?? '')) throw new Error(`${keysOf(body)}`);
    await setTimeout(10);
  }
  throw new Error('it was not ready in time');
}

t.test('a posted parameter finds every resource or none, and is gone when it is deleted', async (t) => {
  const server = await startServer();
  t.teardown(() => server.close());
  await storePatients(server, 200);
  const { status, body } = await server.send('POST', '/SearchParameter', { body: marital });
  t.equal(status, 201);
  t.equal(await totalWhenReady(server, 'marital=urn:m|M'), 100);
  t.equal(await totalWhenReady(server, 'marital:not=M'), 100);
  await server.send('PUT', '/Patient/p0', {
    body: { ...patient(0), maritalStatus: { text: 'x' } },
  });
  t.equal(await totalWhenReady(server, 'marital=M'), 99, 'writes after it are indexed by it');

  const changed = {
    ...marital,
    id: body.id,
    type: 'number',
    expression: 'Patient.multipleBirth.ofType(integer)',
  };
  t.equal((await server.send('PUT', `/SearchParameter/${body.id}`, { body: changed })).status, 200);
  t.equal(await totalWhenReady(server, 'marital=ge150'), 50, 'what was changed is indexed anew');
  const { body: statement } = await server.send('GET', '/metadata');
  const ofPatient = statement.rest[0].resource.find(({ type }: { type: string }) => type === 'Patient');
  t.strictSame(
    ofPatient.searchParam.find(({ name }: { name: string }) => name === 'marital'),
    { name: 'marital', definition: marital.url, type: 'number' },
    'the CapabilityStatement claims it',
  );
  const sorted = await server.send('GET', '/Patient?_sort=-marital&_count=2');
  t.same(
    sorted.body.entry.map(({ resource }: { resource: { id: string } }) => resource.id),
    ['p199', 'p198'],
  );

  await server.send('DELETE', `/SearchParameter/${body.id}`);
  t.same(keysOf((await server.send('GET', '/Patient?marital=1')).body), ['unknown-parameter']);
});

t.test('a parameter is ready again after a restart', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kat-custom-'));
  const environment = { DATA_DIR: folder };
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const before = await startServer({ environment });
  await storePatients(before, 20);
  await before.send('POST', '/SearchParameter', { body: marital });
  t.equal(await totalWhenReady(before, 'marital=M'), 10);
  await before.close();
  const after = await startServer({ environment });
  t.teardown(() => after.close());
  const { status, body } = await after.send('GET', '/Patient?marital=M&_summary=count');
  t.same([status, body.total], [200, 10]);
});

t.test('what could not be searched by is not stored', async (t) => {
  const server = await startServer();
  t.teardown(() => server.close());
  const refused: [string, object, string][] = [
    ['a code of another parameter', { code: 'gender' }, 'search-parameter-clash'],
    ['an element that Patient does not have', { expression: 'Patient.nmae' }, 'search-parameter-invalid'],
    ['an expression that does not parse', { expression: 'Patient.name (' }, 'search-parameter-invalid'],
    ['values of another type', { type: 'date' }, 'search-parameter-invalid'],
    ['a code that is reserved', { code: '_marital' }, 'search-parameter-invalid'],
    ['no expression', { expression: undefined }, 'search-parameter-invalid'],
    [
      'a component that nobody knows',
      {
        type: 'composite',
        component: [
          { definition: 'http://hl7.org/fhir/SearchParameter/individual-gender', expression: 'coding' },
          { definition: 'http://example.org/SearchParameter/nobody', expression: 'text' },
        ],
      },
      'search-parameter-invalid',
    ],
  ];
  for (const [name, change, key] of refused) {
    const { status, body } = await server.send('POST', '/SearchParameter', {
      body: { ...marital, ...change },
    });
    t.same([status, keysOf(body).includes(key)], [422, true], name);
  }
  const draft = await server.send('POST', '/SearchParameter', {
    body: { ...marital, status: 'draft', code: 'gender' },
  });
  t.equal(draft.status, 201, 'a draft is not in use, so it takes no code away');
  t.equal((await server.send('POST', '/SearchParameter', { body: marital })).status, 201);
  const second = await server.send('POST', '/SearchParameter', {
    body: { ...marital, url: 'http://example.org/SearchParameter/second' },
  });
  t.same([second.status, keysOf(second.body)], [422, ['search-parameter-clash']]);
});

t.test('an expression that asks for too much finds nothing, and takes no write down', async (t) => {
  const server = await startServer();
  t.teardown(() => server.close());
  const greedy =
    'Patient.select(%context.repeat($this | $this.children()).select(%context.descendants())).ofType(code)';
  const posted = await server.send('POST', '/SearchParameter', { body: { ...marital, expression: greedy } });
  if (posted.status === 201) await totalWhenReady(server, 'marital=x');
  else t.same([posted.status, keysOf(posted.body)], [422, ['search-parameter-invalid']]);
  const { status } = await server.send('PUT', '/Patient/p1', { body: patient(1) });
  t.equal(status, 201);
});
