/** Group commit against a connection that only records what it is told, and fails where a test wants it to. */
import t from 'tap';
import type { SqlConnection } from '../../src/storage/sql/connection.ts';
import { createGroupCommit, type Follower } from '../../src/storage/sql/group-commit.ts';

function recording(failing: (text: string) => boolean = () => false) {
  const log: string[] = [];
  const connection: SqlConnection = {
    all: async () => [],
    run: async () => 0,
    close: async () => undefined,
    script: async (text) => {
      log.push(text);
      if (failing(text)) throw new Error(`no ${text}`);
    },
  };
  const follower: Follower = {
    unitBegins: () => log.push('unit begins'),
    unitUndone: () => log.push('unit undone'),
    beforeCommit: async () => void log.push('before commit'),
    transactionEnds: () => log.push('transaction ends'),
  };
  return { log, group: createGroupCommit(connection, 'BEGIN', follower) };
}

t.test('units that wait together share one transaction and are answered after its commit', async (t) => {
  const { log, group } = recording();
  const units = ['a', 'b', 'c'].map((name) =>
    group.run(async () => void log.push(`work ${name}`)).then(() => log.push(`answer ${name}`)),
  );
  await Promise.all(units);
  const unit = (name: string) => ['SAVEPOINT unit', 'unit begins', `work ${name}`, 'RELEASE unit'];
  t.same(log, [
    'BEGIN',
    ...unit('a'),
    ...unit('b'),
    ...unit('c'),
    'before commit',
    'COMMIT',
    'transaction ends',
    'answer a',
    'answer b',
    'answer c',
  ]);
});

t.test('a refusal leaves after the commit too', async (t) => {
  const { log, group } = recording();
  const refused = group
    .run(() => Promise.reject(new Error('refused')))
    .catch((error: Error) => log.push(error.message));
  await Promise.all([refused, group.run(async () => 1)]);
  t.ok(log.indexOf('refused') > log.indexOf('COMMIT'));
  t.ok(log.includes('ROLLBACK TO unit; RELEASE unit'));
  t.ok(log.includes('unit undone'));
});

t.test('a commit that fails rejects every unit, and the next transaction is a new one', async (t) => {
  let broken = true;
  const { log, group } = recording((text) => broken && text === 'COMMIT');
  const outcomes = await Promise.allSettled([
    group.run(async () => 1),
    group.run(() => Promise.reject(new Error('its own'))),
    group.run(async () => 3),
  ]);
  t.same(
    outcomes.map((outcome) => outcome.status),
    ['rejected', 'rejected', 'rejected'],
  );
  t.match(outcomes[0], { reason: { message: 'no COMMIT' } });
  t.same(log.slice(-2), ['ROLLBACK', 'transaction ends']);
  broken = false;
  t.equal(await group.run(async () => 4), 4);
});

t.test('when a unit cannot be undone alone the whole transaction is given up', async (t) => {
  const { log, group } = recording((text) => text.startsWith('ROLLBACK TO'));
  const outcomes = await Promise.allSettled([
    group.run(async () => 1),
    group.run(() => Promise.reject(new Error('disk full'))),
  ]);
  t.same(
    outcomes.map((outcome) => outcome.status),
    ['rejected', 'rejected'],
  );
  t.notOk(log.includes('COMMIT'));
  t.ok(log.includes('ROLLBACK'));
});

t.test('a database that cannot begin rejects all that wait', async (t) => {
  const { group } = recording((text) => text === 'BEGIN');
  const outcomes = await Promise.allSettled([group.run(async () => 1), group.run(async () => 2)]);
  for (const outcome of outcomes) t.match(outcome, { status: 'rejected', reason: { message: 'no BEGIN' } });
});

t.test('units that take long do not keep all others in the same transaction', async (t) => {
  const { log, group } = recording();
  const busy = async () => {
    const end = performance.now() + 25;
    while (performance.now() < end);
  };
  await Promise.all(Array.from({ length: 3 }, () => group.run(busy)));
  t.equal(log.filter((text) => text === 'COMMIT').length, 3);
  t.equal(log.filter((text) => text === 'unit begins').length, 3);
});

t.test('a unit asked for while others run is not lost', async (t) => {
  const { group } = recording();
  const inner: Promise<number>[] = [];
  await group.run(async () => void inner.push(group.run(async () => 7)));
  t.same(await Promise.all(inner), [7]);
});

t.test('draining waits for what was asked and takes no more', async (t) => {
  const { log, group } = recording();
  const unit = group.run(async () => 1).then(() => log.push('answered'));
  const drained = group.drain().then(() => log.push('drained'));
  await t.rejects(
    group.run(async () => 2),
    /closed/,
  );
  await Promise.all([unit, drained]);
  t.ok(log.indexOf('drained') > log.indexOf('COMMIT'));
  await group.drain();
});
