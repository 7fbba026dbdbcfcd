/** The last line of continuous integration tells the truth about a run of tap. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const script = fileURLToPath(new URL('../../.ci/count', import.meta.url));

/** The last line and exit code of the script, given tap's results and the exit code of the test command. */
function count(results: string, code: number): { line: string | undefined; status: number | null } {
  const file = join(mkdtempSync(join(tmpdir(), 'kat-ci-')), 'results.tap');
  writeFileSync(file, results);
  const { stdout, status } = spawnSync('bash', [script, file, String(code)], { encoding: 'utf8' });
  return { line: stdout.trimEnd().split('\n').at(-1), status };
}

t.test('a green run passes with its counts', async (t) => {
  t.same(count('ok 1 - a\n\n# { total: 12, pass: 12 }\n# time=1ms\n', 0), {
    line: '12 passed, 0 failed',
    status: 0,
  });
});

t.test('skipped assertions are named and do not count as passed', async (t) => {
  t.same(count('# { total: 12, pass: 10, skip: 2 }\n', 0), {
    line: '10 passed, 0 failed, 2 skipped',
    status: 0,
  });
});

t.test('a failed assertion fails the run', async (t) => {
  t.same(count('# { total: 9, pass: 5, fail: 3, skip: 1 }\n', 1), {
    line: '5 passed, 3 failed, 1 skipped',
    status: 1,
  });
});

t.test('a test command that fails without naming a test counts as one failure', async (t) => {
  t.same(count('# { total: 12, pass: 12 }\n', 1), { line: '12 passed, 1 failed', status: 1 });
  t.same(count('', 7), { line: '0 passed, 1 failed', status: 1 });
});

t.test('a run in which nothing was tested is no success', async (t) => {
  t.same(count('1..0 # no tests found\n', 0), { line: '0 passed, 0 failed', status: 1 });
});

t.test('only the closing summary counts, not that of a file within', async (t) => {
  t.same(count('    # { total: 3, pass: 3 }\n# { total: 5, pass: 5 }\n', 0), {
    line: '5 passed, 0 failed',
    status: 0,
  });
});
