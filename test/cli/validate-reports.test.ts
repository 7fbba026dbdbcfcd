/** How `kat-fhir validate` tells what it found, and that it tells again after a change. */
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { SaxesParser } from 'saxes';
import t from 'tap';
import { junitReporter } from '../../src/cli/reporters/junit.ts';
import type { ReporterFactory } from '../../src/cli/reporters/reporter.ts';
import { sarifReporter } from '../../src/cli/reporters/sarif.ts';
import type { Issue } from '../../src/core/issue.ts';
import { kat, startKat } from './kat.ts';

const folder = mkdtempSync(join(tmpdir(), 'kat-validate-reports-'));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const bad = file(
  'bad.json',
  '{\n  "resourceType": "Patient",\n  "gender": "neither",\n  "nickname": "Zorro"\n}\n',
);
const good = file(
  'good.json',
  '{"resourceType":"Basic","code":{"text":"a"},"text":{"status":"empty","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">a</div>"}}',
);
const absent = join(folder, 'absent.json');

/** What a reporter prints. */
function report(create: ReporterFactory, files: Readonly<Record<string, readonly Issue[] | string>>): string {
  const lines: string[] = [];
  const reporter = create({ data: (line) => lines.push(line), note() {} });
  for (const [name, told] of Object.entries(files)) {
    if (typeof told === 'string') reporter.unreadable(name, told);
    else reporter.checked(name, told);
  }
  reporter.end();
  return lines.join('\n');
}

const issue = (more: Partial<Issue>): Issue => ({
  severity: 'error',
  code: 'invalid',
  key: 'kat-ms-3',
  text: 'a < b & "c"',
  ...more,
});

t.test('--sarif prints a SARIF 2.1.0 log', async (t) => {
  const { code, stdout } = await kat('validate', '--sarif', bad, good);
  t.equal(code, 1);
  const log = JSON.parse(stdout);
  t.equal(log.version, '2.1.0');
  t.equal(log.runs.length, 1);
  const [{ tool, results, invocations }] = log.runs;
  t.equal(tool.driver.name, 'kat-fhir');
  t.same(invocations[0].executionSuccessful, true);
  for (const { ruleId, ruleIndex } of results) t.equal(tool.driver.rules[ruleIndex].id, ruleId);
  const errors = results.filter(({ level }: { level: string }) => level === 'error');
  const places = errors.map(({ locations: [{ physicalLocation, logicalLocations }] }: SarifResult) => [
    physicalLocation.artifactLocation.uri,
    physicalLocation.region.startLine,
    physicalLocation.region.startColumn,
    logicalLocations[0]!.fullyQualifiedName,
  ]);
  t.same(places.sort(), [
    [pathToFileURL(bad).href, 3, 3, 'Patient.gender'],
    [pathToFileURL(bad).href, 4, 3, 'Patient.nickname'],
  ]);
  t.notMatch(stdout, 'Zorro');
});

interface SarifResult {
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string };
        readonly region: { readonly startLine: number; readonly startColumn: number };
      };
      readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
    },
  ];
}

t.test('severities are levels, a check is one rule, what was not read is told', (t) => {
  const text = report(sarifReporter, {
    'a folder/ä.json': [
      issue({ severity: 'fatal' }),
      issue({ severity: 'warning', key: 'other' }),
      issue({ severity: 'information', hint: 'Mend it' }),
    ],
    'gone.json': 'ENOENT',
  });
  const [run] = JSON.parse(text).runs;
  t.same(
    run.results.map(({ level, ruleIndex }: { level: string; ruleIndex: number }) => [level, ruleIndex]),
    [
      ['error', 0],
      ['warning', 1],
      ['note', 0],
    ],
  );
  t.same(run.tool.driver.rules, [{ id: 'kat-ms-3' }, { id: 'other' }]);
  const { uri } = run.results[0].locations[0].physicalLocation.artifactLocation;
  t.equal(uri, 'a%20folder/%C3%A4.json');
  t.match(run.results[2].message.text, 'Mend it');
  t.equal(run.invocations[0].executionSuccessful, false);
  t.match(run.invocations[0].toolExecutionNotifications, [{ level: 'error', message: { text: /ENOENT/ } }]);
  t.end();
});

/** Names and attributes of all elements, and their text, of XML that is well-formed. */
function elementsOf(xml: string): { name: string; attributes: Record<string, string>; text: string }[] {
  const found: ReturnType<typeof elementsOf> = [];
  const open: ReturnType<typeof elementsOf> = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: { ...attributes }, text: '' };
    found.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return found;
}

t.test('--junit prints a test case for each file', async (t) => {
  const { code, stdout } = await kat('validate', '--junit', bad, good, absent);
  t.equal(code, 3);
  const elements = elementsOf(stdout);
  t.match(elements[0], { name: 'testsuites', attributes: { tests: '3', failures: '1', errors: '1' } });
  const cases = elements.filter(({ name }) => name === 'testcase');
  t.same(
    cases.map(({ attributes }) => attributes.name),
    [bad, good, absent],
  );
  const failure = elements.find(({ name }) => name === 'failure')!;
  t.match(failure.text, `${bad}:3:3 error Patient.gender`);
  t.match(failure.text, `${bad}:4:3 error Patient.nickname`);
  t.match(elements.find(({ name }) => name === 'error')!.attributes, { message: 'ENOENT' });
});

t.test('whatever files are called, the report is XML, and advice is no failure', (t) => {
  const xml = report(junitReporter, {
    'a"<&>\u0001.json': [issue({})],
    'b.json': [issue({ severity: 'warning' })],
  });
  const elements = elementsOf(xml);
  t.match(elements[0]!.attributes, { tests: '2', failures: '1', errors: '0' });
  t.equal(elements.find(({ name }) => name === 'testcase')!.attributes.name, 'a"<&>\ufffd.json');
  t.match(elements.find(({ name }) => name === 'failure')!.attributes, {
    type: 'kat-ms-3',
    message: 'a < b & "c"',
  });
  t.match(elements.find(({ name }) => name === 'system-out')!.text, 'b.json:1:1 warning');
  t.end();
});

t.test('one report at a time', async (t) => {
  for (const pair of [
    ['--json', '--sarif'],
    ['--sarif', '--junit'],
    ['--junit', '--json'],
  ]) {
    t.equal((await kat('validate', ...pair, good)).code, 2, pair.join(' '));
  }
});

t.test('--watch checks again after a change, until it is interrupted', async (t) => {
  const watched = file('watched.json', '{"resourceType":"Patient","gender":"neither"}');
  const child = startKat('validate', '--watch', watched);
  t.teardown(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const rounds = async (count: number) => {
    const end = Date.now() + 20_000;
    while (stderr.split('Watching').length <= count && Date.now() < end) await wait(20);
  };
  await rounds(1);
  t.match(stdout, 'Patient.gender');
  stdout = '';
  writeFileSync(watched, '{"resourceType":"Patient","nickname":"Zorro"}');
  await rounds(2);
  t.match(stdout, 'Patient.nickname');
  // As editors do: a new file in the place of the old one.
  const before = stdout;
  renameSync(file('new.json', '{"resourceType":"Patient","active":true}'), watched);
  await rounds(3);
  t.notMatch(stdout.slice(before.length), ' error ');
  t.equal(stderr.split('Watching').length - 1, 3);
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGINT');
  t.equal(await closed, 0, 'the code tells of the last round');
});

t.test('stdin cannot be watched', async (t) => {
  t.equal((await kat('validate', '--watch', '-')).code, 2);
});
