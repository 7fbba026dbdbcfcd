import t from 'tap';
import { refuse } from '../../src/core/fhir-error.ts';
import { createAsyncJobs } from '../../src/http/async-jobs.ts';

function jobsWith(limits: { maximumRunning?: number; maximumBytes?: number; keptFor?: number }) {
  const time = { now: 1_000_000 };
  const jobs = createAsyncJobs({
    clock: { now: () => time.now },
    refusalOf: () => refuse('internal-error', 'The server failed'),
    ...limits,
  });
  return { jobs, time };
}

const answer = (body: string) => async () => ({ status: 200, body });

t.test('a job runs, and keeps what came of it', async (t) => {
  const { jobs } = jobsWith({});
  const id = jobs.start(answer('{}'));
  t.equal(jobs.find(id)?.result, undefined);
  await jobs.settled();
  t.same(jobs.find(id)?.result, { status: 200, body: '{}' });
  t.equal(jobs.find('another'), undefined);
});

t.test('what is thrown is an answer too', async (t) => {
  const { jobs } = jobsWith({});
  const id = jobs.start(async () => {
    throw new Error('broken');
  });
  await jobs.settled();
  t.match(jobs.find(id)?.result, { status: 500, issues: [{ key: 'internal-error' }] });
});

t.test('a job that was called off leaves nothing', async (t) => {
  const { jobs } = jobsWith({});
  const id = jobs.start(answer('{}'));
  t.ok(jobs.cancel(id));
  t.notOk(jobs.cancel(id));
  await jobs.settled();
  t.equal(jobs.find(id), undefined);
});

t.test('no more run at once than may', async (t) => {
  const { jobs } = jobsWith({ maximumRunning: 2 });
  jobs.start(answer('1'));
  jobs.start(answer('2'));
  t.throws(() => jobs.start(answer('3')), { message: /too much/i });
  await jobs.settled();
  t.ok(jobs.start(answer('3')));
  await jobs.settled();
});

t.test('results are kept for a while, and the oldest make place for new ones', async (t) => {
  const { jobs, time } = jobsWith({ maximumBytes: 10, keptFor: 100 });
  const ids: string[] = [];
  for (const body of ['aaaa', 'bbbb', 'cccc']) {
    ids.push(jobs.start(answer(body)));
    await jobs.settled();
  }
  t.same(
    ids.map((id) => jobs.find(id)?.result?.body),
    [undefined, 'bbbb', 'cccc'],
  );
  const large = jobs.start(answer('more than ten'));
  await jobs.settled();
  t.equal(jobs.find(large)?.result?.status, 413);
  time.now += 101;
  t.same(
    ids.map((id) => jobs.find(id)),
    [undefined, undefined, undefined],
  );
});
