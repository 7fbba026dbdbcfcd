import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { checkResponse } from '../../src/questionnaire/check-response.ts';
import { readForm } from '../../src/questionnaire/read-form.ts';
import { registry } from '../support/registry.ts';

const compile = createExpressionCompiler(registry().model);

const yes = { system: 'urn:x', code: 'Y' };
const no = { system: 'urn:x', code: 'N' };
const ext = 'http://hl7.org/fhir/StructureDefinition';

const mass = (value: number, code: string) => ({ value, system: 'http://unitsofmeasure.org', code });

const form = {
  resourceType: 'Questionnaire',
  item: [
    {
      linkId: 'sleep',
      type: 'choice',
      text: 'Slept?',
      required: true,
      answerOption: [{ valueCoding: yes }, { valueCoding: no }],
    },
    {
      linkId: 'why',
      type: 'string',
      maxLength: 5,
      required: true,
      enableWhen: [{ question: 'sleep', operator: '=', answerCoding: no }],
    },
    {
      linkId: 'info',
      type: 'display',
      text: 'Thank you',
      _text: {
        extension: [
          {
            url: `${ext}/translation`,
            extension: [
              { url: 'lang', valueCode: 'fr' },
              { url: 'content', valueString: 'Merci' },
            ],
          },
        ],
      },
    },
    {
      linkId: 'drugs',
      type: 'group',
      repeats: true,
      item: [
        { linkId: 'taken', type: 'boolean' },
        {
          linkId: 'dose',
          type: 'decimal',
          enableWhen: [{ question: 'taken', operator: '=', answerBoolean: true }],
          extension: [
            { url: `${ext}/maxValue`, valueDecimal: 10 },
            { url: `${ext}/maxDecimalPlaces`, valueInteger: 1 },
          ],
        },
      ],
    },
    {
      linkId: 'mood',
      type: 'open-choice',
      repeats: true,
      answerOption: [{ valueCoding: yes }],
      extension: [
        { url: `${ext}/questionnaire-maxOccurs`, valueInteger: 2 },
        { url: `${ext}/questionnaire-minOccurs`, valueInteger: 2 },
      ],
    },
    {
      linkId: 'code',
      type: 'choice',
      answerValueSet: 'urn:vs',
      _text: { extension: [{ url: `${ext}/cqf-expression`, valueExpression: { expression: "'Code'" } }] },
    },
    {
      linkId: 'computed',
      type: 'choice',
      extension: [
        {
          url: 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-answerExpression',
          valueExpression: { language: 'text/fhirpath', expression: '1 | 2' },
        },
      ],
    },
    { linkId: 'when', type: 'date', item: [{ linkId: 'where', type: 'string' }] },
    {
      linkId: 'until',
      type: 'dateTime',
      extension: [{ url: `${ext}/maxValue`, valueDateTime: '2026-01-01T12:00:00Z' }],
    },
    { linkId: 'weight', type: 'quantity' },
    {
      linkId: 'heavy',
      type: 'boolean',
      enableWhen: [{ question: 'weight', operator: '>', answerQuantity: mass(100, 'kg') }],
    },
    {
      linkId: 'words',
      type: 'choice',
      answerOption: [{ valueCoding: { display: 'many' } }, { valueCoding: { display: 'few' } }],
    },
    {
      linkId: 'consent',
      type: 'group',
      required: true,
      enableWhen: [{ question: 'heavy', operator: 'exists', answerBoolean: true }],
      item: [{ linkId: 'given', type: 'boolean' }],
    },
    { linkId: 'open', type: 'open-choice', answerValueSet: 'urn:vs' },
    { linkId: 'amount', type: 'quantity', answerValueSet: 'urn:vs' },
  ],
};

interface Item {
  linkId: string;
  text?: string;
  answer?: Record<string, unknown>[];
  item?: Item[];
}

const answered = (linkId: string, ...answer: Record<string, unknown>[]): Item => ({ linkId, answer });
const slept = answered('sleep', { valueCoding: yes });

function findings(items: Item[], status = 'completed'): string[] {
  const memberOf = (_: string, { code }: { code?: string }): 'member' | 'not-member' | 'unknown' =>
    code === 'Y' ? 'member' : code === 'N' ? 'not-member' : 'unknown';
  const response = { resourceType: 'QuestionnaireResponse', status, item: items };
  return checkResponse(response, readForm(form), { memberOf, compile }).map(
    ({ key, expression }) => `${key} ${expression?.replace('QuestionnaireResponse', '')}`,
  );
}

const cases: [name: string, items: Item[], expected: string[]][] = [
  ['a complete response', [slept], []],
  ['the required question', [], ['response-required ']],
  ['a question that an answer enables', [answered('sleep', { valueCoding: no })], ['response-required ']],
  ['it answered', [answered('sleep', { valueCoding: no }), answered('why', { valueString: 'noise' })], []],
  [
    'its text too long',
    [answered('sleep', { valueCoding: no }), answered('why', { valueString: 'noises' })],
    ['response-answer-length .item[1].answer[0].value'],
  ],
  [
    'a disabled question answered',
    [slept, answered('why', { valueString: 'noise' })],
    ['response-item-disabled .item[1]'],
  ],
  ['an unknown linkId', [slept, answered('other', { valueString: 'x' })], ['response-item-unknown ']],
  ['a linkId out of its group', [slept, answered('taken', { valueBoolean: true })], ['response-item-place ']],
  ['items out of order', [answered('when', { valueDate: '2026-01-01' }), slept], ['response-item-order ']],
  [
    'one item before its time',
    [
      answered('when', { valueDate: '2026-01-01' }),
      slept,
      { linkId: 'info' },
      answered('mood', { valueString: 'a' }, { valueString: 'b' }),
    ],
    ['response-item-order '],
  ],
  ['a display item that is only shown', [slept, { linkId: 'info' }], []],
  ['its text', [slept, { linkId: 'info', text: 'Thank you' }], []],
  ['its text in another language', [slept, { linkId: 'info', text: 'Merci' }], []],
  ['another text of it', [slept, { linkId: 'info', text: 'Danke' }], ['response-item-text .item[1]']],
  [
    'a display item with an answer',
    [slept, answered('info', { valueString: 'x' })],
    ['response-item-display .item[1]'],
  ],
  [
    'an answer of another type',
    [answered('sleep', { valueString: 'yes' })],
    ['response-answer-type .item[0].answer[0].value'],
  ],
  [
    'an answer that is no option',
    [answered('sleep', { valueCoding: { system: 'urn:x', code: 'Z' } })],
    ['response-answer-option .item[0].answer[0]'],
  ],
  [
    'two answers to one question',
    [answered('sleep', { valueCoding: yes }, { valueCoding: yes })],
    ['response-answers-many .item[0]'],
  ],
  ['a question twice', [slept, slept], ['response-item-repeated ', 'response-answers-many .item[0]']],
  ['another text', [{ ...slept, text: 'Awake?' }], ['response-item-text .item[0]']],
  [
    'a free text for an open choice, twice',
    [slept, answered('mood', { valueString: 'calm' }, { valueCoding: yes })],
    [],
  ],
  [
    'fewer than minOccurs',
    [slept, answered('mood', { valueString: 'calm' })],
    ['response-answers-few .item[1]'],
  ],
  [
    'more than maxOccurs',
    [slept, answered('mood', { valueString: 'a' }, { valueString: 'b' }, { valueString: 'c' })],
    ['response-answers-many .item[1]'],
  ],
  [
    'a coding that an open choice does not offer',
    [slept, answered('mood', { valueCoding: no }, { valueString: 'b' })],
    ['response-answer-option .item[1].answer[0]'],
  ],
  [
    'words in a coding for an open choice of options',
    [slept, answered('mood', { valueCoding: { display: 'calm' } }, { valueCoding: yes })],
    ['response-answer-option .item[1].answer[0]'],
  ],
  [
    'words in a coding for an open choice of a value set',
    [slept, answered('open', { valueCoding: { display: 'calm' } })],
    [],
  ],
  [
    'a code for an open choice that is not of its value set',
    [slept, answered('open', { valueCoding: no })],
    ['response-answer-set .item[1].answer[0]'],
  ],
  [
    'a quantity for which a value set is named',
    [slept, answered('amount', { valueQuantity: { value: 1, code: 'N' } })],
    [],
  ],
  ['an answer of what an expression offers', [slept, answered('computed', { valueInteger: 1 })], []],
  [
    'a number for a choice of codes',
    [slept, answered('code', { valueInteger: 1 })],
    ['response-answer-type .item[1].answer[0].value'],
  ],
  ['a code of the value set', [slept, answered('code', { valueCoding: yes })], []],
  [
    'a code outside of it',
    [slept, answered('code', { valueCoding: no })],
    ['response-answer-set .item[1].answer[0]'],
  ],
  [
    'a code without a system',
    [slept, answered('code', { valueCoding: { code: 'N' } })],
    ['response-answer-unchecked .item[1].answer[0]'],
  ],
  [
    'a code that cannot be known',
    [slept, answered('code', { valueCoding: { system: 'urn:x', code: '?' } })],
    ['response-answer-unchecked .item[1].answer[0]'],
  ],
  ['a disabled item without an answer', [slept, { linkId: 'why' }], []],
  [
    'a disabled group with an item without an answer',
    [slept, { linkId: 'consent', item: [{ linkId: 'given' }] }],
    ['response-item-disabled .item[1]'],
  ],
  ['a disabled group that is only listed', [slept, { linkId: 'consent' }], []],
  [
    'a disabled group with an answer',
    [slept, { linkId: 'consent', item: [answered('given', { valueBoolean: true })] }],
    ['response-item-disabled .item[1]'],
  ],
  [
    'an answer whose value an extension stands for',
    [slept, answered('when', { _valueDate: { extension: [{ url: 'urn:x', valueCode: 'unknown' }] } })],
    [],
  ],
  [
    'an extension for a value of another type',
    [slept, answered('when', { _valueString: { extension: [{ url: 'urn:x', valueCode: 'unknown' }] } })],
    ['response-answer-type .item[1].answer[0].value'],
  ],
  [
    'a coding of which an extension says why it is not known',
    [answered('sleep', { valueCoding: { extension: [{ url: 'urn:x', valueCode: 'unknown' }] } })],
    [],
  ],
  [
    'a time in another zone, before the greatest',
    [slept, answered('until', { valueDateTime: '2026-01-01T13:00:00+02:00' })],
    [],
  ],
  [
    'a time in another zone, after the greatest',
    [slept, answered('until', { valueDateTime: '2026-01-01T11:00:00-02:00' })],
    ['response-answer-range .item[1].answer[0].value'],
  ],
  [
    'a condition on a quantity in another unit',
    [
      slept,
      answered('weight', { valueQuantity: mass(90_000, 'g') }),
      answered('heavy', { valueBoolean: true }),
    ],
    ['response-item-disabled .item[2]', 'response-required '],
  ],
  [
    'a required group without items',
    [
      slept,
      answered('weight', { valueQuantity: mass(110_000, 'g') }),
      answered('heavy', { valueBoolean: true }),
      { linkId: 'consent' },
    ],
    ['response-required .item[3]'],
  ],
  ['an option without a code', [slept, answered('words', { valueCoding: { display: 'few' } })], []],
  [
    'words that are no option',
    [slept, answered('words', { valueCoding: { display: 'none' } })],
    ['response-answer-option .item[1].answer[0]'],
  ],
  [
    'an answer without a value, but with items',
    [slept, answered('when', { item: [answered('where', { valueString: 'x' })] })],
    [],
  ],
  [
    'a text where the form has none',
    [slept, { ...answered('when', { valueDate: '2026-01-01' }), text: 'When?' }],
    ['response-item-text .item[1]'],
  ],
  [
    'a text where an extension says it',
    [slept, { ...answered('code', { valueCoding: yes }), text: 'Code' }],
    [],
  ],
  ['an answer without a value', [slept, answered('when', {})], ['response-answer-empty .item[1].answer[0]']],
  [
    'items below a question instead of its answer',
    [
      slept,
      {
        linkId: 'when',
        answer: [{ valueDate: '2026-01-01' }],
        item: [answered('where', { valueString: 'x' })],
      },
    ],
    ['response-question-items .item[1]'],
  ],
  [
    'items below an answer',
    [slept, answered('when', { valueDate: '2026-01-01', item: [answered('where', { valueString: 'x' })] })],
    [],
  ],
  [
    'a group with an answer',
    [slept, { linkId: 'drugs', answer: [{ valueBoolean: true }] }],
    ['response-group-answer .item[1]'],
  ],
];

for (const [name, items, expected] of cases) {
  t.test(`${name}: ${expected.length === 0 ? 'nothing to say' : expected[0]!.split(' ')[0]}`, async (t) => {
    t.same(findings(items), expected);
  });
}

t.test('a group that repeats enables its items by the answers of the same repetition', async (t) => {
  const drug = (taken: boolean, dose?: number): Item => ({
    linkId: 'drugs',
    item: [
      answered('taken', { valueBoolean: taken }),
      ...(dose === undefined ? [] : [answered('dose', { valueDecimal: dose })]),
    ],
  });
  t.same(findings([slept, drug(true, 5), drug(false)]), []);
  t.same(findings([slept, drug(true, 5), drug(false, 5)]), ['response-item-disabled .item[2].item[1]']);
  t.same(
    findings([slept, drug(true), { linkId: 'drugs', item: [answered('dose', { valueDecimal: 5 })] }]),
    ['response-item-disabled .item[2].item[0]'],
    'what is not answered in its own repetition is not looked for in another',
  );
  t.same(findings([slept, drug(true, 10.25)]), [
    'response-answer-range .item[1].item[1].answer[0].value',
    'response-answer-digits .item[1].item[1].answer[0].value',
  ]);
});

t.test('each item that is out of its place is told by its index', async (t) => {
  const item = [slept, { linkId: 'other' }, { linkId: 'taken' }, slept, { linkId: 'another' }];
  const response = { status: 'in-progress', item };
  const issues = checkResponse(response, readForm(form), { memberOf: () => 'unknown', compile });
  t.same(
    issues.map(({ key, expression, text }) => `${key} ${expression} ${text.split(': ')[1]}`),
    [
      'response-item-unknown QuestionnaireResponse item[1]',
      'response-item-place QuestionnaireResponse item[2]',
      'response-item-unknown QuestionnaireResponse item[4]',
      'response-item-repeated QuestionnaireResponse item[3]',
      'response-answers-many QuestionnaireResponse.item[0] undefined',
    ],
  );
});

t.test('an answer that says why it has no value is one', async (t) => {
  const exists = (answerBoolean: boolean) => [{ question: 'a', operator: 'exists', answerBoolean }];
  const asked = {
    item: [
      { linkId: 'a', type: 'string' },
      { linkId: 'b', type: 'string', enableWhen: exists(true) },
      { linkId: 'c', type: 'string', enableWhen: exists(false) },
    ],
  };
  const extension = [{ url: `${ext}/data-absent-reason`, valueCode: 'asked-declined' }];
  const judged = (...item: Item[]) =>
    checkResponse({ status: 'completed', item }, readForm(asked), { memberOf: () => 'unknown', compile }).map(
      ({ expression }) => expression,
    );
  const [b, c] = [answered('b', { valueString: 'x' }), answered('c', { valueString: 'x' })];
  const place = 'QuestionnaireResponse.item';
  for (const reason of [{ extension }, { _valueString: { extension } }]) {
    t.same(judged(answered('a', reason), b), []);
    t.same(judged(answered('a', reason), c), [`${place}[1]`]);
  }
  t.same(judged({ linkId: 'a' }, b), [`${place}[1]`]);
  t.same(judged({ linkId: 'a' }, c), []);
});

t.test('a response in progress may leave out what is required, and still not answer wrongly', async (t) => {
  t.same(findings([], 'in-progress'), []);
  t.same(findings([answered('sleep', { valueString: 'x' })], 'in-progress'), [
    'response-answer-type .item[0].answer[0].value',
  ]);
});
