import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { validatorSuite } from '../conformance/validator.ts';
import { registry, validatorOver } from './parts.ts';

const cases = '../shared/testdata/validator/cases.json';
const disagreements = JSON.parse(
  readFileSync(new URL('../cases/validator/disagreements.json', import.meta.url), 'utf8'),
) as { name: string; reason: string }[];

t.setTimeout(120_000);

t.test(
  'the shared cases are judged as expected, but for listed disagreements',
  { skip: existsSync(cases) ? false : 'the shared test data is not here' },
  async (t) => {
    const { totals, failures } = validatorSuite({ registry, validatorOver }, cases);
    const listed = new Set(disagreements.map(({ name }) => name));
    for (const { name, wrong, issues } of failures) t.ok(listed.has(name), `${wrong} ${name}: ${issues[0]}`);
    const failed = new Set(failures.map(({ name }) => name));
    for (const { name, reason } of disagreements) {
      t.ok(reason.length > 10);
      t.ok(failed.has(name), `${name} is listed and judged as expected`);
    }
    t.ok(totals.byClass.core && totals.byClass.core.recall >= 0.95, `recall ${totals.byClass.core?.recall}`);
    t.ok(
      totals.byClass.core && totals.byClass.core.specificity >= 0.97,
      `specificity ${totals.byClass.core?.specificity}`,
    );
  },
);
