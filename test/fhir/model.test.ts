import t from 'tap';
import { registry } from '../support/registry.ts';

const { model } = registry();

t.test('tells the properties of a type, inherited ones first', async (t) => {
  const names = model.type('Patient')?.properties.map(({ name }) => name) ?? [];
  t.same(names.slice(0, 4), ['id', 'meta', 'implicitRules', 'language']);
  t.ok(names.includes('birthDate'));
});

t.test('spells a choice as one key for each type', async (t) => {
  const key = model.type('Observation')?.key('valueDateTime');
  t.equal(key?.type, 'dateTime');
  t.equal(key?.property.name, 'value');
  t.equal(model.type('Observation')?.key('value'), undefined);
  t.equal(model.type('Observation')?.key('valueAddress'), undefined);
});

t.test('names backbone elements and references to content by their path', async (t) => {
  t.same(model.type('Observation')?.property('component')?.types, ['Observation.component']);
  t.same(model.type('Observation.component')?.property('referenceRange')?.types, [
    'Observation.referenceRange',
  ]);
  t.same(model.type('Questionnaire.item')?.property('item')?.types, ['Questionnaire.item']);
  t.equal(model.type('Observation.component')?.kind, 'backbone');
  t.equal(model.type('Observation.component')?.base, 'BackboneElement');
  t.equal(model.type('Timing.repeat')?.base, 'Element');
});

t.test('says what is an array', async (t) => {
  t.equal(model.type('Patient')?.property('name')?.array, true);
  t.equal(model.type('Patient')?.property('gender')?.array, false);
  t.equal(model.type('Bundle.entry')?.property('resource')?.array, false);
  t.same(model.type('Bundle.entry')?.property('resource')?.types, ['Resource']);
});

t.test('knows the ancestry of types', async (t) => {
  for (const [name, ancestor] of [
    ['Patient', 'DomainResource'],
    ['Patient', 'Resource'],
    ['Bundle', 'Resource'],
    ['code', 'string'],
    ['canonical', 'uri'],
    ['positiveInt', 'integer'],
    ['Age', 'Quantity'],
    ['Observation.component', 'BackboneElement'],
    ['Observation.component', 'Element'],
    ['Patient', 'Patient'],
  ] as const) {
    t.ok(model.isA(name, ancestor), `${name} is a ${ancestor}`);
  }
  t.notOk(model.isA('Bundle', 'DomainResource'));
  t.notOk(model.isA('string', 'code'));
  t.notOk(model.isA('Nothing', 'Resource'));
});

t.test('a name of JavaScript is no type', async (t) => {
  t.equal(model.type('constructor'), undefined);
  t.equal(model.type('Patient')?.property('toString'), undefined);
});
