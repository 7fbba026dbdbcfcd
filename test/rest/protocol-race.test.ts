/** Two clients write the same session of one course at the same instant: under `enforce` one of them is refused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startChild } from '../support/child-server.ts';
import { keysOf, startServer } from '../support/server.ts';
import { sessionToCome } from '../support/session-to-come.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

const environment = { VALIDATION: 'base', PROTOCOL_MODE: 'enforce' };
const repetitions = 20;

async function post(url: string, body: Any): Promise<{ status: number; body: Any }> {
  const headers = { 'content-type': 'application/fhir+json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

const transaction = (entries: readonly (readonly [method: string, resource: Any])[]) => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: entries.map(([method, resource]) => ({
    resource,
    request: {
      method,
      url: method === 'POST' ? resource.resourceType : `${resource.resourceType}/${resource.id}`,
    },
  })),
});

/** @param bases of two clients, of one server or of two */
async function race(t: Test, bases: readonly [string, string], name: string): Promise<void> {
  for (let round = 0; round < repetitions; round++) {
    const { all, before } = sessionToCome(`${name}-${round}`, { sessions: 4 });
    const course = await post(bases[0], transaction(before().map((resource) => ['PUT', resource])));
    t.equal(course.status, 200);
    const { id: _, ...session } = all.get('Procedure/medicine-4');
    // Alone, and as a transaction, in turns: neither way is to slip through.
    const send = (base: string) =>
      round % 2 === 0 ? post(`${base}/Procedure`, session) : post(base, transaction([['POST', session]]));
    const answers = await Promise.all(bases.map(send));
    const [won, lost] = answers.toSorted((one, other) => one.status - other.status);
    t.ok(won!.status < 300, `one wins: ${won!.status}`);
    t.ok([409, 422].includes(lost!.status), `one is refused: ${lost!.status}`);
    if (lost!.status === 422) t.ok(keysOf(lost!.body).includes('R17'), 'the number is taken');
    const found = await fetch(`${bases[1]}/Procedure?part-of=Procedure/course-${name}-${round}&_count=100`);
    const { entry } = (await found.json()) as Any;
    const fourth = entry.filter(
      ({ resource }: Any) =>
        resource.code.coding[0].code === 'medicine' && resource.extension[0].valuePositiveInt === 4,
    );
    t.equal(fourth.length, 1, 'it is there once');
  }
}

/** What one server has read is no longer true once the other has written. */
async function revocation(t: Test, one: string, other: string): Promise<void> {
  const { all, before, session } = sessionToCome('revoked');
  const put = (resource: Any) => transaction([['PUT', resource]]);
  const parts = [...before(), ...session()];
  t.equal((await post(one, transaction(parts.map((resource) => ['PUT', resource])))).status, 200);
  const last = all.get('Procedure/medicine-3');
  t.equal((await post(one, put(last))).status, 200, 'with consent');
  const consent = all.get('Consent/consent');
  t.equal((await post(other, put({ ...consent, status: 'inactive' }))).status, 200);
  const refused = await post(one, put(last));
  t.same([refused.status, keysOf(refused.body)[0]], [422, 'R02'], 'without consent');
}

t.test('at one server', async (t) => {
  const server = await startServer({ guide: 'shipped', environment });
  t.teardown(() => server.close());
  await race(t, [server.url, server.url], 'one');
});

t.test('at two servers that share a database file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kat-race-'));
  const settings = { ...environment, DATA_DIR: folder };
  const servers = [await startChild(settings), await startChild(settings)] as const;
  t.teardown(async () => {
    await Promise.all(servers.map((server) => server.end('SIGTERM')));
    rmSync(folder, { recursive: true, force: true });
  });
  await race(t, [servers[0].url, servers[1].url], 'two');
  await revocation(t, servers[0].url, servers[1].url);
});
