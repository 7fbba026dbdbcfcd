/** The contract of src/cache/cache.ts, to be run over every engine. */
import type { Test } from 'tap';
import type { Cache } from '../../src/cache/cache.ts';

/** @param open a new cache that can be reached, empty of the keys used here; closed by the caller's test */
export async function cacheContract(t: Test, open: (t: Test) => Promise<Cache>): Promise<void> {
  await t.test('what was never set is a miss', async (t) => {
    const cache = await open(t);
    t.equal(await cache.get('never'), undefined);
  });

  await t.test('bytes come back as they were, whatever they are', async (t) => {
    const cache = await open(t);
    const values = [
      Buffer.from([0, 255, 13, 10, 128]),
      Buffer.from('漢'),
      Buffer.alloc(0),
      Buffer.alloc(200_000, 7),
    ];
    for (const [i, value] of values.entries()) await cache.set(`bytes ${i}`, value);
    for (const [i, value] of values.entries()) t.same(await cache.get(`bytes ${i}`), value);
  });

  await t.test('keys are told apart to the letter', async (t) => {
    const cache = await open(t);
    const keys = ['k', 'K', 'k ', 'k:1', 'ключ', '"\n'];
    for (const key of keys) await cache.set(key, Buffer.from(key));
    for (const key of keys) t.same(await cache.get(key), Buffer.from(key));
  });

  await t.test('the last value set is the one found', async (t) => {
    const cache = await open(t);
    await cache.set('twice', Buffer.from('first'));
    await cache.set('twice', Buffer.from('second'));
    t.same(await cache.get('twice'), Buffer.from('second'));
  });

  await t.test('a buffer that is reused after it was set does not change what is found', async (t) => {
    const cache = await open(t);
    const value = Buffer.from('before');
    await cache.set('reused', value);
    value.fill(0);
    t.same(await cache.get('reused'), Buffer.from('before'));
  });

  await t.test('each cache opened has an epoch of its own, which stays while it is reachable', async (t) => {
    const [one, other] = [await open(t), await open(t)];
    t.not(one.epoch(), other.epoch());
    const epoch = one.epoch();
    await one.set('any', Buffer.from('x'));
    t.equal(one.epoch(), epoch);
    t.equal(one.health().reachable, true);
  });

  await t.test('after closing it answers as if it were empty', async (t) => {
    const cache = await open(t);
    await cache.set('kept', Buffer.from('x'));
    await cache.close();
    t.equal(await cache.get('kept'), undefined);
    await t.resolves(cache.close());
  });
}
