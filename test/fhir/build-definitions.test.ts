import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { buildDefinitions } from '../../src/fhir/build-definitions.ts';
import { hashSources } from '../../src/fhir/definition-sources.ts';
import { openRegistry } from '../../src/fhir/open-registry.ts';

/** A project of its own: the real packages and sources, a guide of one profile. */
function project(profile: object): string {
  const root = mkdtempSync(join(tmpdir(), 'definitions-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const here = join(import.meta.dirname, '..', '..');
  symlinkSync(join(here, 'node_modules'), join(root, 'node_modules'));
  cpSync(join(here, 'src', 'fhir'), join(root, 'src', 'fhir'), { recursive: true });
  mkdirSync(join(root, 'profiles'));
  mkdirSync(join(root, 'terminology'));
  writeProfile(root, profile);
  return root;
}

function writeProfile(root: string, profile: object): void {
  writeFileSync(join(root, 'profiles', 'StructureDefinition-p.json'), JSON.stringify(profile));
}

const profile = {
  resourceType: 'StructureDefinition',
  url: 'https://example.org/p',
  type: 'Patient',
  derivation: 'constraint',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  differential: { element: [{ path: 'Patient.name', min: 1 }] },
};

t.test('is made when missing or damaged, again after a change, and else left alone', async (t) => {
  const root = project(profile);
  const file = join(root, 'dist', 'definitions.bin');
  mkdirSync(join(root, 'dist'));
  writeFileSync(file, 'damaged');
  t.throws(() => openRegistry(file), /not a definitions file/);
  t.equal(buildDefinitions(root), true);
  t.ok(openRegistry(file).structure('https://example.org/p')?.snapshot);
  const first = statSync(file).mtimeMs;
  t.equal(buildDefinitions(root), false);
  t.equal(statSync(file).mtimeMs, first);
  const before = hashSources(root);
  writeProfile(root, { ...profile, url: 'https://example.org/other' });
  t.not(hashSources(root), before, 'a change of the guide counts');
  const edited = hashSources(root);
  writeFileSync(join(root, 'src', 'fhir', 'more.ts'), '// a change of the program');
  t.not(hashSources(root), edited, 'so does a change of the program');
});
