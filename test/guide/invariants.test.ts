/** Every invariant of the guide has an instance that keeps it and one that breaks it, and nothing else. */
import type { StructureDefinition } from '@medplum/fhirtypes';
import t from 'tap';
import { jsonFiles } from '../support/guide-files.ts';
import { validator } from '../validator/parts.ts';

const cases = new Map(
  jsonFiles('test/cases/invariants').map(({ path, resource }) => [path.split('/').at(-1), resource]),
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

for (const [key, { severity, profiles }] of rules) {
  t.test(`${key} holds for the passing case and is broken by the failing one`, async (t) => {
    const pass = cases.get(`${key}-p1-pass.json`);
    const fail = cases.get(`${key}-f1-fail.json`);
    if (!pass || !fail) throw new Error(`a case for ${key} is missing`);
    for (const resource of [pass, fail]) t.ok(profiles.includes(resource.meta!.profile![0]!));

    const notable = (resource: unknown): string[] =>
      validator
        .validate(resource)
        .filter((issue) => issue.severity === 'error' || issue.key === key)
        .map((issue) => `${issue.severity} ${issue.key} ${issue.expression}`);
    t.same(notable(pass), []);
    t.same(notable(fail), [`${severity} ${key} ${fail.resourceType}`]);
  });
}

t.test('no case is left without its rule', async (t) => {
  for (const name of cases.keys()) t.ok(rules.has(name!.replace(/-(p1-pass|f1-fail)\.json$/, '')), `${name}`);
});
