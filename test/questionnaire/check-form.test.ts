import t from 'tap';
import { checkForm } from '../../src/questionnaire/check-form.ts';

const base = [
  {
    linkId: 'a',
    type: 'choice',
    answerOption: [{ valueCoding: { code: 'x' } }],
    initial: [{ valueCoding: { code: 'x' } }],
  },
  { linkId: 'n', type: 'integer' },
];

const cases: [name: string, item: Record<string, unknown>, expected: string[]][] = [
  [
    'a form in order',
    { linkId: 'b', type: 'string', enableWhen: [{ question: 'n', operator: '>', answerInteger: 1 }] },
    [],
  ],
  ['a linkId used twice', { linkId: 'a', type: 'string' }, ['form-link-id Questionnaire.item[2].linkId']],
  [
    'a condition on no item',
    { linkId: 'b', type: 'string', enableWhen: [{ question: 'z', operator: 'exists', answerBoolean: true }] },
    ['form-enable-when-target Questionnaire.item[2].enableWhen[0].question'],
  ],
  [
    'a condition on itself',
    { linkId: 'b', type: 'string', enableWhen: [{ question: 'b', operator: 'exists', answerBoolean: true }] },
    ['form-enable-when-self Questionnaire.item[2].enableWhen[0].question'],
  ],
  [
    'a condition on what is within',
    {
      linkId: 'b',
      type: 'group',
      enableWhen: [{ question: 'c', operator: 'exists', answerBoolean: true }],
      item: [{ linkId: 'c', type: 'string' }],
    },
    ['form-enable-when-self Questionnaire.item[2].enableWhen[0].question'],
  ],
  [
    'a condition of another type',
    { linkId: 'b', type: 'string', enableWhen: [{ question: 'n', operator: '=', answerString: '1' }] },
    ['form-enable-when-answer Questionnaire.item[2].enableWhen[0].answer'],
  ],
  [
    'an order where there is none',
    {
      linkId: 'b',
      type: 'string',
      enableWhen: [{ question: 'a', operator: '>', answerCoding: { code: 'x' } }],
    },
    ['form-enable-when-operator Questionnaire.item[2].enableWhen[0].operator'],
  ],
  [
    'an option of another type',
    { linkId: 'b', type: 'integer', answerOption: [{ valueString: '1' }] },
    ['form-option-type Questionnaire.item[2].answerOption[0].value'],
  ],
  [
    'an initial value of another type',
    { linkId: 'b', type: 'integer', initial: [{ valueString: '1' }] },
    ['form-initial-type Questionnaire.item[2].initial[0].value'],
  ],
  [
    'an initial value that is no option',
    {
      linkId: 'b',
      type: 'choice',
      answerOption: [{ valueCoding: { code: 'x' } }],
      initial: [{ valueCoding: { code: 'y' } }],
    },
    ['form-initial-option Questionnaire.item[2].initial[0].value'],
  ],
  [
    'several initial values of an item that does not repeat',
    { linkId: 'b', type: 'string', initial: [{ valueString: 'x' }, { valueString: 'y' }] },
    ['form-initial-many Questionnaire.item[2]'],
  ],
  [
    'several initial values of an item that repeats',
    { linkId: 'b', type: 'string', repeats: true, initial: [{ valueString: 'x' }, { valueString: 'y' }] },
    [],
  ],
  [
    'several options selected at first',
    {
      linkId: 'b',
      type: 'choice',
      answerOption: [
        { valueString: 'x', initialSelected: true },
        { valueString: 'y', initialSelected: true },
      ],
    },
    ['form-initial-many Questionnaire.item[2]'],
  ],
  [
    'a fault in a nested item',
    { linkId: 'g', type: 'group', item: [{ linkId: 'n', type: 'string' }] },
    ['form-link-id Questionnaire.item[2].item[0].linkId'],
  ],
];

for (const [name, item, expected] of cases) {
  t.test(`${name}: ${expected[0] ?? 'nothing to say'}`, async (t) => {
    const issues = checkForm({ resourceType: 'Questionnaire', item: [...base, item] });
    t.same(
      issues.map(({ key, expression }) => `${key} ${expression}`),
      expected,
    );
  });
}
