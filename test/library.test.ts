/** The package as its users have it: built, installed in a folder of their own, imported by its name. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { tarArchive } from './support/tar-archive.ts';

t.setTimeout(180_000);
const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
const folder = mkdtempSync(join(tmpdir(), 'kat-library-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const installed = join(folder, 'node_modules', 'kat-fhir');

function run(...parameters: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/** As `npm install` leaves it: what `files` names, and the dependencies. */
function install(): void {
  mkdirSync(installed, { recursive: true });
  const built = run(compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', join(installed, 'dist'));
  if (built.status !== 0) t.comment(built.output);
  for (const file of ['package.json', 'dist/definitions.bin', 'dist/expressions.json', 'dist/guide.ndjson'])
    copyFileSync(join(root, file), join(installed, file));
  cpSync(join(root, 'examples'), join(installed, 'examples'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
}

install();

const tgz = join(folder, 'kat.test.tgz');
writeFileSync(
  tgz,
  tarArchive({
    'package/StructureDefinition-named.json': JSON.stringify({
      resourceType: 'StructureDefinition',
      url: 'https://kat.test/StructureDefinition/named',
      name: 'Named',
      status: 'active',
      fhirVersion: '4.0.1',
      kind: 'resource',
      abstract: false,
      type: 'Patient',
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
      derivation: 'constraint',
      differential: { element: [{ id: 'Patient.name', path: 'Patient.name', min: 1 }] },
    }),
  }),
);

const consumer = `
import { readFileSync } from 'node:fs';
import { createValidator, hasErrors, parseJson, readPackage, withPositions } from 'kat-fhir';
import type { Issue, ValidationOptions } from 'kat-fhir';

const text = '{\\n  "resourceType": "Patient",\\n  "gender": "neither"\\n}';
const issues: Issue[] = withPositions(createValidator().validate(parseJson(text)), text);
const { definitions } = readPackage(readFileSync('kat.test.tgz'));
const options: ValidationOptions = { profiles: ['https://kat.test/StructureDefinition/named'] };
const profiled = createValidator({ definitions }).validate({ resourceType: 'Patient' }, options);
console.log(JSON.stringify({ issues, wrong: hasErrors(issues), profiled: hasErrors(profiled) }));
`;

t.test('it validates, with the definitions it comes with and others', (t) => {
  writeFileSync(
    join(folder, 'consumer.mjs'),
    consumer.replace(/^import type .*$/m, '').replaceAll(/: (Issue\[\]|ValidationOptions)/g, ''),
  );
  const { status, output } = run('consumer.mjs');
  t.equal(status, 0, output);
  const { issues, wrong, profiled } = JSON.parse(output);
  t.equal(wrong, true);
  t.equal(profiled, true);
  t.match(
    issues.filter(({ severity }: { severity: string }) => severity === 'error'),
    [{ expression: 'Patient.gender', line: 3, col: 3 }],
  );
  t.end();
});

t.test('its types are those that a strict compiler sees', (t) => {
  symlinkSync(join(root, 'node_modules', '@types'), join(folder, 'node_modules', '@types'));
  const settings = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'consumer.ts'), consumer);
  const right = run(compiler, ...settings, '--skipLibCheck', 'consumer.ts');
  t.equal(right.status, 0, right.output);
  writeFileSync(join(folder, 'wrong.ts'), consumer.replace('profiles: [', 'profile: ['));
  const wrong = run(compiler, ...settings, '--skipLibCheck', 'wrong.ts');
  t.not(wrong.status, 0);
  t.match(wrong.output, "'profile' does not exist in type 'ValidationOptions'");
  t.end();
});

t.test('its command runs', (t) => {
  const { status, output } = run(join(installed, 'dist/cli/main.js'), 'validate', '--help');
  t.equal(status, 0);
  t.match(output, '--profile');
  t.end();
});

t.test('its command writes the guide with its examples, and validates against it', (t) => {
  const command = join(installed, 'dist/cli/main.js');
  const written = run(command, 'package');
  t.equal(written.status, 0, written.output);
  const file = /^(\S+\.tgz)$/m.exec(written.output)?.[1] ?? '';
  t.match(written.output, /[1-9]\d* examples/);
  const story = join(installed, 'examples', 'trd-iv-six', 'bundle.json');
  const { status, output } = run(command, 'validate', '--package', file, story);
  t.equal(status, 0, output);
  t.end();
});
