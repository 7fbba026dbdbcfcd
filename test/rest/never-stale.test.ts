/**
 * The cache never answers with what was true before an acknowledged write: not for a resource, not for a search, not
 * for a resource that leaves a patient's compartment, and not while Redis dies and comes back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startRedis } from '../support/redis-server.ts';
import { type RunningServer, startServer } from '../support/server.ts';

const patients = ['a', 'b', 'c'];
const writersEach = 4;

const observation = (id: string, patient: string, value: number) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'urn:test', code: 'level' }] },
  subject: { reference: `Patient/${patient}` },
  valueQuantity: { value },
});

/**
 * One writer of one observation: after every acknowledged write, a read and two searches must show it.
 * @returns what was seen stale, and how often the cache answered
 */
async function writeAndLook(server: RunningServer, id: string, until: () => boolean) {
  const stale: string[] = [];
  let hits = 0;
  for (let value = 1; !until(); value++) {
    const patient = patients[value % patients.length]!;
    const left = patients[(value - 1) % patients.length]!;
    const put = await server.send('PUT', `/Observation/${id}`, { body: observation(id, patient, value) });
    if (put.status >= 300) throw new Error(`${put.status} ${put.text}`);
    const look = async (
      path: string,
      expected: number | undefined,
      valueIn: (body: never) => number | undefined,
    ) => {
      // Twice: the second answer may come from the cache.
      for (let turn = 0; turn < 2; turn++) {
        const answer = await server.send('GET', path);
        if (answer.headers.get('x-cache') === 'hit') hits++;
        const seen = answer.status === 200 ? valueIn(answer.body as never) : undefined;
        if (seen !== expected) stale.push(`${path}: ${seen} after ${expected}`);
      }
    };
    const inBundle = (body: { entry?: { resource: { id: string; valueQuantity: { value: number } } }[] }) =>
      body.entry?.find(({ resource }) => resource.id === id)?.resource.valueQuantity.value;
    await look(
      `/Observation/${id}`,
      value,
      (body: ReturnType<typeof observation>) => body.valueQuantity.value,
    );
    await look(`/Observation?patient=${patient}&code=urn:test|level`, value, inBundle);
    await look(`/Observation?patient=${patient}`, value, inBundle);
    await look(`/Observation?patient=${left}`, undefined, inBundle);
    await look('/Observation?code=level&_sort=-_lastUpdated', value, inBundle);
  }
  return { stale, hits };
}

async function underWrites(t: Test, server: RunningServer, disturb: () => Promise<void>): Promise<void> {
  let over = false;
  const writers = Array.from({ length: writersEach }, (_, i) => writeAndLook(server, `o${i}`, () => over));
  await disturb();
  over = true;
  const results = await Promise.all(writers);
  t.same(
    results.flatMap(({ stale }) => stale),
    [],
  );
  const hits = results.reduce((sum, result) => sum + result.hits, 0);
  t.ok(hits > 0, `the cache answered ${hits} times`);
}

t.test('with the cache in the process', async (t) => {
  const server = await startServer();
  t.teardown(() => server.close());
  await underWrites(t, server, () => sleep(2000));
});

t.test('with Redis, killed and started again in the middle', async (t) => {
  const redis = await startRedis(t);
  if (!redis) return;
  const server = await startServer({ environment: { REDIS_URL: redis.url } });
  t.teardown(() => server.close());
  await underWrites(t, server, async () => {
    await sleep(1000);
    await redis.kill();
    await sleep(700);
    await redis.restart();
    await sleep(1500);
  });
});
