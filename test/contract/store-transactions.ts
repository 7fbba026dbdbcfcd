/** Contract: units of work are atomic, isolated, in order and durable. */
import type { Test } from 'tap';
import type { Store, StoreTransaction } from '../../src/storage/store.ts';
import { all, deletion, idsOf, put, sampleWrite, stored, term } from './store-samples.ts';

export function transactionContract(t: Test, open: (t: Test) => Promise<Store>): void {
  t.test('a unit that throws leaves nothing and passes the error on', async (t) => {
    const store = await open(t);
    await put(store, sampleWrite({ id: 'kept', terms: ['x'] }));
    const error = new Error('refused');
    const unit = store.transact(async (transaction) => {
      await transaction.write(sampleWrite({ id: 'new', terms: ['x'] }));
      await transaction.write(sampleWrite({ id: 'kept', version: 2, terms: ['y'] }));
      throw error;
    });
    t.equal(await unit.catch((reason) => reason), error);
    t.equal(await store.read('Observation', 'new'), undefined);
    t.same(await idsOf(store, { where: term('x') }), ['kept']);
    t.same(await idsOf(store, { where: term('y') }), []);
    t.equal((await store.history({ type: 'Observation', id: 'kept', limit: 10 })).total, 1);
    t.equal(await store.count('Observation', all), 1);
  });

  t.test('a note is kept with what is written in its unit, or not at all', async (t) => {
    const store = await open(t);
    t.equal(await store.note('secret'), undefined, 'what the store itself keeps is no note');
    await store.transact(async (transaction) => {
      await transaction.setNote('a', 'one');
      t.equal(await transaction.note('a'), 'one', 'the unit sees its own');
      await transaction.setNote('b', 'other');
    });
    const failing = store.transact(async (transaction) => {
      await transaction.setNote('a', 'two');
      throw new Error('refused');
    });
    await t.rejects(failing);
    t.same([await store.note('a'), await store.note('b')], ['one', 'other']);
    await store.transact((transaction) => transaction.setNote('a', 'three'));
    t.same([await store.note('a'), await store.note('b')], ['three', 'other']);
  });

  t.test('one failing unit among many waiting takes only itself', async (t) => {
    const store = await open(t);
    const units = Array.from({ length: 30 }, (_, i) =>
      store.transact(async (transaction) => {
        const terms = [`n${i}`, 'any'];
        const dates = [{ param: `Observation.p${i}`, low: i, high: i }];
        await transaction.write(sampleWrite({ id: `a${i}`, terms, dates }));
        // Some search first, so that the index is brought up to date inside the unit.
        if (i % 2 === 0)
          await transaction.search({ type: 'Observation', where: term('any'), sort: [], limit: 1 });
        if (i % 3 === 0) throw new Error(`unit ${i}`);
        return i;
      }),
    );
    const outcomes = await Promise.allSettled(units);
    const good = units.flatMap((_, i) => (i % 3 === 0 ? [] : [i]));
    t.same(
      outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
      good,
    );
    t.same(
      await idsOf(store, { where: term('any') }),
      good.map((i) => `a${i}`),
    );
    for (let i = 0; i < 30; i++) {
      const expected = good.includes(i) ? [`a${i}`] : [];
      t.same(await idsOf(store, { where: term(`n${i}`) }), expected);
      const range = { kind: 'range', table: 'date', param: `Observation.p${i}`, where: [] } as const;
      t.same(await idsOf(store, { where: range }), expected);
    }
  });

  t.test('a parameter first used by a unit that failed can be used again', async (t) => {
    const store = await open(t);
    const dates = [{ param: 'Observation.fresh', low: 5, high: 6 }];
    const failing = store.transact(async (transaction) => {
      await transaction.write(sampleWrite({ id: 'a', dates }));
      throw new Error('no');
    });
    const other = put(
      store,
      sampleWrite({ id: 'b', dates: [{ param: 'Observation.other', low: 5, high: 6 }] }),
    );
    const following = put(store, sampleWrite({ id: 'c', dates }));
    await t.rejects(failing);
    await Promise.all([other, following]);
    const where = { kind: 'range', table: 'date', param: 'Observation.fresh', where: [] } as const;
    t.same(await idsOf(store, { where }), ['c']);
  });

  t.test('a unit sees its own writes in read, search and count', async (t) => {
    const store = await open(t);
    await put(store, sampleWrite({ id: 'gone', terms: ['x'] }), sampleWrite({ id: 'moved', terms: ['x'] }));
    await store.transact(async (transaction) => {
      const created = sampleWrite({ id: 'new', terms: ['x'] });
      await transaction.write(created);
      t.same(await transaction.read('Observation', 'new'), stored(created));
      t.same(await idsOf(transaction, { where: term('x') }), ['gone', 'moved', 'new']);
      await transaction.write(deletion('gone', 2));
      await transaction.write(sampleWrite({ id: 'moved', version: 2, terms: ['y'] }));
      t.same(await idsOf(transaction, { where: term('x') }), ['new']);
      t.same(await idsOf(transaction, { where: term('y') }), ['moved']);
      t.equal(await transaction.count('Observation', all), 2);
      t.equal((await transaction.read('Observation', 'gone'))?.body, undefined);
    });
    t.same(await idsOf(store, { where: term('x') }), ['new']);
  });

  t.test('a unit sees what the units before it wrote', async (t) => {
    const store = await open(t);
    const counts = Array.from({ length: 5 }, (_, i) =>
      store.transact(async (transaction) => {
        const count = await transaction.count('Observation', term('x'));
        await transaction.write(sampleWrite({ id: `a${i}`, terms: ['x'] }));
        return count;
      }),
    );
    t.same(await Promise.all(counts), [0, 1, 2, 3, 4]);
  });

  t.test('only what is committed is seen from outside', async (t) => {
    const store = await open(t);
    await store.transact(async (transaction) => {
      await transaction.write(sampleWrite({ id: 'a', terms: ['x'] }));
      await transaction.count('Observation', term('x'));
      t.equal(await store.read('Observation', 'a'), undefined);
      t.same(await idsOf(store, { where: term('x') }), []);
    });
    t.same(await idsOf(store, { where: term('x') }), ['a']);
  });

  t.test('read, decide and write is never interleaved', async (t) => {
    const store = await open(t);
    await put(store, sampleWrite({ id: 'a' }));
    const next = async (transaction: StoreTransaction) => {
      const current = await transaction.read('Observation', 'a');
      await transaction.write(sampleWrite({ id: 'a', version: current!.version + 1 }));
    };
    await Promise.all(Array.from({ length: 40 }, () => store.transact(next)));
    t.equal((await store.read('Observation', 'a'))?.version, 41);
  });

  t.test('a failed write cannot be committed by swallowing its error', async (t) => {
    const store = await open(t);
    await put(store, sampleWrite({ id: 'a' }));
    const unit = store.transact(async (transaction) => {
      await transaction.write(sampleWrite({ id: 'b' }));
      await transaction.write(sampleWrite({ id: 'a', version: 9 })).catch(() => undefined);
    });
    await t.rejects(unit);
    t.equal(await store.read('Observation', 'b'), undefined);
  });

  t.test('a transaction kept beyond its unit does nothing any more', async (t) => {
    const store = await open(t);
    let kept: StoreTransaction | undefined;
    await store.transact(async (transaction) => {
      kept = transaction;
    });
    await t.rejects(kept!.write(sampleWrite({ id: 'a' })));
    await t.rejects(kept!.read('Observation', 'a'));
    t.equal(await store.read('Observation', 'a'), undefined);
  });

  t.test('a unit may return anything, nothing included', async (t) => {
    const store = await open(t);
    t.equal(await store.transact(async () => undefined), undefined);
    t.same(await store.transact(async () => [1]), [1]);
  });

  t.test('closing waits for what was asked before and refuses what comes after', async (t) => {
    const store = await open(t);
    const before = put(store, sampleWrite({ id: 'a' }));
    const closing = store.close();
    await t.rejects(put(store, sampleWrite({ id: 'b' })));
    await before;
    await closing;
    await t.rejects(store.ping());
  });
}
