/** Read by id, beside bare Fastify that returns the same bytes from SQLite. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../support/server.ts';
import { startBareServer } from './bare-server.ts';
import { print, takeTurns } from './compare.ts';
import { requestsPerSecond } from './requests-per-second.ts';
import { patientTransaction, scoreId, scoresPerPatient } from './scores.ts';

const rounds = 5;
const patients = 20;
const clients = 16;

export async function benchRead(): Promise<void> {
  const cached = await startServer();
  const uncached = await startServer({ cache: 'off' });
  const bare = await startBareServer(mkdtempSync(join(tmpdir(), 'kat-bench-')));
  const paths: string[] = [];
  try {
    for (let patient = 0; patient < patients; patient++) {
      const body = patientTransaction(patient);
      for (const server of [cached, uncached]) {
        const { status } = await server.send('POST', '', { body });
        if (status !== 200) throw new Error(`the data could not be stored: ${status}`);
      }
      for (let n = 0; n < scoresPerPatient; n++) {
        const path = `Observation/${scoreId(patient, n)}`;
        const { text } = await cached.send('GET', `/${path}`);
        bare.put('Observation', scoreId(patient, n), text);
        paths.push(`/fhir/${path}`);
      }
    }
    const load = (url: string) => () =>
      requestsPerSecond({ url, clients, requests: paths.map((path) => ({ method: 'GET', path })) });
    const title = `read by id: ${paths.length} Observations, ${clients} clients`;
    const comparison = await takeTurns(title, '/s', rounds, [
      { name: 'bare Fastify', round: load(bare.url) },
      { name: 'kat-fhir', round: load(cached.url) },
      { name: 'kat-fhir without cache', round: load(uncached.url) },
    ]);
    print(comparison, [
      ['kat-fhir', 'bare Fastify'],
      ['kat-fhir without cache', 'bare Fastify'],
    ]);
  } finally {
    await Promise.all([cached.close(), uncached.close(), bare.close()]);
  }
}
