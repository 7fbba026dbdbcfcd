/** `kat-fhir validate`: what it prints, where it points, and how it ends. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { kat } from './kat.ts';

const folder = mkdtempSync(join(tmpdir(), 'kat-validate-'));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const good = file('good.json', '{ "resourceType": "Basic", "code": { "text": "a" } }');
const bad = file(
  'bad.json',
  '{\n  "resourceType": "Patient",\n  "birthDate": "Secretly",\n  "nickname": "Zorro"\n}\n',
);
const invariants = fileURLToPath(new URL('../cases/invariants/', import.meta.url));

t.test('a sound resource gives no line and code 0', async (t) => {
  const narrated = file(
    'narrated.json',
    '{"resourceType":"Basic","text":{"status":"generated","div":"<div xmlns="http://www.w3.org/1999/xhtml">a</div>"},"code":{"text":"a"}}'.replaceAll(
      /="([^"]*)"/g,
      '=\\"$1\\"',
    ),
  );
  t.same(await kat('validate', narrated), { code: 0, stdout: '', stderr: '' });
});

t.test('an error is printed as file:line:col severity path message, and gives code 1', async (t) => {
  const { code, stdout } = await kat('validate', bad);
  t.equal(code, 1);
  const lines = stdout.trimEnd().split('\n');
  t.ok(
    lines.some((line) => line.startsWith(`${bad}:3:3 error Patient.birthDate `)),
    stdout,
  );
  t.ok(
    lines.some((line) => line.startsWith(`${bad}:4:3 error Patient.nickname `)),
    stdout,
  );
  t.notMatch(stdout, /Secretly|Zorro/, 'no values of elements');
});

t.test('--json prints one array with the same findings', async (t) => {
  const { code, stdout } = await kat('validate', '--json', good, bad);
  t.equal(code, 1);
  const findings = JSON.parse(stdout) as Record<string, unknown>[];
  const birthDate = findings.find((finding) => finding.expression === 'Patient.birthDate');
  t.match(birthDate, { file: bad, line: 3, col: 3, severity: 'error' });
});

t.test('an invariant of the guide is named by its key', async (t) => {
  const { code, stdout } = await kat('validate', join(invariants, 'kat-ms-3-f1-fail.json'));
  t.equal(code, 1);
  t.match(stdout, / error Procedure\S* .*\(kat-ms-3\)/);
});

t.test('--profile asks for more than the resource claims', async (t) => {
  const profile = 'http://hl7.org/fhir/StructureDefinition/vitalsigns';
  const score = file(
    'score.json',
    '{"resourceType":"Observation","status":"final","code":{"text":"score"},"valueInteger":3}',
  );
  t.equal((await kat('validate', score)).code, 0);
  const { code, stdout } = await kat('validate', '--profile', profile, score);
  t.equal(code, 1);
  t.match(stdout, / error Observation\S*/);
});

t.test('a bundle is checked whole, with paths from its root', async (t) => {
  const bundle = file(
    'bundle.json',
    '{"resourceType":"Bundle","type":"collection","entry":[\n{"fullUrl":"urn:uuid:8d0b4ad0-5b5e-4d4f-9c57-4d1d1f7f2f10","resource":\n {"resourceType":"Patient","gender":"neither"}}]}',
  );
  const { code, stdout } = await kat('validate', bundle);
  t.equal(code, 1);
  t.match(stdout, `${bundle}:3:28 error Bundle.entry[0].resource.gender `);
});

t.test('text that is no JSON is a finding with its position', async (t) => {
  const broken = file('broken.json', '{\n  "resourceType": "Patient",\n  "active": tru\n}');
  const { code, stdout } = await kat('validate', broken);
  t.equal(code, 1);
  t.match(stdout, new RegExp(`^${broken}:3:\\d+ error - .*\\(malformed-json\\)\n$`));
});

t.test('an XML file is checked as a JSON one is, with positions in the XML', async (t) => {
  const namespace = 'xmlns="http://hl7.org/fhir"';
  const sound = file('sound.xml', `<Basic ${namespace}><code><text value="a"/></code></Basic>`);
  const wrong = file('wrong.XML', `<Patient ${namespace}>\n  <birthDate value="Secretly"/>\n</Patient>\n`);
  const broken = file('broken.xml', `<Patient ${namespace}>\n  <name></Patient>`);
  const { code, stdout } = await kat('validate', sound, wrong, broken);
  t.equal(code, 1);
  const [first, second, ...more] = stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line.includes(' error '));
  t.ok(first?.startsWith(`${wrong}:2:3 error Patient.birthDate `), stdout);
  t.match(second, new RegExp(`^${broken}:2:\\d+ error - .*\\(malformed-xml\\)$`));
  t.same(more, []);
});

t.test('a command line that is not understood gives code 2', async (t) => {
  for (const parameters of [['validate'], ['validate', '--nope', good], ['nope'], []]) {
    t.equal((await kat(...parameters)).code, 2, parameters.join(' '));
  }
  const { code, stderr } = await kat('validate', '--profile', 'https://example.org/none', good);
  t.equal(code, 2);
  t.match(stderr, 'https://example.org/none');
});

t.test('a file that cannot be read gives code 3, the others are still checked', async (t) => {
  const { code, stdout, stderr } = await kat('validate', join(folder, 'absent.json'), bad);
  t.equal(code, 3);
  t.match(stderr, /absent\.json: cannot be read \(ENOENT\)/);
  t.match(stdout, bad);
});

t.test('asking for help is fine', async (t) => {
  const { code, stdout } = await kat('--help');
  t.equal(code, 0);
  for (const command of ['serve', 'validate', 'load']) t.match(stdout, new RegExp(`^  ${command} `, 'm'));
});
