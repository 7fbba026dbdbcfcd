/** The checks of the guide find what is wrong: a guide that is right, spoiled in one place. */
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import type { JsonFile } from '../support/guide-files.ts';
import { checks } from './checks.ts';
import { base, type GuideOnDisk, readGuideOnDisk } from './guide-on-disk.ts';

const guide = readGuideOnDisk();

/** The faults that a check finds, its place in the list of checks by the words of its name. */
function faults(words: string, spoiled: Partial<GuideOnDisk>): readonly string[] {
  const check = checks.find(({ name }) => name.includes(words));
  if (!check) throw new Error(`no check is about ${words}`);
  return check.find({ artefacts: [], examples: [], cases: [], ...spoiled });
}

function file(path: string, resource: Resource): JsonFile {
  return { path, resource, text: JSON.stringify(resource, null, 2) };
}

function changed(id: string, change: (resource: Resource) => Resource): JsonFile {
  const found = guide.artefacts.find(({ resource }) => resource.id === id);
  if (!found) throw new Error(`${id} is not in the guide`);
  return file(found.path, change(structuredClone(found.resource)));
}

const plan = (more: object): Resource => ({
  resourceType: 'CarePlan',
  id: 'plan',
  status: 'active',
  intent: 'plan',
  subject: { reference: 'Patient/somebody' },
  ...more,
});

t.test('an artefact under another address, in another file or there twice', async (t) => {
  const phase = changed('kat-phase', (resource) => resource);
  t.match(faults('named by type', { artefacts: [changed('kat-phase', (one) => ({ ...one, url: 'x' }))] }), [
    /its url is not https:\/\/w3id\.org\/kat-fhir\/CodeSystem\/kat-phase/,
  ]);
  t.match(faults('named by type', { artefacts: [{ ...phase, path: 'terminology/phase.json' }] }), [
    /its name is not CodeSystem-kat-phase\.json/,
  ]);
  t.equal(faults('named by type', { artefacts: [phase, phase] }).length, 2, 'its address and its name');
});

t.test('metadata that are missing, of another form, or without the copyright of a code', async (t) => {
  const { purpose: _, ...rest } = changed('kat-phase', (resource) => resource).resource;
  t.match(faults('metadata', { artefacts: [file('x', rest as Resource)] }), [/purpose is missing/]);
  const dated = changed('kat-phase', (one) => ({ ...one, date: '2026' }));
  t.match(faults('metadata', { artefacts: [dated] }), [/date does not match/]);
  const { copyright: __, ...bare } = changed('kat-indication', (resource) => resource).resource;
  t.match(faults('metadata', { artefacts: [file('x', bare as Resource)] }), [
    /copyright does not name SNOMED/,
  ]);
});

t.test('an artefact with a warning, an example with an error', async (t) => {
  const unnamed = changed('kat-phase', (one) => ({ ...one, name: 'has a space' }));
  t.match(faults('valid', { artefacts: [unnamed] }), [/warning csd-0/]);
  const example = plan({ meta: { profile: [`${base}/StructureDefinition/kat-care-plan`] } });
  t.ok(
    faults('valid', { examples: [file('examples/x.json', example)] }).some((text) =>
      /cardinality-min/.test(text),
    ),
  );
});

t.test('an address that leads nowhere', async (t) => {
  const found = (more: object): readonly string[] =>
    faults('addressed', { examples: [file('examples/x.json', plan(more))] }).map(
      (text) => text.split(' ')[1]!,
    );
  t.same(found({}), ['Patient/somebody']);
  t.same(found({ subject: { reference: 'CarePlan/plan' } }), []);
  const canonicals = [`${base}/PlanDefinition/none`, 'http://hl7.org/fhir/PlanDefinition/none'];
  t.same(found({ subject: {}, instantiatesCanonical: canonicals }), canonicals);
  t.same(found({ subject: {}, instantiatesUri: ['https://clinic.test/none'] }), [], 'others may be anywhere');
});

t.test('a code that nobody knows', async (t) => {
  const category = (system: string, code: string) => plan({ category: [{ coding: [{ system, code }] }] });
  const found = (resource: Resource) => faults('every code', { examples: [file('x', resource)] });
  t.match(found(category('http://loinc.org', '0-0')), [/http:\/\/loinc\.org\|0-0/]);
  t.match(found(category(`${base}/CodeSystem/kat-phase`, 'nowhere')), [/kat-phase\|nowhere/]);
  t.same(found(category('http://loinc.org', '44261-6')), []);
});

t.test('a must-support element without words', async (t) => {
  const spoiled = changed('kat-course', (resource) => {
    const { element } = resource.differential as { element: Record<string, unknown>[] };
    const first = element.find(({ mustSupport, sliceName }) => mustSupport && !sliceName);
    delete first!.definition;
    return resource;
  });
  t.match(faults('words', { artefacts: [spoiled] }), [/is must-support without short and definition/]);
});

t.test('an invariant without its cases', async (t) => {
  const cases = guide.cases.filter(({ path }) => !path.endsWith('/kat-ms-3-f1-fail.json'));
  t.same(faults('invariant', { artefacts: guide.artefacts, cases }), [
    'test/cases/invariants/kat-ms-3-f1-fail.json is missing',
  ]);
});

t.test('a must-support element in no example', async (t) => {
  const story = guide.examples.filter(({ path }) => path === 'examples/trd-iv-six/bundle.json');
  const absent = (examples: readonly JsonFile[]): string =>
    faults('must-support', { examples }).find((text) => text.startsWith('kat-medicine-session:')) ?? '';
  t.notMatch(absent(story), /partOf/);
  const withoutParts = JSON.parse(story[0]!.text.replaceAll('"partOf"', '"_partOf"')) as Resource;
  t.match(absent([file('examples/x.json', withoutParts)]), /in no example .*partOf/);
  t.match(absent([]), /no example claims it/);
});
