/**
 * `npm run conformance -- SUITE [--cases PATH]`: runs one public suite, lists what fails, and ends with one line of
 * JSON that holds the totals. Code 0 whatever the totals, 2 for a suite that does not exist, 3 without cases.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

interface Suite {
  /** What runs when no cases are named, relative to the project. */
  readonly defaultCases: string;
  /** @param cases file or folder in the format of the suite */
  run(cases: string): Promise<SuiteResult>;
}

interface SuiteResult {
  readonly totals: { readonly suite: string; readonly cases: number };
  /** Text about each case that failed. */
  readonly failures: readonly string[];
}

const suites: Readonly<Record<string, Suite>> = {
  validator: {
    defaultCases: '../shared/testdata/validator/cases.json',
    async run(cases) {
      const { validatorSuite } = await import('./validator.ts');
      const { registry, validatorOver } = await import('../validator/parts.ts');
      const { totals, failures } = validatorSuite({ registry, validatorOver }, cases);
      const lines = failures.map(({ wrong, class: group, name, issues }) =>
        [`${wrong} (${group}) ${name}`, ...issues.map((text) => `    ${text}`)].join('\n'),
      );
      return { totals, failures: lines };
    },
  },
  fhirpath: {
    defaultCases: '../shared/testdata/fhirpath/tests.json',
    async run(cases) {
      const { runFhirPathSuite } = await import('./fhirpath.ts');
      const { failures, ...totals } = await runFhirPathSuite(cases);
      return {
        totals: { suite: 'fhirpath', ...totals },
        failures: failures.map(({ name, reason }) => `${name}\n    ${reason}`),
      };
    },
  },
  examples: {
    defaultCases: 'node_modules/hl7.fhir.r4.core',
    async run(cases) {
      const { examplesSuite } = await import('./examples.ts');
      const { validator } = await import('../validator/parts.ts');
      const { totals, failures } = examplesSuite(validator, cases);
      const lines = failures.map(({ file, errors }) =>
        [file, ...errors.map(({ expression, key }) => `    ${expression} ${key}`)].join('\n'),
      );
      return { totals, failures: lines };
    },
  },
  'us-core': {
    defaultCases: '../shared/testdata/us-core',
    async run(cases) {
      const { usCoreSuite } = await import('./us-core.ts');
      return usCoreSuite(cases);
    },
  },
};

const { values, positionals } = parseArgs({ options: { cases: { type: 'string' } }, allowPositionals: true });
const suite = suites[positionals[0] ?? ''];
if (!suite || positionals.length > 1) {
  process.stderr.write('Usage: npm run -s conformance -- SUITE [--cases PATH]\n');
  process.stderr.write(`Suites: ${Object.keys(suites).join(', ')}\n`);
  process.exit(2);
}
const cases = values.cases ?? suite.defaultCases;
if (!existsSync(cases)) {
  process.stderr.write(`There are no cases at ${cases}. Name another place with --cases PATH.\n`);
  process.exit(3);
}
const { totals, failures } = await suite.run(cases);
for (const failure of failures) process.stdout.write(`${failure}\n`);
process.stdout.write(`${JSON.stringify(totals)}\n`);
