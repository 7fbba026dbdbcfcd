/** Expressions by which a form enables items and constrains its responses, in the validation of a response. */
import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { checkConstraints } from '../../src/questionnaire/check-constraints.ts';
import { checkResponse } from '../../src/questionnaire/check-response.ts';
import { readForm } from '../../src/questionnaire/read-form.ts';
import { registry } from '../support/registry.ts';

type Json = Record<string, unknown>;

const compile = createExpressionCompiler(registry().model, { steps: 100_000 });
const core = 'http://hl7.org/fhir/StructureDefinition';
const answered = (linkId: string, ...answer: object[]) => ({ linkId, answer });
const responseOf = (item: object[], status = 'completed'): Json => ({
  resourceType: 'QuestionnaireResponse',
  status,
  item,
});
const keys = (form: Json, response: Json): string[] =>
  checkResponse(response, readForm(form), { memberOf: () => 'unknown', compile }).map(
    ({ key, expression }) => `${key} ${expression}`,
  );

const enabledBy = (expression: string, language = 'text/fhirpath') => ({
  url: 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression',
  valueExpression: { language, expression },
});
const variable = (name: string, expression: string) => ({
  url: `${core}/variable`,
  valueExpression: { name, language: 'text/fhirpath', expression },
});

const follow = (expression: string, language?: string): Json => ({
  item: [
    { linkId: 'dose', type: 'decimal' },
    { linkId: 'why', type: 'string', required: true, extension: [enabledBy(expression, language)] },
  ],
});
const high = answered('dose', { valueDecimal: 90 });
const low = answered('dose', { valueDecimal: 20 });
const why = answered('why', { valueString: 'x' });
const above50 = "%resource.item.where(linkId = 'dose').answer.value > 50";

t.test('an item that its expression enables must be answered, one that it disables must not', async (t) => {
  const form = follow(above50);
  t.same(keys(form, responseOf([high, why])), []);
  t.same(keys(form, responseOf([high])), ['response-required QuestionnaireResponse']);
  t.same(keys(form, responseOf([low, why])), ['response-item-disabled QuestionnaireResponse.item[1]']);
  t.same(keys(form, responseOf([low])), []);
  t.same(keys(form, responseOf([])), [], 'an empty result disables');
});

t.test('an expression may begin from the response', async (t) => {
  for (const begin of ['QuestionnaireResponse.item', 'item']) {
    const form = follow(`${begin}.where(linkId = 'dose').answer.value > 50`);
    t.same(keys(form, responseOf([high, why])), []);
    t.same(keys(form, responseOf([high])), ['response-required QuestionnaireResponse']);
    t.same(keys(form, responseOf([low, why])), ['response-item-disabled QuestionnaireResponse.item[1]']);
  }
});

t.test('where the expression does not say, what is answered is checked and nothing is missed', async (t) => {
  for (const form of [follow("'yes'"), follow('what ('), follow('true', 'text/cql')]) {
    t.same(keys(form, responseOf([high])), ['response-enabled-unchecked QuestionnaireResponse']);
    t.same(keys(form, responseOf([answered('why', { valueInteger: 1 })])), [
      'response-enabled-unchecked QuestionnaireResponse.item[0]',
      'response-answer-type QuestionnaireResponse.item[0].answer[0].value',
    ]);
  }
});

t.test(
  'the expression sees the variables of the form, of groups and of the item, in each repetition',
  async (t) => {
    const form = {
      extension: [variable('limit', '50')],
      item: [
        {
          linkId: 'session',
          type: 'group',
          repeats: true,
          extension: [variable('dose', "item.where(linkId = 'dose').answer.value")],
          item: [
            { linkId: 'dose', type: 'decimal' },
            {
              linkId: 'why',
              type: 'string',
              required: true,
              extension: [variable('over', '%dose - %limit'), enabledBy('%over > 0')],
            },
          ],
        },
      ],
    };
    const session = (...item: object[]) => ({ linkId: 'session', item });
    t.same(keys(form, responseOf([session(high, why), session(low)])), []);
    t.same(keys(form, responseOf([session(low, why), session(high)])), [
      'response-item-disabled QuestionnaireResponse.item[0].item[1]',
      'response-required QuestionnaireResponse.item[1]',
    ]);
  },
);

const constraint = (key: string, severity: string, expression: string) => ({
  url: `${core}/targetConstraint`,
  extension: [
    { url: 'key', valueId: key },
    { url: 'severity', valueCode: severity },
    { url: 'expression', valueExpression: { language: 'text/fhirpath', expression } },
    { url: 'human', valueString: 'Say why' },
  ],
});
const older = (key: string, severity: string, expression: string) => ({
  url: `${core}/questionnaire-constraint`,
  extension: [
    { url: 'key', valueId: key },
    { url: 'severity', valueCode: severity },
    { url: 'expression', valueString: expression },
    { url: 'human', valueString: 'Say why' },
  ],
});
const broken = (form: Json, response: Json): Json[] =>
  checkConstraints(response, readForm(form), { compile }).map(({ key, severity, expression, hint }) => ({
    key,
    severity,
    expression,
    hint,
  }));
const reasoned = `(${above50}) implies %resource.item.where(linkId = 'why').answer.exists()`;

t.test('a completed response keeps the constraints of its form', async (t) => {
  for (const make of [constraint, older]) {
    const form = { ...follow('true'), extension: [make('why-1', 'error', reasoned)] };
    t.same(broken(form, responseOf([high, why])), []);
    t.same(broken(form, responseOf([low])), []);
    t.same(broken(form, responseOf([high])), [
      {
        key: 'response-constraint',
        severity: 'error',
        expression: 'QuestionnaireResponse',
        hint: 'why-1: Say why',
      },
    ]);
    t.same(broken(form, responseOf([high], 'in-progress')), [], 'what is in progress need not yet');
  }
});

t.test('a constraint of an item holds for each repetition of it, and says how grave it is', async (t) => {
  const even = constraint('even', 'warning', "item.where(linkId = 'n').answer.value mod 2 = 0");
  const form = {
    item: [
      {
        linkId: 'g',
        type: 'group',
        repeats: true,
        extension: [even],
        item: [{ linkId: 'n', type: 'integer' }],
      },
    ],
  };
  const group = (valueInteger: number) => ({ linkId: 'g', item: [answered('n', { valueInteger })] });
  const found = broken(form, responseOf([group(2), group(3), { linkId: 'g' }]));
  t.match(found, [
    { severity: 'warning', expression: 'QuestionnaireResponse.item[1]' },
    { severity: 'warning', expression: 'QuestionnaireResponse.item[2]' },
  ]);
  t.equal(found.length, 2);
  t.same(broken(form, responseOf([])), [], 'not where the item is not');
});

t.test(
  'a constraint names the response and the form, and one that cannot be evaluated is said',
  async (t) => {
    const names = constraint(
      'n',
      'error',
      "%target.item.count() = 1 and %definition.item.linkId.first() = 'dose'",
    );
    t.same(broken({ ...follow('true'), extension: [names] }, responseOf([low])), []);
    const endless = '1.repeat($this + 1).count() > 0';
    for (const expression of ['what (', '%nobody', endless])
      t.match(
        broken({ ...follow('true'), extension: [constraint('x', 'error', expression)] }, responseOf([low])),
        [{ key: 'response-constraint-unchecked', severity: 'information' }],
      );
  },
);
