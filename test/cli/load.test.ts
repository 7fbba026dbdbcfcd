/** `kat-fhir load`: what arrives at the server, what is said of it, and how it ends. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { startServer } from '../support/server.ts';
import { kat } from './kat.ts';

const code = { text: 'a' };

/** A folder of JSON files, by name. */
function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'kat-load-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

function bundle(type: 'batch' | 'transaction', ...resources: unknown[]): unknown {
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'POST', url: (resource as { resourceType: string }).resourceType },
  }));
  return { resourceType: 'Bundle', type, entry };
}

const patient = { resourceType: 'Patient', active: true };
const observation = { resourceType: 'Observation', status: 'final', code };
const wrong = { resourceType: 'Observation', status: 'sure', code };

t.test('a folder is sent whole: bundles, resources with an id, resources without', async (t) => {
  const server = await startServer();
  t.teardown(() => server.close());
  const folder = folderOf({
    'a.json': bundle('transaction', patient, observation, observation),
    'b/c.json': { ...patient, id: 'known' },
    'd.json': observation,
    'notes.txt': 'not for the server',
  });
  const { code, stdout, stderr } = await kat('load', folder, '--server', server.url);
  t.equal(code, 0, stderr);
  t.equal(stdout, '      3 Observation\n      2 Patient\n      5 resources stored\n');
  t.match(stderr, /^3\/3 files$/m);
  t.equal((await server.send('GET', '/Patient/known')).status, 200);
  t.equal((await server.send('GET', '/Observation?_summary=count')).body.total, 3);
});

t.test('what is refused is named with its place, the rest is stored', async (t) => {
  const server = await startServer();
  t.teardown(() => server.close());
  const folder = folderOf({
    'a.json': bundle('batch', patient, wrong),
    'b.json': bundle('transaction', patient, wrong),
    'c.json': '{',
    'd.json': '[]',
    'e.json': observation,
  });
  const { code, stdout, stderr } = await kat('load', folder, '--server', server.url);
  t.equal(code, 1);
  t.equal(stdout, '      1 Observation\n      1 Patient\n      2 resources stored\n');
  t.match(stderr, /a\.json:\d+:\d+ error Bundle\.entry\[1\]/);
  t.match(stderr, /b\.json:1:\d+ error Bundle\.entry\[1\]\.resource\.status/);
  t.match(stderr, /c\.json:1:\d+ error .*\(malformed-json\)/);
  t.match(stderr, /d\.json:1:1 error .*no resource/);
  t.equal((await server.send('GET', '/Patient?_summary=count')).body.total, 1, 'nothing of the transaction');
});

t.test('a server that asks for a token gets it from the file', async (t) => {
  const server = await startServer({ token: 's3cret' });
  t.teardown(() => server.close());
  const folder = folderOf({ 'a.json': patient, 'b.json': patient });
  const tokens = folderOf({ token: 's3cret\n' });
  const without = await kat('load', folder, '--server', server.url);
  t.equal(without.code, 3);
  t.match(without.stderr, '--token-file');
  t.match(without.stdout, '      0 resources stored');
  const withToken = await kat('load', folder, '--server', server.url, '--token-file', join(tokens, 'token'));
  t.equal(withToken.code, 0, withToken.stderr);
  t.match(withToken.stdout, '      2 resources stored');
});

t.test('without server, file or folder the command ends with code 3 and says why', async (t) => {
  const folder = folderOf({ 'a.json': patient });
  const noServer = await kat('load', folder, '--server', 'http://127.0.0.1:1/fhir');
  t.equal(noServer.code, 3);
  t.match(noServer.stderr, /No answer from http:\/\/127\.0\.0\.1:1\/fhir .*Is the server running/);
  const absent = await kat('load', join(folder, 'absent'));
  t.equal(absent.code, 3);
  t.match(absent.stderr, /absent: cannot be read \(ENOENT\)/);
  const empty = await kat('load', folderOf({ 'a.txt': 'a' }));
  t.equal(empty.code, 3);
  t.match(empty.stderr, /No JSON file/);
});
