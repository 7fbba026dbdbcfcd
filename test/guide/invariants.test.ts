/** Every invariant of the guide has an instance that keeps it and one that breaks it, and nothing else. */
import { basename } from 'node:path';
import type { StructureDefinition } from '@medplum/fhirtypes';
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import { jsonFiles } from '../support/guide-files.ts';
import { validator } from '../validator/parts.ts';

const caseName = /^(p\d+-pass|f\d+-fail)$/;
const cases = new Map(
  jsonFiles('test/cases/invariants').map(({ path, resource }) => [basename(path, '.json'), resource]),
);
const rules = new Map<string, { severity: string; expression: string; profiles: string[] }>();
for (const { resource } of jsonFiles('profiles/structure-definitions')) {
  const { url, differential } = resource as unknown as StructureDefinition;
  for (const { key, severity, expression } of differential!.element.flatMap((e) => e.constraint ?? [])) {
    const known = rules.get(key!);
    if (known) t.equal(known.expression, expression, `${key} says the same wherever it is used`);
    else rules.set(key!, { severity: severity!, expression: expression!, profiles: [] });
    rules.get(key!)!.profiles.push(url!);
  }
}

/** The cases of a rule, by what they are to show: `p1-pass`, `f1-fail`, and further pairs for other ways to it. */
const casesOf = (key: string): [kind: string, resource: Resource][] =>
  [...cases].flatMap(([name, resource]) => {
    const kind = name.slice(key.length + 1);
    return name.startsWith(`${key}-`) && caseName.test(kind) ? [[kind, resource]] : [];
  });

for (const [key, { severity, profiles }] of rules) {
  t.test(`${key} holds for the passing cases and is broken by the failing ones`, async (t) => {
    const found = casesOf(key);
    const kinds = found.map(([kind]) => kind);
    t.ok(kinds.includes('p1-pass') && kinds.includes('f1-fail'), 'a case of each kind is there');
    for (const [kind, resource] of found) {
      t.ok(profiles.includes(resource.meta!.profile![0]!), kind);
      const notable = validator
        .validate(resource)
        .filter((issue) => issue.severity === 'error' || issue.key === key)
        .map((issue) => `${issue.severity} ${issue.key} ${issue.expression}`);
      const expected = kind.startsWith('p') ? [] : [`${severity} ${key} ${resource.resourceType}`];
      t.same(notable, expected, kind);
    }
  });
}

t.test('no case is left without its rule', async (t) => {
  for (const name of cases.keys()) t.ok(rules.has(name.replace(/-(p\d+-pass|f\d+-fail)$/, '')), name);
});

t.test(
  'a sublingual dose is known by its SNOMED CT code, which no file of the guide may carry',
  async (t) => {
    const dose = structuredClone(cases.get('kat-ma-5-f1-fail')) as Resource & { dosage: { route: object } };
    dose.dosage.route = { coding: [{ system: 'http://snomed.info/sct', code: '37839007' }] };
    t.ok(validator.validate(dose).some(({ key }) => key === 'kat-ma-5'));
  },
);

t.test('a total is held to the range that the list of instruments gives', async (t) => {
  interface Property {
    readonly code: string;
    readonly valueInteger?: number;
    readonly valueCoding?: { readonly system: string; readonly code: string };
  }
  const [list] = jsonFiles('terminology/code-systems').filter(
    ({ resource }) => resource.id === 'kat-instrument',
  );
  const concepts = list!.resource.concept as { code: string; property: Property[] }[];
  const ranges = concepts.flatMap(({ code, property }) => {
    const said = (name: string) => property.find((one) => one.code === name);
    const [low, high] = [said('minimum')?.valueInteger, said('maximum')?.valueInteger];
    return low === undefined || high === undefined
      ? []
      : [{ code, low, high, score: said('score')!.valueCoding! }];
  });
  t.ok(ranges.length >= 14);
  for (const { code, low, high, score } of ranges) {
    const isScale = ['moaa-s', 'rass'].includes(code);
    const [key, name] = isScale ? ['kat-sd-1', 'kat-sd-1-p1-pass'] : ['kat-score-1', 'kat-score-1-p1-pass'];
    const rejected = [low - 1, low, high, high + 1].filter((value) => {
      const total = structuredClone(cases.get(name)) as Resource & {
        code: { coding: object[] };
        valueQuantity: { value: number };
      };
      total.code.coding = [score];
      total.valueQuantity.value = value;
      return validator.validate(total).some((issue) => issue.key === key);
    });
    t.same(rejected, [low - 1, high + 1], code);
  }
});
