/** Every chapter of the specification, over the compiled engine. */
import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import type { Environment, TypedValue } from '../../src/fhirpath/expression.ts';
import { registry } from '../support/registry.ts';
import { type Case, chapters, patient } from './specification-cases.ts';

const focus: TypedValue = { type: 'Patient', value: patient };
const environment: Environment = {
  resource: focus,
  rootResource: focus,
  resolve: (reference) => {
    const found = patient.contained.find(({ id }) => reference === `#${id}`);
    return found && { type: found.resourceType, value: found };
  },
  memberOf: (_value, valueSet) => (valueSet.endsWith('/known') ? true : undefined),
  conformsTo: () => false,
  variables: { answer: 42 },
  now: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
};
const compile = createExpressionCompiler(registry().model);
const bounded = createExpressionCompiler(registry().model, { steps: 10_000 });

function plainValues(expression: string, compiler = compile): unknown[] | 'fault' {
  try {
    return compiler(expression, 'Patient')
      .values(focus, environment)
      .map(({ value }) => value);
  } catch {
    return 'fault';
  }
}

for (const [chapter, cases] of Object.entries(chapters)) {
  t.test(`the chapter on ${chapter} holds`, async (t) => {
    for (const [expression, expected] of cases) t.same(plainValues(expression), expected, expression);
  });
}

t.test('a budget of steps changes no answer that is within it', async (t) => {
  const all = Object.values(chapters).flat() as Case[];
  for (const [expression] of all) {
    t.same(plainValues(expression, bounded), plainValues(expression), expression);
  }
});

t.test(
  'the test of an expression is true exactly when its values are a single true, or a single other value',
  async (t) => {
    for (const [expression, expected] of Object.values(chapters).flat() as Case[]) {
      if (expected === 'fault' || expected.length > 1) continue;
      const truth = expected.length === 1 && expected[0] !== false;
      t.equal(compile(expression, 'Patient').test(focus.value, focus.type, environment), truth, expression);
    }
  },
);
