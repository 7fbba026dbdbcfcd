/** What was acknowledged survives: a kill in the middle of writes, and an orderly end. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { startChild } from '../support/child-server.ts';

const clients = 16;
const json = { 'content-type': 'application/fhir+json' };

interface Written {
  readonly acknowledged: string[];
  /** Markers of transactions that were sent; whether they were stored is for the restart to tell. */
  readonly sent: string[];
}

/** Posts patients and transactions of a patient with two observations until the server is gone. */
async function write(url: string, client: number, written: Written, stop: () => boolean): Promise<void> {
  for (let n = 0; !stop(); n++) {
    const marker = `crash-${client}-${n}`;
    const body = n % 2 === 0 ? patient(marker) : transaction(marker);
    written.sent.push(marker);
    try {
      const response = await fetch(n % 2 === 0 ? `${url}/Patient` : url, {
        method: 'POST',
        headers: json,
        body,
      });
      await response.arrayBuffer();
      if (response.ok) written.acknowledged.push(marker);
    } catch {
      return;
    }
  }
}

function patient(marker: string): string {
  return JSON.stringify({ resourceType: 'Patient', identifier: [{ system: 'urn:test', value: marker }] });
}

function transaction(marker: string): string {
  const observation = {
    resourceType: 'Observation',
    status: 'final',
    identifier: [{ system: 'urn:test', value: marker }],
    code: { text: 'test' },
    subject: { reference: 'urn:uuid:5d7e4f64-8f4f-4c61-9e2d-6e0f3f7f4c11' },
  };
  return JSON.stringify({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: 'urn:uuid:5d7e4f64-8f4f-4c61-9e2d-6e0f3f7f4c11',
        resource: JSON.parse(patient(marker)),
        request: { method: 'POST', url: 'Patient' },
      },
      { resource: observation, request: { method: 'POST', url: 'Observation' } },
      { resource: observation, request: { method: 'POST', url: 'Observation' } },
    ],
  });
}

/** Waits until every client is in the middle of its writes, on a machine of any speed. */
async function enough(written: Written): Promise<void> {
  const limit = Date.now() + 30_000;
  while (written.acknowledged.length < 10 * clients && Date.now() < limit) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function countOf(url: string, type: string, marker: string): Promise<number> {
  const response = await fetch(`${url}/${type}?identifier=urn:test|${marker}&_summary=count`);
  return ((await response.json()) as { total: number }).total;
}

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  t.test(
    `every acknowledged write is there after ${signal} and a restart, and no transaction is half there`,
    async (t) => {
      const environment = { DATA_DIR: mkdtempSync(join(tmpdir(), 'kat-crash-')) };
      const written: Written = { acknowledged: [], sent: [] };
      const first = await startChild(environment);
      let over = false;
      const writers = Array.from({ length: clients }, (_, client) =>
        write(first.url, client, written, () => over),
      );
      await enough(written);
      const code = await first.end(signal);
      over = true;
      await Promise.all(writers);
      if (signal === 'SIGTERM') t.equal(code, 0, 'an orderly end');
      t.ok(written.acknowledged.length > clients, `${written.acknowledged.length} writes were acknowledged`);

      const second = await startChild(environment);
      t.teardown(() => second.end('SIGTERM'));
      const acknowledged = new Set(written.acknowledged);
      const lost: string[] = [];
      const halves: string[] = [];
      for (const marker of written.sent) {
        const patients = await countOf(second.url, 'Patient', marker);
        if (acknowledged.has(marker) && patients !== 1) lost.push(marker);
        const isTransaction = Number(marker.split('-')[2]) % 2 === 1;
        if (isTransaction && (await countOf(second.url, 'Observation', marker)) !== 2 * patients)
          halves.push(marker);
      }
      t.same(lost, []);
      t.same(halves, []);
    },
  );
}
