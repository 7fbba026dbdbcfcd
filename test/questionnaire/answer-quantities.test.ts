import t from 'tap';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import type { MemberOf } from '../../src/questionnaire/answer-options.ts';
import { checkResponse } from '../../src/questionnaire/check-response.ts';
import { readForm } from '../../src/questionnaire/read-form.ts';
import { registry } from '../support/registry.ts';

const compile = createExpressionCompiler(registry().model);

const core = 'http://hl7.org/fhir/StructureDefinition/questionnaire-';
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';
const ucum = 'http://unitsofmeasure.org';
const quantity = (value: number, code: string, system = ucum) => ({ value, unit: code, system, code });

/** Errors of one answer to one item with these extensions. */
function judged(type: string, extension: object[], answer: object | undefined, more: object = {}): string[] {
  const questionnaire = {
    resourceType: 'Questionnaire',
    item: [{ linkId: 'a', type, extension, repeats: true }],
  };
  const item = [{ linkId: 'a', ...(answer ? { answer: [answer] } : {}) }];
  const response = { resourceType: 'QuestionnaireResponse', status: 'completed', item, ...more };
  const memberOf: MemberOf = (_, { code }) => (code === 'mg' ? 'member' : 'not-member');
  return checkResponse(response, readForm(questionnaire), { memberOf, compile }).map(({ key }) => key);
}

t.test('limits of quantities hold across units of one dimension', async (t) => {
  const limits = [
    { url: `${sdc}minQuantity`, valueQuantity: quantity(5, 'km') },
    { url: `${sdc}maxQuantity`, valueQuantity: quantity(50, 'km') },
  ];
  const of = (value: object) => judged('quantity', limits, { valueQuantity: value });
  t.same(of(quantity(5, 'km')), []);
  t.same(of(quantity(10_000, 'm')), []);
  t.same(of(quantity(4_000, 'm')), ['response-answer-range']);
  t.same(of(quantity(51_000_000, 'mm')), ['response-answer-range']);
  t.same(of(quantity(10, '[mi_i]')), []);
  t.same(of(quantity(40, '[mi_i]')), ['response-answer-range']);
  t.same(of(quantity(10, 'kg')), ['response-answer-range'], 'what cannot be compared keeps no limit');
  t.same(of({ value: 10, unit: 'km' }), ['response-answer-range'], 'nor does what has no formal unit');
});

t.test('units are those that the item offers', async (t) => {
  const options = ['km', 'm'].map((code) => ({
    url: `${core}unitOption`,
    valueCoding: { system: ucum, code },
  }));
  t.same(judged('quantity', options, { valueQuantity: quantity(1, 'm') }), []);
  t.same(judged('quantity', options, { valueQuantity: quantity(1, 'kg') }), ['response-answer-unit']);
  const set = [{ url: `${core}unitValueSet`, valueCanonical: 'https://kat.test/ValueSet/units' }];
  t.same(judged('quantity', set, { valueQuantity: quantity(1, 'mg') }), []);
  t.same(judged('quantity', set, { valueQuantity: quantity(1, 'm') }), ['response-answer-unit']);
});

t.test('a quantity that is only bounded may keep a limit beyond its bound', async (t) => {
  const least = [{ url: `${sdc}minQuantity`, valueQuantity: quantity(5, 'km') }];
  const of = (comparator: string) =>
    judged('quantity', least, { valueQuantity: { ...quantity(3, 'km'), comparator } });
  t.same(of('>'), []);
  t.same(of('<'), ['response-answer-range']);
});

t.test('an item may be open to units that it does not list', async (t) => {
  const of = (openness: string, valueQuantity: object) => {
    const option = { url: `${core}unitOption`, valueCoding: { system: ucum, code: 'km' } };
    return judged('quantity', [option, { url: `${sdc}unitOpen`, valueCode: openness }], { valueQuantity });
  };
  const word = { value: 1, unit: 'day of walking' };
  t.same(of('optionsOrType', quantity(1, 'm')), []);
  t.same(of('optionsOrType', word), ['response-answer-unit']);
  t.same(of('optionsOrString', word), []);
  t.same(of('optionsOnly', quantity(1, 'm')), ['response-answer-unit']);
  const tablets = [{ url: `${core}unitOption`, valueCoding: { display: 'tablet' } }];
  t.same(judged('quantity', tablets, { valueQuantity: { value: 1, unit: 'tablet' } }), []);
  t.same(judged('quantity', tablets, { valueQuantity: { value: 1, unit: 'drop' } }), [
    'response-answer-unit',
  ]);
  const counted = { value: 1, unit: 'tablet', system: ucum, code: '{tablet}' };
  t.same(judged('quantity', tablets, { valueQuantity: counted }), [], 'with a code besides the word');
  const metres = [{ url: `${core}unitOption`, valueCoding: { code: 'm' } }];
  t.same(judged('quantity', metres, { valueQuantity: quantity(1, 'm') }), [], 'an option without a system');
  t.same(judged('quantity', metres, { valueQuantity: quantity(1, 'km') }), ['response-answer-unit']);
});

t.test('references lead to the types that the item allows', async (t) => {
  const types = ['Patient', 'Practitioner'].map((valueCode) => ({
    url: `${core}referenceResource`,
    valueCode,
  }));
  t.same(judged('reference', types, { valueReference: { reference: 'Patient/1' } }), []);
  t.same(judged('reference', types, { valueReference: { reference: 'Organization/1' } }), [
    'response-answer-target',
  ]);
  t.same(judged('reference', types, { valueReference: { reference: 'Patient/1/_history/2' } }), []);
  t.same(judged('reference', types, { valueReference: { reference: 'https://x.test/Group/1/_history/2' } }), [
    'response-answer-target',
  ]);
  const inside = (resourceType: string) =>
    judged(
      'reference',
      types,
      { valueReference: { reference: '#p' } },
      { contained: [{ resourceType, id: 'p' }] },
    );
  t.same(inside('Patient'), []);
  t.same(inside('Group'), ['response-answer-target']);
  const any = [{ url: `${core}referenceResource`, valueCode: 'Resource' }];
  t.same(judged('reference', any, { valueReference: { reference: 'Organization/1' } }), []);
  t.same(judged('reference', [], { valueReference: { reference: 'Organization/1' } }), []);
});

t.test('an item that is there has as many answers as minOccurs asks for', async (t) => {
  const two = [{ url: `${core}minOccurs`, valueInteger: 2 }];
  t.same(judged('string', two, undefined), ['response-answers-few']);
  t.same(judged('string', two, { valueString: 'x' }), ['response-answers-few']);
});
