/** Which engine evaluates the expressions of R4 and of the guide, and that each of them can be evaluated. */
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import type { TypedValue } from '../../src/fhirpath/expression.ts';
import { registry as openRegistry } from '../support/registry.ts';
import { invariants, type Rule, searchExpressions } from './corpus.ts';

const registry = openRegistry();
const compile = createExpressionCompiler(registry.model);
const planned = '../shared/kat-invariants.json';

/** `hasExtension()` is no function of FHIRPath or FHIR: the published search parameter is wrong. */
const explained = new Set([
  "QuestionnaireResponse.item.where(hasExtension('http://hl7.org/fhir/StructureDefinition/questionnaireresponse-isSubject')).answer.value.ofType(Reference)",
]);

function leftToFhirPathJs(rules: readonly Rule[]): string[] {
  const texts = rules
    .filter(({ expression, path }) => compile(expression, path).engine !== 'compiled')
    .map(({ expression }) => expression);
  return [...new Set(texts)].filter((text) => !explained.has(text));
}

t.test('no expression of R4 or the guide is left to fhirpath.js without a reason', async (t) => {
  t.same(leftToFhirPathJs(invariants(registry)), []);
  t.same(leftToFhirPathJs(searchExpressions(registry)), []);
});

t.test('every expression of R4 and the guide becomes JavaScript that runs on an empty element', async (t) => {
  /** Published search parameters with a type that does not exist. */
  const wrong = /ofType\(DateTime\)/;
  for (const { expression, path } of [...invariants(registry), ...searchExpressions(registry)]) {
    if (explained.has(expression) || wrong.test(expression) || !registry.model.type(path)) continue;
    const focus: TypedValue = { type: path, value: {} };
    const evaluate = () => compile(expression, path).values(focus, { resource: focus, rootResource: focus });
    t.doesNotThrow(evaluate, `${path}: ${expression}`);
  }
});

t.test(
  'the invariants planned for the guide compile',
  { skip: existsSync(planned) ? false : 'no list' },
  async (t) => {
    const rows = JSON.parse(readFileSync(planned, 'utf8')) as { key: string; on: string; expr: string }[];
    for (const { key, on, expr } of rows) {
      const type = /\((\w+)/.exec(on)?.[1] ?? 'Observation';
      t.equal(compile(expr, type).engine, 'compiled', key);
    }
  },
);
