import t from 'tap';
import { isLogicalId, timeOrderedIds } from '../../src/core/ids.ts';

t.test('ids are logical ids and UUIDs of version 7', async (t) => {
  const id = timeOrderedIds({ now: () => 1_700_000_000_000 }).next();
  t.ok(isLogicalId(id));
  t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.equal(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16), 1_700_000_000_000);
});

t.test('a later id sorts after an earlier one', async (t) => {
  let now = 0xfff;
  const ids = timeOrderedIds({ now: () => now });
  const first = ids.next();
  now = 0x1000;
  t.ok(first < ids.next());
});

t.test('ids of one instant differ', async (t) => {
  const ids = timeOrderedIds({ now: () => 1 });
  t.equal(new Set(Array.from({ length: 1000 }, () => ids.next())).size, 1000);
});
