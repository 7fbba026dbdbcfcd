/** Expressions of other packages get so much time and no more; what was not checked for that is said. */
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import { createValidator } from '../../src/library.ts';
import { profile } from './parts.ts';

const constraint = (expression: string) => ({
  constraint: [{ key: 'x-1', severity: 'error', human: 'x', expression }],
});
const long = `${'a'.repeat(20_000)}!`;
const patient = {
  resourceType: 'Patient',
  name: Array.from({ length: 1000 }, (_, i) => ({ family: `f${i}`, given: ['a', 'b'] })),
  identifier: [{ system: 'http://x.com', value: long }],
};

function judge(expression: string): { keys: string[]; milliseconds: number } {
  const demand = profile('Patient', { Patient: constraint(expression) });
  const validator = createValidator({ definitions: [demand as unknown as Resource] });
  validator.validate({ resourceType: 'Patient', active: true }, { profiles: [demand.url] });
  const start = performance.now();
  const issues = validator.validate(patient, { profiles: [demand.url] });
  const milliseconds = performance.now() - start;
  return { keys: issues.map(({ key }) => key).filter((key) => /^x-1$|^invariant/.test(key)), milliseconds };
}

t.test('patterns and walks that would take for ever end within a second', async (t) => {
  const cases: [expression: string, keys: string[]][] = [
    ["identifier.value.all(matches('^(a+)+$'))", ['x-1']],
    ["identifier.value.all(matches('^(a+)+!$'))", []],
    ["identifier.value.all(matches('^(?=(a+)+$)'))", ['invariant-not-checked']],
    [
      'descendants().select(%resource.descendants().select(%resource.descendants())).count() > 0',
      ['invariant-not-checked'],
    ],
    [
      'name.where(%resource.name.where(%resource.name.where(family = given).exists()).exists()).empty()',
      ['invariant-not-checked'],
    ],
    ["repeat('a' & $this.toString()).empty()", ['invariant-not-checked']],
    ['name.count() = 1000', []],
  ];
  for (const [expression, keys] of cases) {
    const found = judge(expression);
    t.same(found.keys, keys, expression);
    t.ok(found.milliseconds < 1000, `${found.milliseconds.toFixed(0)} ms`);
  }
});
