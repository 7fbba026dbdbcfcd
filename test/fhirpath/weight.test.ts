/** The scores of answers, as SDC's calculated expressions ask for them. */
import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import type { Environment, TypedValue } from '../../src/fhirpath/expression.ts';
import { referenceExpression } from '../../src/fhirpath/reference-engine.ts';
import { parseToTree } from '../../src/fhirpath/tree.ts';
import { registry } from '../support/registry.ts';

const { model } = registry();
const compile = createExpressionCompiler(model);

const weighted = (code: string, url: string, valueDecimal: number) => ({
  code,
  extension: [{ url: `http://hl7.org/fhir/StructureDefinition/${url}`, valueDecimal }],
});
const answers = [
  { valueCoding: weighted('a', 'itemWeight', 2) },
  { valueCoding: weighted('b', 'ordinalValue', 0.5) },
  { valueCoding: { code: 'known' } },
  { valueCoding: { code: 'unknown' } },
];
const response: TypedValue = {
  type: 'QuestionnaireResponse',
  value: { resourceType: 'QuestionnaireResponse', item: [{ linkId: 'q', answer: answers }] },
};
const environment: Environment = {
  resource: response,
  rootResource: response,
  weight: (value) => ((value as { code?: string }).code === 'known' ? 7 : undefined),
};

for (const name of ['weight', 'ordinal']) {
  t.test(`${name}() gives the score an answer carries, else the one its form gives`, async (t) => {
    const text = `item.answer.value.${name}()`;
    const compiled = compile(text, 'QuestionnaireResponse');
    t.equal(compiled.engine, 'compiled');
    const reference = referenceExpression(text, 'QuestionnaireResponse', model, parseToTree(text));
    for (const expression of [compiled, reference]) {
      t.same(
        expression.values(response, environment).map(({ value }) => value),
        [2, 0.5, 7],
        expression.engine,
      );
    }
  });
}

t.test('without a form only what an answer carries counts', async (t) => {
  const sum = compile('item.answer.value.weight().aggregate($this + $total, 0)', 'QuestionnaireResponse');
  const bare = { resource: response, rootResource: response };
  t.match(sum.values(response, bare), [{ value: 2.5 }]);
});
