/** Real input: the twelve Synthea bundles load whole, and the server counts what the files hold. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { startServer } from '../support/server.ts';
import { kat } from './kat.ts';

const folder = fileURLToPath(new URL('../../../shared/testdata/synthea', import.meta.url));
const skip = existsSync(folder) ? false : 'the Synthea bundles are not there';

interface Bundle {
  readonly entry: readonly { readonly resource: { readonly resourceType: string } }[];
}

function countsInFiles(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const file of readdirSync(folder)) {
    const { entry } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Bundle;
    for (const { resource } of entry) {
      counts.set(resource.resourceType, (counts.get(resource.resourceType) ?? 0) + 1);
    }
  }
  return counts;
}

t.test(
  'every bundle loads, and the counts per type are those of the files',
  { skip, timeout: 120_000 },
  async (t) => {
    const server = await startServer();
    t.teardown(() => server.close());
    t.equal(readdirSync(folder).length, 12);
    const { code, stderr } = await kat('load', folder, '--server', server.url);
    t.equal(code, 0, stderr);
    for (const [type, count] of countsInFiles()) {
      t.equal((await server.send('GET', `/${type}?_summary=count`)).body.total, count, type);
    }
  },
);
