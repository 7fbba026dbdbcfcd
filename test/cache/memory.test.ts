import t from 'tap';
import { createMemoryCache } from '../../src/cache/memory.ts';
import { cacheContract } from '../contract/cache-contract.ts';

t.test('the memory cache keeps the contract', (t) => cacheContract(t, async () => createMemoryCache()));

t.test('the least recently used entry goes when space is needed', async (t) => {
  const cache = createMemoryCache({ maxBytes: 10_000 });
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await cache.set(key, Buffer.alloc(1_000));
  await cache.get('a');
  await cache.set('i', Buffer.alloc(1_000));
  t.ok(await cache.get('a'), 'a was used');
  t.equal(await cache.get('b'), undefined);
  t.ok(await cache.get('i'));
});

t.test('many small entries are bounded too', async (t) => {
  const cache = createMemoryCache({ maxBytes: 10_000 });
  for (let i = 0; i < 1_000; i++) await cache.set(`key ${i}`, Buffer.from('x'));
  let kept = 0;
  for (let i = 0; i < 1_000; i++) if (await cache.get(`key ${i}`)) kept++;
  t.ok(kept > 10 && kept < 100, `${kept} kept`);
});

t.test(
  'a value too large for the cache replaces the old one by nothing and pushes nothing out',
  async (t) => {
    const cache = createMemoryCache({ maxBytes: 10_000 });
    await cache.set('other', Buffer.from('x'));
    await cache.set('big', Buffer.from('small at first'));
    await cache.set('big', Buffer.alloc(9_000));
    t.equal(await cache.get('big'), undefined);
    t.ok(await cache.get('other'));
  },
);
