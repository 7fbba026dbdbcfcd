/** Contract: what was acknowledged survives closing, and kill -9 at any moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import type { StoreEngine } from './store-engine.ts';
import { idsOf, put, sampleWrite, stored, term } from './store-samples.ts';

const childScript = fileURLToPath(new URL('./store-writer-child.ts', import.meta.url));

/** @param enginesModule file that exports the engine as `engine`, for a process of its own */
export function durabilityContract(t: Test, engine: StoreEngine, engineModule: string): void {
  t.test('everything is there after closing and opening again', async (t) => {
    const place = t.testdir();
    const first = await engine.open(place);
    const write = sampleWrite({ id: 'a', version: 1, terms: ['x'] });
    await put(first, write);
    const secret = await first.secret();
    const change = await first.lastChange();
    await first.close();
    const second = await engine.open(place);
    t.teardown(() => second.close());
    t.same(await second.read('Observation', 'a'), stored(write));
    t.same(await idsOf(second, { where: term('x') }), ['a']);
    t.equal(await second.lastChange(), change);
    t.same(await second.secret(), secret);
    t.equal(secret.length, 32);
    await put(second, sampleWrite({ id: 'b', terms: ['x'] }));
    t.same(await idsOf(second, { where: term('x') }), ['a', 'b']);
  });

  t.test('two stores have different secrets', async (t) => {
    const stores = [await engine.open(t.testdir({ a: {}, b: {} })), await engine.open(`${t.testdirName}/b`)];
    t.teardown(() => Promise.all(stores.map((store) => store.close())));
    t.notSame(await stores[0]!.secret(), await stores[1]!.secret());
  });

  t.test('kill -9 while writing loses nothing acknowledged and leaves no half unit', async (t) => {
    const place = t.testdir();
    for (const round of [0, 1, 2]) {
      const acknowledged = await writeUntilKilled(place, engineModule, round);
      t.ok(acknowledged.length > 0, `${acknowledged.length} units acknowledged`);
      const store = await engine.open(place);
      for (const pair of acknowledged) {
        for (const id of [`${pair}-left`, `${pair}-right`]) {
          if (!(await store.read('Observation', id))) t.fail(`${id} was acknowledged and is gone`);
        }
      }
      const left = await idsOf(store, { where: term('left'), limit: 1e6 });
      const right = await idsOf(store, { where: term('right'), limit: 1e6 });
      const pairs = (ids: string[]) => ids.map((id) => id.split('-')[0]).sort();
      t.same(pairs(left), pairs(right), 'both halves of every unit, or none');
      t.same(
        acknowledged.filter((pair) => !left.includes(`${pair}-left`)),
        [],
        'found by search too',
      );
      t.equal(
        (await store.read('Observation', 'counter'))?.version,
        (await store.history({ type: 'Observation', id: 'counter', limit: 1 })).total,
      );
      await store.close();
    }
  });
}

/** Runs a writing process and kills it in the middle of a storm of units. Resolves to the pairs it acknowledged. */
async function writeUntilKilled(place: string, engineModule: string, round: number): Promise<string[]> {
  const child = spawn(process.execPath, [childScript, engineModule, place, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  const exited = once(child, 'exit');
  const killAfter = 150 + 170 * round;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === killAfter) child.kill('SIGKILL');
  }
  await exited;
  return acknowledged;
}
