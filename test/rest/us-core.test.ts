/** The recorded searches of US Core's tests are answered as a naive filter over all resources answers them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { usCoreSuite } from '../conformance/us-core.ts';

const cases = '../shared/testdata/us-core';

t.test(
  'every recorded search',
  { skip: !existsSync(cases) && 'the recorded searches are not here' },
  async (t) => {
    const { totals, failures } = await usCoreSuite(cases);
    t.same(failures, []);
    t.equal(totals.passed, totals.cases);
    t.ok(totals.nonEmpty > totals.cases / 2, `${totals.nonEmpty} find something`);
  },
);

t.test('searches named as a file are run with the bundles beside it, and faults are told', async (t) => {
  const folder = t.testdir();
  mkdirSync(folder, { recursive: true });
  const entry = (id: string) => ({
    fullUrl: `http://x/Patient/${id}`,
    resource: { resourceType: 'Patient', id, gender: 'male' },
    request: { method: 'PUT', url: `Patient/${id}` },
  });
  const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [entry('a'), entry('b')] };
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle));
  const searches = [
    { path: '/Patient?gender=male&_count=1', status: 200 },
    { path: '/Patient?gender=female', status: 200 },
    { path: '/Patient?gender=male&sex=m', status: 200 },
  ];
  writeFileSync(join(folder, 'asked.json'), JSON.stringify(searches));
  const { totals, failures } = await usCoreSuite(join(folder, 'asked.json'));
  t.same(totals, { suite: 'us-core', cases: 3, passed: 2, nonEmpty: 1 });
  t.match(failures, [/sex=m\n {4}status 400, not 200/]);
});
