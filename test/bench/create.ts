/** Durable creates, validated and indexed, beside bare Fastify that parses and inserts with the same durability. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../support/server.ts';
import { startBareServer } from './bare-server.ts';
import { print, takeTurns } from './compare.ts';
import { requestsPerSecond } from './requests-per-second.ts';
import { score } from './scores.ts';

const rounds = 5;
const clients = 32;
/** Different bodies to send in turn. */
const bodies = 400;

export async function benchCreate(): Promise<void> {
  const ours = await startServer();
  const bare = await startBareServer(mkdtempSync(join(tmpdir(), 'kat-bench-')));
  const requests = Array.from({ length: bodies }, (_, n) => ({
    method: 'POST' as const,
    path: '/fhir/Observation',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(score(n % 20, n)),
  }));
  try {
    const load = (url: string) => () => requestsPerSecond({ url, clients, requests });
    const comparison = await takeTurns(`durable create: Observation, ${clients} clients`, '/s', rounds, [
      { name: 'bare Fastify', round: load(bare.url) },
      { name: 'kat-fhir', round: load(ours.url) },
    ]);
    print(comparison, [['kat-fhir', 'bare Fastify']]);
  } finally {
    await Promise.all([ours.close(), bare.close()]);
  }
}
