/** `kat-fhir serve`: the same server as `npm start`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

t.test('serve says where it answers, answers, and ends in order', async (t) => {
  const child = spawn(process.execPath, [main, 'serve'], {
    env: { PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: mkdtempSync(join(tmpdir(), 'kat-serve-')) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [greeting] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /http:\/\/127\.0\.0\.1:\d+\/fhir/.exec(greeting.toString())?.[0];
  const response = await fetch(`${url}/metadata`);
  t.equal(response.status, 200);
  t.match(await response.json(), { resourceType: 'CapabilityStatement' });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  t.same((await ended)[0], 0);
});
