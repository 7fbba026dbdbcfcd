/** `kat-fhir package`: what it writes is a FHIR package that suffices to validate the examples. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { createRegistry } from '../../src/fhir/create-registry.ts';
import { decodeDefinitions } from '../../src/fhir/definitions-file.ts';
import { openGuide } from '../../src/fhir/guide-file.ts';
import { readPackage } from '../../src/fhir/read-package.ts';
import { tarEntries } from '../../src/fhir/tar-entries.ts';
import { jsonFiles } from '../support/guide-files.ts';
import { errors, registry, validatorOver } from '../validator/parts.ts';
import { kat } from './kat.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'src', 'cli', 'main.ts');
const folder = t.testdir();

/** The command in a folder that has nothing but what the command itself wrote there. */
function run(...parameters: string[]) {
  return spawnSync(process.execPath, [main, ...parameters], { cwd: folder, encoding: 'utf8' });
}

const written = run('package');
const archive = readFileSync(join(folder, written.stdout.trim()));
const files = new Map([...tarEntries(archive)].map(({ path, content }) => [path, content.toString('utf8')]));
const json = (path: string) => JSON.parse(files.get(path) ?? 'null');

t.test('says where it wrote, named after guide and version', async (t) => {
  t.equal(written.status, 0, written.stderr);
  t.equal(written.stdout, 'kat-fhir.guide-0.1.0.tgz\n');
  t.match(written.stderr, /^\d+ artefacts, \d+ examples, \d+ bytes\n$/);
});

t.test('writes where it is told, the same bytes; where it cannot, it gives code 3', async (t) => {
  const file = join(t.testdir(), 'guide.tgz');
  t.equal((await kat('package', '--output', file)).code, 0);
  t.same(readFileSync(file), archive);
  const nowhere = await kat('package', '--output', join(t.testdirName, 'none', 'guide.tgz'));
  t.equal(nowhere.code, 3);
  t.match(nowhere.stderr, 'cannot be written (ENOENT)');
});

t.test('declares the packages the guide was made with', async (t) => {
  const { dependencies, ...rest } = json('package/package.json');
  t.match(rest, {
    name: 'kat-fhir.guide',
    version: '0.1.0',
    canonical: 'https://w3id.org/kat-fhir',
    type: 'fhir.ig',
    fhirVersions: ['4.0.1'],
    date: /^\d{8}000000$/,
    license: 'Apache-2.0',
    jurisdiction: 'http://unstats.un.org/unsd/methods/m49/m49.htm#001',
  });
  t.equal(Object.keys(dependencies).length, 4);
  for (const [name, version] of Object.entries(dependencies)) {
    const installed = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
    t.equal(JSON.parse(installed).version, version, name);
  }
});

t.test('holds every artefact and example, and an index of each folder', async (t) => {
  const artefacts = openGuide().artefacts.map(({ type, id }) => `${type}-${id}.json`);
  for (const name of artefacts) t.ok(files.has(`package/${name}`), name);
  const examples = jsonFiles('examples').length;
  for (const [path, count] of [
    ['package', artefacts.length],
    ['package/example', examples],
  ] as const) {
    const { files: rows } = json(`${path}/.index.json`);
    t.equal(rows.length, count);
    for (const { filename, resourceType, id, url } of rows) {
      const resource = json(`${path}/${filename}`);
      t.same([resourceType, id, url], [resource.resourceType, resource.id, resource.url]);
    }
  }
});

t.test('profiles come with their snapshots', async (t) => {
  const paths = [...files.keys()].filter((path) => path.startsWith('package/StructureDefinition-'));
  t.ok(paths.length > 40);
  for (const path of paths) t.ok(json(path).snapshot?.element.length > 0, path);
});

t.test('decimals of examples have the digits that were written', async (t) => {
  const numbers = (text: string) => text.match(/(?<=: ?)-?\d+\.\d+/g) ?? [];
  const story = readFileSync(join(root, 'examples', 'trd-iv-six', 'bundle.json'), 'utf8');
  t.ok(numbers(story).some((number) => number.endsWith('0')));
  t.same(numbers(files.get('package/example/Bundle-trd-iv-six.json')!), numbers(story));
});

t.test('every artefact of a type of R4 is valid, as it is there', async (t) => {
  const artefacts = [...files]
    .filter(([path]) => /^package\/[A-Z][^/]*\.json$/.test(path))
    .map(([path, text]) => ({ path, resource: JSON.parse(text) }))
    .filter(({ resource }) => registry.isResourceType(resource.resourceType));
  const faulty = artefacts.filter(({ resource }) => errors(resource).length > 0);
  t.ok(artefacts.length > 100);
  t.same(
    faulty.map(({ path }) => path),
    [],
  );
});

t.test('in a folder that has nothing else it validates the examples', async (t) => {
  for (const [path, text] of files) {
    if (!path.startsWith('package/example/')) continue;
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { status, stdout, stderr } = run('validate', '--package', written.stdout.trim(), 'package/example');
  t.equal(status, 0, stdout + stderr);
});

t.test('a validator that does not have the guide learns all of it from the package', async (t) => {
  const shipped = decodeDefinitions(readFileSync(join(root, 'dist', 'definitions.bin')));
  const definitions = shipped.definitions.filter(({ origin }) => origin !== 'guide');
  const tables = { ...shipped.tables(), searchParameters: [] };
  const bare = createRegistry({ ...shipped, definitions, tables: () => tables });
  const story = json('package/example/Bundle-trd-iv-six.json');
  t.not(errors(story, { unknownProfile: 'error' }, validatorOver(bare)).length, 0);
  const taught = validatorOver(bare.extend(readPackage(archive).definitions));
  t.same(errors(story, { unknownProfile: 'error' }, taught), []);
  const broken = jsonFiles('test/cases/invariants').find(({ path }) =>
    path.endsWith('/kat-ms-3-f1-fail.json'),
  );
  t.match(errors(broken!.resource, {}, taught), [/^kat-ms-3 @ Procedure$/]);
});
