/** A large body keeps nobody else waiting: the event loop is held only by what cannot be taken apart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

/** Milliseconds: twice what is meant to be held at most. */
const allowed = 100;

/** Milliseconds: the commit of a large transaction writes all of it, and cannot be taken apart. */
const allowedWithCommit = 200;

/** A client with a loop of its own, so that its work does not count. */
const client = `
  const { parentPort, workerData: { url, body } } = require('node:worker_threads');
  const headers = { 'content-type': 'application/fhir+json', prefer: 'return=minimal' };
  fetch(url, { method: 'POST', headers, body }).then(async (answer) => {
    await answer.arrayBuffer();
    parentPort.postMessage(answer.status);
  });`;

const status = (url: string, body: string) =>
  new Promise<number>((resolve, reject) => {
    const worker = new Worker(client, { eval: true, workerData: { url, body } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

/** What else the machine and the collector do only adds: the quietest of a few goes is what the work itself takes. */
async function longestHold(send: () => Promise<unknown>, limit = allowed): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let go = 0; go < 5 && least >= limit; go++) least = Math.min(least, await holdOf(send));
  return least;
}

/** Milliseconds of work between two turns of the loop at most: by the clock of the thread, since others are busy too. */
async function holdOf(send: () => Promise<unknown>): Promise<number> {
  const spent = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longest = 0;
  let last = spent();
  const watch = setInterval(() => {
    const now = spent();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await send();
  clearInterval(watch);
  return longest;
}

/** About 5 MB; one entry in a hundred is wrong in a way that does not keep it from being stored. */
function largeBundle(type: string): string {
  const entry = Array.from({ length: 5000 }, (_, n) => ({
    fullUrl: `urn:uuid:${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`,
    resource: {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }], text: 'x'.repeat(500) },
      subject: { reference: `Patient/${n % 50}` },
      effectiveDateTime: '2026-11-23T10:00:00Z',
      valueQuantity: {
        value: 12,
        system: 'http://unitsofmeasure.org',
        code: n % 100 ? '{score}' : 'no unit',
      },
    },
    request: { method: 'POST', url: 'Observation' },
  }));
  return JSON.stringify({ resourceType: 'Bundle', type, entry }, null, 1);
}

t.test('a server', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kat-loop-'));
  const app = await createApp(readConfig({ PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: folder }));
  const url = await app.listen();
  t.teardown(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  await t.test('first meets a type without a long hold', async (t) => {
    const claim = JSON.stringify({ resourceType: 'Claim', status: 'active' });
    const hold = await longestHold(() => status(`${url}/Claim/$validate`, claim));
    t.comment(`held for ${hold.toFixed(0)} ms`);
    t.ok(hold < allowed);
  });

  const bundle = largeBundle('batch');
  const inParameters = `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":${bundle}}]}`;
  const bodies = [
    ['a large Bundle', '/Bundle/$validate', bundle],
    ['several resources in a Bundle', '/Observation/$validate', bundle],
    ['a large Bundle in Parameters', '/Bundle/$validate', inParameters],
  ] as const;
  for (const [name, path, body] of bodies) {
    await t.test(`validates ${name} without a long hold`, async (t) => {
      let code: number | undefined;
      const hold = await longestHold(async () => {
        code = await status(url + path, body);
      });
      t.comment(`${(body.length / 1e6).toFixed(1)} MB, held for ${hold.toFixed(0)} ms`);
      t.equal(code, 200);
      t.ok(hold < allowed);
    });
  }

  await t.test('refuses a transaction that is wrong throughout without a long hold', async (t) => {
    const wrong = largeBundle('transaction').replaceAll('"final"', '"finished"');
    let code: number | undefined;
    const hold = await longestHold(async () => {
      code = await status(url, wrong);
    });
    t.comment(`held for ${hold.toFixed(0)} ms`);
    t.equal(code, 422);
    t.ok(hold < allowed);
  });

  await t.test('stores a large transaction without a long hold', async (t) => {
    let code: number | undefined;
    const hold = await longestHold(async () => {
      code = await status(url, largeBundle('transaction'));
    }, allowedWithCommit);
    t.comment(`held for ${hold.toFixed(0)} ms`);
    t.equal(code, 200);
    t.ok(hold < allowedWithCommit);
  });
});
