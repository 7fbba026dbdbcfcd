/** What `kat-fhir validate` takes: folders, NDJSON, stdin, other packages, supporting files. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { tarArchive } from '../support/tar-archive.ts';
import { kat, katReading } from './kat.ts';

const folder = mkdtempSync(join(tmpdir(), 'kat-validate-inputs-'));

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const wrong = '{"resourceType":"Patient","gender":"neither"}';
const sound = '{"resourceType":"Patient","gender":"other"}';

/** `file:line:col path` of each error. */
function errorsIn(stdout: string): string[] {
  return stdout
    .split('\n')
    .filter((line) => line.includes(' error '))
    .map((line) => line.replace(/ error (\S+) .*/, ' $1'));
}

t.test('a folder is searched for JSON, XML and NDJSON, however deep, by name', async (t) => {
  const a = file('all/a.json', wrong);
  const c = file('all/b/c.xml', '<Patient xmlns="http://hl7.org/fhir"><gender value="neither"/></Patient>');
  const d = file('all/b/d.ndjson', `${sound}\n${wrong}\n`);
  file('all/.hidden.json', wrong);
  file('all/node_modules/x/y.json', wrong);
  file('all/readme.md', '#');
  const { code, stdout } = await kat('validate', join(folder, 'all'));
  t.equal(code, 1);
  t.same(errorsIn(stdout), [
    `${a}:1:27 Patient.gender`,
    `${c}:1:38 Patient.gender`,
    `${d}:2:27 Patient.gender`,
  ]);
});

t.test('a folder that holds nothing to validate gives code 3', async (t) => {
  file('empty/readme.md', '#');
  const { code, stderr } = await kat('validate', join(folder, 'empty'));
  t.equal(code, 3);
  t.match(stderr, 'No file to validate');
});

t.test('a line of NDJSON is a resource, and the line of a finding is its line in the file', async (t) => {
  // U+2028 ends lines in some languages, but not here; a line may be empty.
  const odd = '{"resourceType":"Patient","name":[{"text":"a\u2028b"}]}';
  const path = file('bulk.ndjson', `${odd}\r\n\n${wrong}\n{"resourceType":\n${sound}`);
  const { code, stdout } = await kat('validate', path);
  t.equal(code, 1);
  const [third, fourth, ...more] = errorsIn(stdout);
  t.equal(third, `${path}:3:27 Patient.gender`);
  t.match(fourth, new RegExp(`^${path}:4:\\d+ -$`), 'text that is no JSON is a finding of its line');
  t.same(more, []);
});

t.test('- is stdin: JSON, XML or NDJSON', async (t) => {
  const indented = JSON.stringify(JSON.parse(wrong), undefined, 1);
  for (const [input, place] of [
    [indented, '3:2'],
    ['<Patient xmlns="http://hl7.org/fhir">\n<gender value="neither"/></Patient>', '2:1'],
    [`${sound}\n${wrong}\n`, '2:27'],
  ] as const) {
    const { code, stdout } = await katReading(input, 'validate', '-');
    t.equal(code, 1);
    t.same(errorsIn(stdout), [`<stdin>:${place} Patient.gender`]);
  }
  t.equal((await katReading(sound, 'validate', '-')).code, 0);
});

/** A profile without a snapshot, its value set, its code system and its extension of the search. */
const packaged = tarArchive({
  'package/package.json': '{"name":"kat.test"}',
  'package/StructureDefinition-marked.json': JSON.stringify({
    resourceType: 'StructureDefinition',
    url: 'https://kat.test/StructureDefinition/marked',
    name: 'Marked',
    status: 'active',
    fhirVersion: '4.0.1',
    kind: 'resource',
    abstract: false,
    type: 'Basic',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Basic',
    derivation: 'constraint',
    differential: {
      element: [
        {
          id: 'Basic.code',
          path: 'Basic.code',
          binding: { strength: 'required', valueSet: 'https://kat.test/ValueSet/marks' },
        },
      ],
    },
  }),
  'package/ValueSet-marks.json': JSON.stringify({
    resourceType: 'ValueSet',
    url: 'https://kat.test/ValueSet/marks',
    status: 'active',
    compose: { include: [{ system: 'https://kat.test/CodeSystem/marks' }] },
  }),
  'package/CodeSystem-marks.json': JSON.stringify({
    resourceType: 'CodeSystem',
    url: 'https://kat.test/CodeSystem/marks',
    status: 'active',
    content: 'complete',
    concept: [{ code: 'good' }],
  }),
});

t.test('--package: the profiles, value sets and code systems of another package count', async (t) => {
  const archive = file('kat.test.tgz', packaged);
  const marked = (code: string) =>
    file(
      `${code}.json`,
      JSON.stringify({
        resourceType: 'Basic',
        meta: { profile: ['https://kat.test/StructureDefinition/marked'] },
        code: { coding: [{ system: 'https://kat.test/CodeSystem/marks', code }] },
      }),
    );
  const [good, bad] = [marked('good'), marked('bad')];
  const { code, stdout } = await kat('validate', '--package', archive, good, bad);
  t.equal(code, 1);
  t.ok(errorsIn(stdout).length > 0);
  t.ok(errorsIn(stdout).every((line) => line.startsWith(`${bad}:`)));
  t.match((await kat('validate', bad)).stdout, /profile-unknown/, 'without the package');
  const plain = file('plain.json', '{"resourceType":"Basic","code":{"text":"a"}}');
  const profile = ['--profile', 'https://kat.test/StructureDefinition/marked'];
  t.equal((await kat('validate', '--package', archive, ...profile, plain)).code, 1, 'for --profile too');
  t.equal((await kat('validate', ...profile, plain)).code, 2);
});

t.test('a package that is none or not there gives code 3', async (t) => {
  const nonsense = file('nonsense.tgz', 'nonsense');
  for (const [archive, words] of [
    [nonsense, 'no FHIR package'],
    [join(folder, 'absent.tgz'), 'ENOENT'],
  ] as const) {
    const { code, stderr } = await kat('validate', '--package', archive, file('sound.json', sound));
    t.equal(code, 3);
    t.match(stderr, archive);
    t.match(stderr, words);
  }
});

t.test('--supporting: canonicals lead there, and references do when they are followed', async (t) => {
  const questionnaire = file(
    'supporting/q.json',
    '{"resourceType":"Questionnaire","url":"https://kat.test/Questionnaire/q","status":"active","item":[{"linkId":"1","type":"integer","text":"a"}]}',
  );
  const response = file(
    'response.json',
    '{"resourceType":"QuestionnaireResponse","questionnaire":"https://kat.test/Questionnaire/q","status":"completed","subject":{"reference":"Patient/p"},"item":[{"linkId":"2"}]}',
  );
  t.equal((await kat('validate', response)).code, 0);
  const { code, stdout } = await kat('validate', '--supporting', questionnaire, response);
  t.equal(code, 1);
  t.ok(errorsIn(stdout).some((line) => line.endsWith(' QuestionnaireResponse')));

  const subject = file(
    'observation.json',
    '{"resourceType":"Observation","status":"final","code":{"text":"a"},"subject":{"reference":"Patient/p"}}',
  );
  const absent = await kat('validate', '--references', 'exist', subject);
  t.ok(errorsIn(absent.stdout).some((line) => line.includes('Observation.subject')));
  file(
    'supporting/bundle.json',
    '{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p"}}]}',
  );
  const present = ['--references', 'exist', '--supporting', join(folder, 'supporting')];
  t.equal((await kat('validate', ...present, subject)).code, 0);
});

t.test('a byte order mark before a text is no part of it', async (t) => {
  const json = file('marked/a.json', `\ufeff${wrong}`);
  const xml = file(
    'marked/b.xml',
    '\ufeff<Patient xmlns="http://hl7.org/fhir"><gender value="neither"/></Patient>',
  );
  const { stdout } = await kat('validate', json, xml);
  t.same(errorsIn(stdout), [`${json}:1:27 Patient.gender`, `${xml}:1:38 Patient.gender`]);
  const piped = await katReading(`\ufeff${wrong}`, 'validate', '-');
  t.same(errorsIn(piped.stdout), ['<stdin>:1:27 Patient.gender']);
});

t.test('a text in another encoding than UTF-8 is not taken for what it may say', async (t) => {
  const text = '{"resourceType":"Patient",\n"name":[{"family":"Müller"}]}';
  const latin = file('encoded/a.json', Buffer.from(text, 'latin1'));
  const xml = file(
    'encoded/b.xml',
    Buffer.from('<Patient xmlns="http://hl7.org/fhir"><name><family value="Ü"/></name></Patient>', 'latin1'),
  );
  const { code, stdout } = await kat('validate', latin, xml, file('encoded/c.json', text));
  t.equal(code, 1);
  t.match(stdout.split('\n'), [/a\.json:2:21 error .*UTF-8/, /b\.xml:1:59 error .*UTF-8/, '']);
});
