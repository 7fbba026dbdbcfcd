import fc from 'fast-check';
import t from 'tap';
import { createGenerations } from '../../src/cache/generations.ts';

t.test('the stamp of untouched scopes stays', async (t) => {
  const generations = createGenerations();
  const scopes = ['Patient/1', 'Observation', 'Observation@1'];
  t.type(generations.stamp(scopes), 'string');
  t.equal(generations.stamp(scopes), generations.stamp(scopes));
});

t.test('a scope is dirty from touch to end, and has another stamp afterwards', async (t) => {
  const generations = createGenerations();
  const before = generations.stamp(['Patient/1']);
  const mark = generations.begin();
  t.equal(generations.stamp(['Patient/1']), before, 'begin alone touches nothing');
  mark.touch('Patient/1');
  t.equal(generations.stamp(['Patient/1']), undefined);
  t.equal(generations.stamp(['Observation', 'Patient/1']), undefined);
  mark.end();
  t.not(generations.stamp(['Patient/1']), undefined);
  t.not(generations.stamp(['Patient/1']), before);
});

t.test('a scope touched by two writes stays dirty until both have ended', async (t) => {
  const generations = createGenerations();
  const [one, other] = [generations.begin(), generations.begin()];
  one.touch('Patient/1');
  other.touch('Patient/1');
  one.end();
  t.equal(generations.stamp(['Patient/1']), undefined);
  other.end();
  t.not(generations.stamp(['Patient/1']), undefined);
});

t.test('touching twice and ending twice do no harm', async (t) => {
  const generations = createGenerations();
  const mark = generations.begin();
  mark.touch('Patient/1');
  mark.touch('Patient/1');
  mark.end();
  const after = generations.stamp(['Patient/1']);
  t.not(after, undefined);
  mark.end();
  t.equal(generations.stamp(['Patient/1']), after);
});

t.test('no stamp taken before a write ended is ever given again', async () => {
  const scope = fc.constantFrom('Patient/1', 'Patient/2', 'Observation', 'Observation@1', 'Observation@2');
  const step = fc.record({
    action: fc.constantFrom('begin', 'touch', 'end', 'stamp'),
    write: fc.nat(3),
    scope,
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const generations = createGenerations();
      const marks = new Map<number, { touched: Set<string>; mark: ReturnType<typeof generations.begin> }>();
      /** Stamps that may no longer be given, by scope. */
      const spent = new Map<string, Set<string>>();
      const given = new Map<string, Set<string>>();
      for (const { action, write, scope } of steps) {
        const open = marks.get(write);
        if (action === 'begin' && !open) marks.set(write, { touched: new Set(), mark: generations.begin() });
        if (action === 'touch' && open) {
          open.mark.touch(scope);
          open.touched.add(scope);
        }
        if (action === 'end' && open) {
          open.mark.end();
          marks.delete(write);
          for (const touched of open.touched) {
            spent.set(touched, new Set([...(spent.get(touched) ?? []), ...(given.get(touched) ?? [])]));
          }
        }
        if (action === 'stamp') {
          const stamp = generations.stamp([scope]);
          const dirty = [...marks.values()].some(({ touched }) => touched.has(scope));
          if (dirty !== (stamp === undefined)) return false;
          if (stamp === undefined) continue;
          if (spent.get(scope)?.has(stamp)) return false;
          given.set(scope, new Set([...(given.get(scope) ?? []), stamp]));
        }
      }
      return true;
    }),
  );
});

t.test('any number of scopes fits, and different ones seldom disturb each other', async (t) => {
  const generations = createGenerations();
  const scopes = Array.from({ length: 1_000 }, (_, i) => `Observation@${i}`);
  const before = scopes.map((scope) => generations.stamp([scope]));
  const mark = generations.begin();
  for (let i = 0; i < 100; i++) mark.touch(`Patient/${i}`);
  mark.end();
  const disturbed = scopes.filter((scope, i) => generations.stamp([scope]) !== before[i]).length;
  t.ok(disturbed < 20, `${disturbed} of 1000 disturbed`);
});
