/** Resources of any shape: an expression answers or refuses with a fault of its own, it never breaks. */
import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import type { TypedValue } from '../../src/fhirpath/expression.ts';
import { registry as openRegistry } from '../support/registry.ts';
import { elements, examples, invariants, searchExpressions } from './corpus.ts';

const registry = openRegistry();
const compile = createExpressionCompiler(registry.model);
const rules = [...invariants(registry), ...searchExpressions(registry)].filter(
  ({ expression }) => !/hasExtension|ofType\(DateTime\)/.test(expression),
);

const misplaced: readonly unknown[] = [
  null,
  '',
  'text',
  7,
  true,
  [],
  {},
  [null],
  [[]],
  ['a', null],
  { value: [] },
];

/** A repeatable sequence of numbers below `limit`. */
function sequence(seed: number) {
  let state = seed;
  return (limit: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % limit;
  };
}

/** Puts something that does not belong there in the place of about one member in six. */
function spoil(value: unknown, next: (limit: number) => number): unknown {
  if (next(6) === 0) return misplaced[next(misplaced.length)];
  if (Array.isArray(value)) return value.map((item) => spoil(item, next));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, spoil(member, next)]));
}

t.test('no shape of a resource breaks an expression', async (t) => {
  const next = sequence(20_261_123);
  let evaluated = 0;
  for (const resource of examples('node_modules/hl7.fhir.r4.core', 25)) {
    const whole = { type: resource.resourceType, value: resource };
    for (const { focus, path } of elements(resource, registry)) {
      const spoilt: TypedValue = {
        type: focus.type,
        value: spoil(focus.value, next),
        element: misplaced[next(11)],
      };
      const environment = { resource: whole, rootResource: whole, resolve: () => spoilt };
      for (const rule of rules) {
        if (rule.path !== path && rule.path !== focus.type) continue;
        evaluated++;
        try {
          compile(rule.expression, focus.type).test(spoilt.value, spoilt.type, environment, spoilt.element);
          compile(rule.expression, focus.type).values(spoilt, environment);
        } catch (error) {
          if ((error as Error).name !== 'ExpressionFault')
            t.fail(`${rule.name} on ${path}: ${(error as Error).stack}`);
        }
      }
    }
  }
  t.ok(evaluated > 1000, `${evaluated} evaluations`);
});
