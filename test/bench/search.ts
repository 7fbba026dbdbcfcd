/**
 * Searches over 10,000 Observations and over 1,000,000, and from the cache. Filling the large store takes some minutes
 * and 3 GB of the temporary folder; `KAT_BENCH_PATIENTS` asks for another size, of 50 Observations a patient, beside
 * 100 times as many.
 */
import type { Bundle } from '@medplum/fhirtypes';
import type { Resource } from '../../src/fhir/resource.ts';
import { transact } from '../../src/interactions/transact.ts';
import { writeVersion } from '../../src/interactions/write-version.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { print, takeTurns } from './compare.ts';
import { requestsPerSecond } from './requests-per-second.ts';
import { patientId, patientResources, scoreCode, scoresPerPatient } from './scores.ts';

const rounds = 5;
const clients = 8;
/** Patients of the small store. */
const few = Number(process.env.KAT_BENCH_PATIENTS ?? 200);
const times = 100;
const patientsPerUnit = 100;

/** Different searches of one kind, to be sent in turn. */
const searches: readonly { readonly name: string; readonly paths: readonly string[] }[] = [
  {
    name: 'patient and code, newest 20',
    paths: Array.from(
      { length: few },
      (_, patient) =>
        `Observation?patient=Patient/${patientId(patient)}&code=${scoreCode}&_sort=-date&_count=20`,
    ),
  },
  {
    name: 'code, newest 20',
    paths: [`Observation?code=${scoreCode}&_sort=-date&_count=20`],
  },
  {
    name: 'chained to a patient, 50',
    paths: Array.from(
      { length: few },
      (_, patient) => `Observation?patient._id=${patientId(patient)}&_count=50`,
    ),
  },
  {
    // A year of two: even the small store has 50 to give, so that both sizes answer with as much.
    name: 'code and dates, 50',
    paths: Array.from({ length: 12 }, (_, month) => {
      const from = new Date(Date.UTC(2024, month, 1)).toISOString().slice(0, 10);
      const to = new Date(Date.UTC(2024, month + 12, 1)).toISOString().slice(0, 10);
      return `Observation?code=${scoreCode}&date=ge${from}&date=lt${to}&_count=50`;
    }),
  },
  {
    name: 'code and a day, 50',
    paths: Array.from(
      { length: 28 },
      (_, day) =>
        `Observation?code=${scoreCode}&date=${new Date(Date.UTC(2024, 5, 1 + day)).toISOString().slice(0, 10)}&_count=50`,
    ),
  },
];

export async function benchSearch(): Promise<void> {
  const environment = { VALIDATION: 'base' };
  const small = await startServer({ environment, cache: 'off' });
  const cached = await startServer({ environment });
  const large = await startServer({ environment, cache: 'off' });
  try {
    await fill(small, few);
    await fill(cached, few);
    process.stderr.write(`filling the large store with ${few * times} patients\n`);
    await fill(large, few * times);
    for (const { name, paths } of searches) {
      const requests = paths.map((path) => ({ method: 'GET' as const, path: `/fhir/${path}` }));
      const load = (url: string) => () => requestsPerSecond({ url, clients, requests });
      const at = (patients: number) => `${(patients * scoresPerPatient).toLocaleString('en')} Observations`;
      const comparison = await takeTurns(`search: ${name}, ${clients} clients`, '/s', rounds, [
        { name: at(few), round: load(small.url) },
        { name: at(few * times), round: load(large.url) },
        { name: 'from the cache', round: load(cached.url) },
      ]);
      print(comparison, [
        [at(few), at(few * times)],
        ['from the cache', at(few)],
      ]);
      // Times compare where as much is found.
      const found = await Promise.all([small, large].map((server) => entriesFound(server.url, paths)));
      process.stdout.write(`  entries an answer: ${found.map((n) => n.toFixed(1)).join(' and ')}\n\n`);
    }
  } finally {
    await Promise.all([small.close(), cached.close(), large.close()]);
  }
}

/** Entries that an answer has, on the average of some searches. */
async function entriesFound(url: string, paths: readonly string[]): Promise<number> {
  const some = paths.slice(0, 28);
  let entries = 0;
  for (const path of some) {
    const bundle = (await (await fetch(`${url}/${path}`)).json()) as Bundle;
    entries += bundle.entry?.length ?? 0;
  }
  return entries / some.length;
}

async function fill(server: RunningServer, patients: number): Promise<void> {
  const start = performance.now();
  for (let patient = 0; patient < patients; patient += patientsPerUnit) {
    const last = Math.min(patient + patientsPerUnit, patients);
    await store(
      server,
      Array.from({ length: last - patient }, (_, i) => patientResources(patient + i)).flat(),
    );
  }
  const seconds = (performance.now() - start) / 1000;
  const resources = patients * (scoresPerPatient + 1);
  process.stderr.write(`stored ${resources} resources, ${Math.round(resources / seconds)}/s\n`);
}

/** Straight into the store: it is searches that are measured. */
async function store({ services }: RunningServer, resources: readonly Resource[]): Promise<void> {
  await transact(services, async (work) => {
    for (const resource of resources) {
      const text = JSON.stringify(resource);
      await writeVersion(services, work, { method: 'PUT', resource, text, id: resource.id! }, undefined);
    }
  });
}
