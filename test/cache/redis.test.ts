import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import type { Cache } from '../../src/cache/cache.ts';
import { createRedisCache, type RedisCacheOptions } from '../../src/cache/redis.ts';
import { cacheContract } from '../contract/cache-contract.ts';
import { startRedis } from '../support/redis-server.ts';

async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; !condition(); attempt++) {
    if (attempt > 500) throw new Error('did not happen within 10 s');
    await sleep(20);
  }
}

async function open(t: Test, options: RedisCacheOptions): Promise<Cache> {
  const cache = createRedisCache(options);
  t.teardown(() => cache.close());
  await until(() => cache.health().reachable);
  return cache;
}

t.test('the Redis cache', async (t) => {
  const server = await startRedis(t);
  if (!server) return;
  const { url } = server;
  const admin = new Redis(url);
  admin.on('error', () => undefined);
  t.teardown(() => admin.disconnect());

  await t.test('keeps the contract', (t) => cacheContract(t, (t) => open(t, { url })));

  await t.test('shares entries between servers', async (t) => {
    const [one, other] = [await open(t, { url }), await open(t, { url })];
    await one.set('shared', Buffer.from('x'));
    t.same(await other.get('shared'), Buffer.from('x'));
  });

  await t.test('keeps to its prefix and lets every entry expire', async (t) => {
    const cache = await open(t, { url, prefix: 'mine:', ttlSeconds: 100 });
    await admin.flushall();
    await cache.set('k', Buffer.from('x'));
    t.same(await admin.keys('*'), ['mine:k']);
    const ttl = await admin.ttl('mine:k');
    t.ok(ttl > 0 && ttl <= 100, `${ttl} s`);
  });

  await t.test('does not keep values beyond the bound', async (t) => {
    const cache = await open(t, { url, maxValueBytes: 10 });
    await cache.set('big', Buffer.alloc(11));
    await cache.set('fits', Buffer.alloc(10));
    t.equal(await cache.get('big'), undefined);
    t.ok(await cache.get('fits'));
  });

  await t.test('gone and back: misses meanwhile, never an error, a new epoch afterwards', async (t) => {
    const cache = await open(t, { url });
    const epoch = cache.epoch();
    await cache.set('k', Buffer.from('x'));
    const asking = Promise.all(Array.from({ length: 50 }, () => cache.get('k')));
    await server.kill();
    await asking;
    t.equal(await cache.get('k'), undefined);
    await cache.set('k', Buffer.from('y'));
    t.same(cache.health(), { engine: 'redis', reachable: false });
    t.not(cache.epoch(), epoch);
    const meanwhile = cache.epoch();
    await server.restart();
    await until(() => cache.health().reachable);
    t.ok(cache.epoch() !== epoch, 'the epoch from before does not come back');
    t.ok(meanwhile !== epoch);
    t.equal(await cache.get('k'), undefined);
    await cache.set('k', Buffer.from('z'));
    t.same(await cache.get('k'), Buffer.from('z'));
  });

  await t.test('a Redis that stops answering is left alone after one short wait', async (t) => {
    const cache = await open(t, { url, timeoutMs: 100 });
    const epoch = cache.epoch();
    await cache.set('k', Buffer.from('x'));
    server.pause();
    t.teardown(() => server.resume());
    const start = performance.now();
    t.equal(await cache.get('k'), undefined);
    for (let i = 0; i < 100; i++) await cache.get('k');
    t.ok(performance.now() - start < 1_000, 'not a hundred waits');
    t.equal(cache.health().reachable, false);
    t.not(cache.epoch(), epoch);
    await sleep(400);
    t.equal(cache.health().reachable, false, 'a connection without answers does not count');
    server.resume();
    await until(() => cache.health().reachable);
    await cache.set('k', Buffer.from('y'));
    t.same(await cache.get('k'), Buffer.from('y'));
  });
});

t.test('without any Redis the cache is empty, quick and says so', async (t) => {
  const cache = createRedisCache({ url: 'redis://127.0.0.1:1' });
  t.teardown(() => cache.close());
  const start = performance.now();
  for (let i = 0; i < 20; i++) {
    await cache.set('k', Buffer.from('x'));
    t.equal(await cache.get('k'), undefined);
  }
  t.ok(performance.now() - start < 500);
  t.same(cache.health(), { engine: 'redis', reachable: false });
});
