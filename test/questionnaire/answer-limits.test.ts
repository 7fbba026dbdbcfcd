import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { checkResponse } from '../../src/questionnaire/check-response.ts';
import { readForm } from '../../src/questionnaire/read-form.ts';
import { registry } from '../support/registry.ts';

const compile = createExpressionCompiler(registry().model);

/** Findings about one answer to one item. */
function judged(type: string, more: object, answer: object): string[] {
  const questionnaire = { resourceType: 'Questionnaire', item: [{ linkId: 'a', type, ...more }] };
  const item = [{ linkId: 'a', answer: [answer] }];
  const response = { resourceType: 'QuestionnaireResponse', status: 'completed', item };
  const memberOf = () => 'unknown' as const;
  return checkResponse(response, readForm(questionnaire), { memberOf, compile }).map(({ key }) => key);
}

const limited = (name: string, suffix: string, ...limits: unknown[]) => ({
  extension: limits.map((limit) => ({
    url: `http://hl7.org/fhir/StructureDefinition/${name}`,
    [`value${suffix}`]: limit,
  })),
});

t.test('the length of an answer is that of its characters', async (t) => {
  t.same(judged('string', { maxLength: 2 }, { valueString: '\u{1f600}\u{1f600}' }), []);
  t.same(judged('string', { maxLength: 2 }, { valueString: 'abc' }), ['response-answer-length']);
  t.same(judged('integer', { maxLength: 3 }, { valueInteger: 100 }), []);
  t.same(judged('integer', { maxLength: 2 }, { valueInteger: 100 }), ['response-answer-length']);
  const least = limited('minLength', 'Integer', 3);
  t.same(judged('integer', least, { valueInteger: 100 }), []);
  t.same(judged('integer', least, { valueInteger: 10 }), ['response-answer-length']);
  t.same(judged('decimal', least, { valueDecimal: 1 }), [], 'it may have been written as 1.0');
});

t.test('decimal places are counted in all numbers', async (t) => {
  const two = limited('maxDecimalPlaces', 'Integer', 2);
  t.same(judged('decimal', two, { valueDecimal: 1.25 }), []);
  t.same(judged('decimal', two, { valueDecimal: 1e-7 }), ['response-answer-digits']);
  t.same(judged('quantity', two, { valueQuantity: { value: 1.25 } }), []);
  t.same(judged('quantity', two, { valueQuantity: { value: 1.255 } }), ['response-answer-digits']);
});

t.test('a pattern is for texts and integers', async (t) => {
  const four = limited('regex', 'String', '[0-9]{4}');
  t.same(judged('integer', four, { valueInteger: 1234 }), []);
  t.same(judged('integer', four, { valueInteger: 123 }), ['response-answer-pattern']);
});

t.test('a date within the one that limits it may keep the limit', async (t) => {
  const limits = limited('maxValue', 'Date', '2020-06');
  t.same(judged('date', limits, { valueDate: '2020-06-30' }), []);
  t.same(judged('date', limits, { valueDate: '2020' }), []);
  t.same(judged('date', limits, { valueDate: '2020-07-01' }), ['response-answer-range']);
});

t.test('attachments are as large and of the kinds that the item allows', async (t) => {
  const of = (more: object, attachment: object) =>
    judged('attachment', more, { valueAttachment: attachment });
  const bad = ['response-answer-attachment'];
  const most = limited('maxSize', 'Decimal', 3000);
  t.same(of(most, { size: 3000 }), []);
  t.same(of(most, { size: 3001 }), bad);
  t.same(of(most, { data: Buffer.alloc(3000).toString('base64') }), []);
  t.same(of(most, { data: Buffer.alloc(3001).toString('base64') }), bad);
  t.same(of(most, { url: 'https://kat.test/a' }), [], 'it does not say how large it is');
  const megabytes = limited('maxSize', 'Decimal', 3);
  t.same(of(megabytes, { size: 3 * 1024 * 1024 }), [], 'R4 counts in megabytes');
  t.same(of(megabytes, { size: 3 * 1024 * 1024 + 1 }), bad);
  const kinds = limited('mimeType', 'Code', 'image/*', 'text/plain');
  for (const contentType of ['image/png', 'TEXT/plain; charset=UTF-8'])
    t.same(of(kinds, { contentType }), []);
  t.same(of(kinds, { contentType: 'text/html' }), bad);
  t.same(of(kinds, { url: 'https://kat.test/a' }), bad, 'it does not say what it is');
});
