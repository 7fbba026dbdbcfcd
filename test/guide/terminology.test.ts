/** The guide's code systems, value sets and concept maps agree with one another. */
import { readFileSync } from 'node:fs';
import type { CodeSystem, ConceptMap, Questionnaire, ValueSet } from '@medplum/fhirtypes';
import t from 'tap';
import { createTerminology } from '../../src/terminology/create-terminology.ts';
import { jsonFiles } from '../support/guide-files.ts';
import { registry } from '../validator/parts.ts';

const base = 'https://w3id.org/kat-fhir';
const terminology = createTerminology(registry);
const valueSet = (id: string): ValueSet => registry.valueSet(`${base}/ValueSet/${id}`)!;
const codeSystem = (id: string): CodeSystem => registry.codeSystem(`${base}/CodeSystem/${id}`)!;
const codesOf = (set: ValueSet): string[] =>
  (set.compose?.include ?? []).flatMap(({ system, concept }) =>
    (concept ?? registry.codeSystem(system!)?.concept ?? []).map(({ code }) => `${system}|${code}`),
  );

t.test('what stops a dose and what only calls for care are different conditions', async (t) => {
  const stops = new Set(codesOf(valueSet('kat-contraindication')));
  t.same(
    codesOf(valueSet('kat-caution')).filter((code) => stops.has(code)),
    [],
  );
});

t.test('a value set names no code twice, and none that its code system lacks', async (t) => {
  for (const { path, resource } of jsonFiles('terminology/value-sets')) {
    const codes = codesOf(resource as unknown as ValueSet);
    t.ok(codes.length > 0, path);
    t.equal(new Set(codes).size, codes.length, path);
    for (const one of codes.filter((code) => code.startsWith(base))) {
      const [system, code] = one.split('|') as [string, string];
      t.ok(terminology.lookup(system, code)?.found, one);
    }
  }
});

t.test('every local code system has the number of concepts it says, each explained', async (t) => {
  for (const { path, resource } of jsonFiles('terminology/code-systems')) {
    const { count, concept = [], property = [] } = resource as unknown as CodeSystem;
    t.equal(concept.length, count, path);
    t.equal(new Set(concept.map(({ code }) => code)).size, count, path);
    const declared = new Set(property.map(({ code }) => code));
    for (const { code, display, definition, property: values = [] } of concept) {
      t.ok(display && definition, `${path} ${code}`);
      for (const value of values) t.ok(declared.has(value.code), `${path} ${code} ${value.code}`);
    }
  }
});

t.test('a value set that a code system names as its own holds all of its codes', async (t) => {
  for (const { path, resource } of jsonFiles('terminology/code-systems')) {
    const { url, valueSet: whole, concept = [] } = resource as unknown as CodeSystem;
    if (whole === undefined) continue;
    const members = new Set(codesOf(registry.valueSet(whole)!));
    for (const { code } of concept) t.ok(members.has(`${url}|${code}`), `${path} ${code}`);
  }
});

t.test('a map of codes leads from its source to its target, and back', async (t) => {
  const opposite: Record<string, string> = { wider: 'narrower', narrower: 'wider', equivalent: 'equivalent' };
  for (const { path, resource } of jsonFiles('terminology/concept-maps')) {
    const { group = [], sourceCanonical, targetCanonical } = resource as unknown as ConceptMap;
    const rows = group.flatMap(({ source, target, element }) =>
      element.flatMap(({ code, target: targets = [] }) =>
        targets
          .filter(({ equivalence }) => equivalence !== 'unmatched')
          .map((one) => ({
            from: `${source}|${code}`,
            to: `${target}|${one.code}`,
            equivalence: one.equivalence!,
          })),
      ),
    );
    const sources = new Set(codesOf(registry.valueSet(sourceCanonical!)!));
    const targets = new Set(codesOf(registry.valueSet(targetCanonical!)!));
    t.ok(rows.length > 0, path);
    for (const { from, to, equivalence } of rows) {
      t.ok(sources.has(from) && targets.has(to), `${from} → ${to}`);
      const back = rows.find((row) => row.from === to && row.to === from);
      t.equal(back?.equivalence, opposite[equivalence], `${to} → ${from}`);
    }
    const mapped = new Set(
      group.flatMap(({ source, element }) => element.map(({ code }) => `${source}|${code}`)),
    );
    t.same(
      [...sources].filter((code) => !mapped.has(code)),
      [],
      'no code is left out',
    );
  }
});

t.test('an instrument is said to be shipped with its wording when it is', async (t) => {
  const licences = new Set(codeSystem('kat-instrument-licence').concept!.map(({ code }) => code));
  const scores = new Set(
    ['kat-outcome-score', 'kat-sedation-dissociation'].flatMap((id) => codesOf(valueSet(id))),
  ).add('http://loinc.org|93374-7');
  const shipped = jsonFiles('profiles/questionnaires')
    .map(({ resource }) => resource as unknown as Questionnaire)
    .filter(({ id }) => !id!.startsWith('kat-'))
    .map(({ id }) => id!);
  const concepts = codeSystem('kat-instrument').concept!;
  for (const { code, property = [] } of concepts) {
    const said = (name: string) => property.find((value) => value.code === name);
    t.ok(licences.has(said('licence')?.valueCode ?? ''), code);
    t.equal(said('wording-shipped')?.valueBoolean, shipped.includes(code!), code);
    const score = said('score')?.valueCoding;
    if (score) t.ok(scores.has(`${score.system}|${score.code}`), code);
  }
  for (const id of shipped)
    t.ok(
      concepts.some(({ code }) => code === id),
      id,
    );
});

t.test('the rules of the protocol are numbered without a gap', async (t) => {
  const rules = codeSystem('kat-rule').concept!;
  t.same(
    rules.map(({ code }) => code),
    Array.from({ length: 22 }, (_, i) => `R${String(i + 1).padStart(2, '0')}`),
  );
  for (const { code, property = [] } of rules) {
    const severities = property.map(({ valueCode }) => valueCode!);
    t.ok(severities.length > 0, code);
    for (const severity of severities) t.match(severity, /^(error|warning|information)$/, code);
  }
});

t.test('every SNOMED CT code of the guide belongs to the free Global Patient Set', async (t) => {
  const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
  const free: ValueSet = read('node_modules/hl7.terminology.r4/ValueSet-snomed-intl-gps.json');
  const members = new Set(codesOf(free).map((code) => code.split('|')[1]));
  t.ok(members.size > 25_000);
  const { codes } = read('test/cases/verified-codes.json').systems['http://snomed.info/sct'];
  t.same(
    codes.filter((code: string) => !members.has(code)),
    [],
  );
});
