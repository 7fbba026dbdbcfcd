import t from 'tap';
import { checkDerivation } from '../../src/questionnaire/check-derivation.ts';
import { checkForm } from '../../src/questionnaire/check-form.ts';

const isFhirPath = (text: string) => !text.endsWith('(');
const constraint = (valueString: string) => ({
  url: 'http://hl7.org/fhir/StructureDefinition/questionnaire-constraint',
  extension: [
    { url: 'key', valueId: 'k' },
    { url: 'expression', valueString },
  ],
});

const base = [
  {
    linkId: 'a',
    type: 'choice',
    answerOption: [{ valueCoding: { code: 'x' } }],
    initial: [{ valueCoding: { code: 'x' } }],
  },
  { linkId: 'n', type: 'integer' },
  { linkId: 'u', type: 'url' },
  { linkId: 'd', type: 'choice', answerOption: [{ valueDate: '2024-01-01' }] },
];

const cases: [name: string, item: Record<string, unknown>, expected: string[]][] = [
  [
    'a form in order',
    { linkId: 'b', type: 'string', enableWhen: [{ question: 'n', operator: '>', answerInteger: 1 }] },
    [],
  ],
  ['a linkId used twice', { linkId: 'a', type: 'string' }, ['form-link-id Questionnaire.item[4].linkId']],
  ['no linkId, twice', { type: 'group', item: [{ type: 'string' }, { type: 'string' }] }, []],
  [
    'a condition on no item',
    { linkId: 'b', type: 'string', enableWhen: [{ question: 'z', operator: 'exists', answerBoolean: true }] },
    ['form-enable-when-target Questionnaire.item[4]'],
  ],
  [
    'a condition on itself',
    { linkId: 'b', type: 'string', enableWhen: [{ question: 'b', operator: 'exists', answerBoolean: true }] },
    ['form-enable-when-self Questionnaire.item[4]'],
  ],
  [
    'a condition on what is within',
    {
      linkId: 'b',
      type: 'group',
      enableWhen: [{ question: 'c', operator: 'exists', answerBoolean: true }],
      item: [{ linkId: 'c', type: 'string' }],
    },
    ['form-enable-when-self Questionnaire.item[4]'],
  ],
  [
    'a condition of another type',
    { linkId: 'b', type: 'string', enableWhen: [{ question: 'n', operator: '=', answerString: '1' }] },
    ['form-enable-when-answer Questionnaire.item[4].enableWhen[0].answer'],
  ],
  [
    'an order where there is none',
    {
      linkId: 'b',
      type: 'string',
      enableWhen: [{ question: 'a', operator: '>', answerCoding: { code: 'x' } }],
    },
    ['form-enable-when-operator Questionnaire.item[4].enableWhen[0].operator'],
  ],
  [
    'an order of dates that are chosen from',
    {
      linkId: 'b',
      type: 'string',
      enableWhen: [{ question: 'd', operator: '>=', answerDate: '2024-01-01' }],
    },
    [],
  ],
  [
    'a URL compared with a text',
    { linkId: 'b', type: 'string', enableWhen: [{ question: 'u', operator: '=', answerString: 'urn:x' }] },
    [],
  ],
  ['a constraint', { linkId: 'b', type: 'string', extension: [constraint('answer.exists()')] }, []],
  [
    'a constraint that does not parse',
    { linkId: 'b', type: 'string', extension: [constraint('answer.exists(')] },
    ['form-constraint Questionnaire.item[4].extension[0].extension[1].value'],
  ],
  [
    'an option of another type',
    { linkId: 'b', type: 'integer', answerOption: [{ valueString: '1' }] },
    ['form-option-type Questionnaire.item[4].answerOption[0].value'],
  ],
  ['a whole number for a decimal', { linkId: 'b', type: 'decimal', answerOption: [{ valueInteger: 1 }] }, []],
  [
    'a word for a decimal',
    { linkId: 'b', type: 'decimal', answerOption: [{ valueString: '1' }] },
    ['form-option-type Questionnaire.item[4].answerOption[0].value'],
  ],
  [
    'an initial value of another type',
    { linkId: 'b', type: 'integer', initial: [{ valueString: '1' }] },
    ['form-initial-type Questionnaire.item[4].initial[0].value'],
  ],
  [
    'an initial value that is no option',
    {
      linkId: 'b',
      type: 'choice',
      answerOption: [{ valueCoding: { code: 'x' } }],
      initial: [{ valueCoding: { code: 'y' } }],
    },
    ['form-initial-option Questionnaire.item[4].initial[0].value'],
  ],
  [
    'several initial values of an item that does not repeat',
    { linkId: 'b', type: 'string', initial: [{ valueString: 'x' }, { valueString: 'y' }] },
    ['form-initial-many Questionnaire.item[4]'],
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
    ['form-initial-many Questionnaire.item[4]'],
  ],
  [
    'a fault in a nested item',
    { linkId: 'g', type: 'group', item: [{ linkId: 'n', type: 'string' }] },
    ['form-link-id Questionnaire.item[4].item[0].linkId'],
  ],
];

for (const [name, item, expected] of cases) {
  t.test(`${name}: ${expected[0] ?? 'nothing to say'}`, async (t) => {
    const issues = checkForm({ resourceType: 'Questionnaire', item: [...base, item] }, isFhirPath);
    t.same(
      issues.map(({ key, expression }) => `${key} ${expression}`),
      expected,
    );
  });
}

t.test('of several conditions, each that is at fault is told', async (t) => {
  const on = (question: string) => ({ question, operator: 'exists', answerBoolean: true });
  const enableWhen = [on('z'), on('n'), on('b')];
  const item = [...base, { linkId: 'b', type: 'string', enableBehavior: 'any', enableWhen }];
  t.same(
    checkForm({ resourceType: 'Questionnaire', item }, isFhirPath).map(
      ({ key, text }) => `${key} ${text.split(': ')[1]}`,
    ),
    ['form-enable-when-target enableWhen[0]', 'form-enable-when-self enableWhen[2]'],
  );
});

const origin = {
  resourceType: 'Questionnaire',
  url: 'urn:origin',
  item: [
    {
      linkId: 'a',
      type: 'choice',
      answerOption: [{ valueCoding: { code: 'x' } }, { valueCoding: { code: 'y' } }],
    },
    { linkId: 'b', type: 'string', required: true, maxLength: 10 },
    { linkId: 'c', type: 'group', repeats: true, item: [{ linkId: 'd', type: 'integer' }] },
  ],
};
const some = [{ valueCoding: { code: 'x' } }];

const derived: [name: string, item: Record<string, unknown>, complies: string[], extending: string[]][] = [
  ['the same item', { linkId: 'd', type: 'integer' }, [], []],
  ['another type', { linkId: 'd', type: 'decimal' }, ['.type'], ['.type']],
  ['one that now repeats', { linkId: 'd', type: 'integer', repeats: true }, ['.repeats'], ['.repeats']],
  ['one that repeats no more', { linkId: 'c', type: 'group' }, [], []],
  ['shorter answers', { linkId: 'b', type: 'string', required: true, maxLength: 5 }, [], []],
  ['longer answers', { linkId: 'b', type: 'string', maxLength: 11 }, ['.maxLength'], ['.maxLength']],
  ['answers of any length', { linkId: 'b', type: 'string' }, [''], ['']],
  [
    'one that need not be answered any more',
    { linkId: 'b', type: 'string', required: false, maxLength: 10 },
    ['.required'],
    ['.required'],
  ],
  ['fewer options', { linkId: 'a', type: 'choice', answerOption: some }, [], []],
  ['no options', { linkId: 'a', type: 'choice' }, [''], ['']],
  [
    'another option',
    { linkId: 'a', type: 'choice', answerOption: [...some, { valueCoding: { code: 'z' } }] },
    ['.answerOption[1]'],
    [],
  ],
  ['another item', { linkId: 'e', type: 'string' }, [''], []],
];

for (const [name, item, complies, extending] of derived) {
  t.test(`a form derived from another, with ${name}`, async (t) => {
    const judged = (code: string, canonical = 'urn:origin') => {
      const url = 'http://hl7.org/fhir/StructureDefinition/questionnaire-derivationType';
      const valueCoding = { system: 'http://hl7.org/fhir/questionnaire-derivationType', code };
      const form = {
        resourceType: 'Questionnaire',
        derivedFrom: [canonical],
        _derivedFrom: [{ extension: [{ url, valueCoding }] }],
        item: [item],
      };
      const find = (canonical: string) => (canonical === 'urn:origin' ? origin : undefined);
      return checkDerivation(form, find).map(({ key, expression }) => `${key} ${expression}`);
    };
    const at = (below: string) => `form-derivation Questionnaire.item[0]${below}`;
    t.same(judged('compliesWith'), complies.map(at));
    t.same(judged('extends'), extending.map(at));
    t.same(judged('inspiredBy'), []);
    t.same(judged('compliesWith', 'urn:unknown'), []);
  });
}
