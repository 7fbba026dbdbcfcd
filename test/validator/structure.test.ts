import t from 'tap';
import { type Case, errors, validator } from './parts.ts';

const label = (code: string) => ({
  system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  code,
});
const patient = (more: object) => ({ resourceType: 'Patient', ...more });
const observation = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...more,
});

const samples = (data: string) => ({ origin: { value: 0 }, period: 10, dimensions: 1, data });
const timing = (repeat: object) => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'x', valueTiming: { repeat } }],
});

const narrative = (_div: object) => ({
  status: 'generated',
  div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
  _div,
});

/** https://hl7.org/fhir/R4/json.html, https://hl7.org/fhir/R4/elementdefinition.html */
const table: Record<string, Case[]> = {
  'elements that no definition has are errors where they stand': [
    ['known', patient({ active: true }), []],
    ['unknown', patient({ colour: 'red' }), ['unknown-element @ Patient.colour']],
    [
      'in a datatype',
      patient({ name: [{}, { nick: 'x' }].slice(1) }),
      ['unknown-element @ Patient.name[0].nick'],
    ],
    [
      'in a backbone',
      patient({ contact: [{ name: { text: 'x' }, z: 1 }] }),
      ['unknown-element @ Patient.contact[0].z'],
    ],
    ['an empty companion', patient({ birthDate: '2000', _birthDate: {} }), ['ele-1 @ Patient.birthDate']],
    ['underscore of a complex element', patient({ _name: {} }), ['unknown-element @ Patient._name']],
    ['a name that is no element name', patient({ 'a b': 1 }), ['unknown-element @ Patient']],
  ],
  'what names things is absolute, and labels are a set': [
    ['an absolute system', patient({ identifier: [{ system: 'http://x.com/ids', value: '1' }] }), []],
    [
      'a relative system',
      patient({ identifier: [{ system: 'ids', value: '1' }] }),
      ['identifier-system @ Patient.identifier[0].system'],
    ],
    ['two labels', patient({ meta: { security: [label('N'), label('R')] } }), []],
    [
      'a label twice',
      patient({ meta: { security: [label('N'), label('R'), label('N')] } }),
      ['security-duplicate @ Patient.meta.security[2]'],
    ],
  ],
  'a minimum is asked for at the parent': [
    ['complete', observation({}), []],
    ['one missing', { resourceType: 'Observation', code: { text: 'x' } }, ['cardinality-min @ Observation']],
    ['in a backbone', patient({ link: [{ type: 'refer' }] }), ['cardinality-min @ Patient.link[0]']],
    [
      'a companion with an extension stands for a value',
      { ...patient({}), link: [{ type: 'refer', other: { display: 'x' } }] },
      [],
    ],
    [
      'a required choice',
      {
        resourceType: 'MedicationRequest',
        status: 'active',
        intent: 'order',
        subject: { display: 'x' },
      },
      ['cardinality-min @ MedicationRequest'],
    ],
  ],
  'arrays are arrays and nothing else is': [
    ['single for many', patient({ name: { text: 'x' } }), ['array-expected @ Patient.name']],
    [
      'many for single',
      patient({ maritalStatus: [{ text: 'x' }] }),
      ['array-unexpected @ Patient.maritalStatus'],
    ],
    ['many for a single primitive', patient({ active: [true] }), ['array-unexpected @ Patient.active']],
    ['empty', patient({ name: [] }), ['array-empty @ Patient.name']],
    ['null element', patient({ active: null }), ['null-unexpected @ Patient.active']],
    ['null in an array', patient({ name: [null] }), ['null-unexpected @ Patient.name[0]']],
    ['null object', patient({ maritalStatus: null }), ['null-unexpected @ Patient.maritalStatus']],
    ['a text for an object', patient({ maritalStatus: 'x' }), ['object-expected @ Patient.maritalStatus']],
    ['an object for a text', patient({ gender: {} }), ['json-type @ Patient.gender']],
    ['a text for a boolean', patient({ active: 'true' }), ['json-type @ Patient.active']],
    ['a number for a text', patient({ birthDate: 1970 }), ['json-type @ Patient.birthDate']],
    ['a text for a number', patient({ multipleBirthInteger: '1' }), ['json-type @ Patient.multipleBirth']],
  ],
  'a choice is given in one type': [
    ['one', patient({ deceasedBoolean: true }), []],
    [
      'two',
      patient({ deceasedBoolean: true, deceasedDateTime: '2020' }),
      ['choice-multiple @ Patient.deceased'],
    ],
    ['one and its companion', patient({ deceasedDateTime: '2020', _deceasedDateTime: { id: 'a' } }), []],
    [
      'a type that is not offered',
      patient({ deceasedString: 'x' }),
      ['unknown-element @ Patient.deceasedString'],
    ],
    ['the name without a type', patient({ deceased: true }), ['unknown-element @ Patient.deceased']],
  ],
  'formats are checked where the value stands': [
    ['date', patient({ birthDate: '1970-02-30' }), ['format @ Patient.birthDate']],
    ['choice', patient({ deceasedDateTime: '1970-02-01T10:00' }), ['format @ Patient.deceased']],
    ['in an array', patient({ name: [{ given: ['a', '\u0001'] }] }), ['format @ Patient.name[0].given[1]']],
    ['empty text', patient({ name: [{ family: '' }] }), ['string-empty @ Patient.name[0].family']],
    ['integer', patient({ multipleBirthInteger: 1.5 }), ['format @ Patient.multipleBirth']],
    ['id of the resource', patient({ id: 'a_b' }), ['format @ Patient.id']],
    ['id of an element may be any text', patient({ name: [{ id: 'a_b', text: 'x' }] }), []],
    ['without spaces', patient({ name: [{ id: 'a b', text: 'x' }] }), ['format @ Patient.name[0].id']],
    [
      'and not without end',
      patient({ name: [{ id: 'a'.repeat(1024 * 1024 + 1), text: 'x' }] }),
      ['format @ Patient.name[0].id'],
    ],
    ['samples', observation({ valueSampledData: samples('-1 2.5 1e3 E U L\n 0') }), []],
    ['one sample', observation({ valueSampledData: samples('1') }), []],
    ['no samples', observation({ valueSampledData: samples('1 2, 3') }), ['format @ Observation.value.data']],
  ],
  'rules that R4 words right and writes wrong are meant as they are worded': [
    ['an offset from an event', timing({ when: ['AC', 'HS'], offset: 30 }), []],
    [
      'from a meal',
      timing({ when: ['AC', 'CM'], offset: 30 }),
      ['tim-9 @ Parameters.parameter[0].value.repeat'],
    ],
    ['from nothing', timing({ offset: 30 }), ['tim-9 @ Parameters.parameter[0].value.repeat']],
  ],
  'every element has content (ele-1)': [
    ['nothing', patient({ maritalStatus: {} }), ['ele-1 @ Patient.maritalStatus']],
    ['an id only', patient({ maritalStatus: { id: 'a' } }), ['ele-1 @ Patient.maritalStatus']],
    ['an extension only', patient({ maritalStatus: { extension: [absent()] } }), []],
    [
      'an id of a primitive without value',
      patient({ _birthDate: { id: 'a' } }),
      ['ele-1 @ Patient.birthDate'],
    ],
  ],
  'companions stand beside their primitives': [
    ['extension of a value', patient({ birthDate: '1970', _birthDate: { extension: [absent()] } }), []],
    [
      'aligned by null',
      patient({ name: [{ given: ['a', null], _given: [null, { extension: [absent()] }] }] }),
      [],
    ],
    ['companions alone', patient({ name: [{ _given: [{ extension: [absent()] }] }] }), []],
    [
      'null on both sides',
      patient({ name: [{ given: ['a', null], _given: [{ id: 'x' }, null] }] }),
      ['null-unexpected @ Patient.name[0].given[1]'],
    ],
    [
      'more companions than values',
      patient({ name: [{ given: ['a'], _given: [null, { id: 'b' }] }] }),
      ['companion-length @ Patient.name[0].given', 'ele-1 @ Patient.name[0].given[1]'],
    ],
    [
      'something else in a companion',
      patient({ birthDate: '1970', _birthDate: { value: 1 } }),
      ['unknown-element @ Patient.birthDate.value'],
    ],
    [
      'a companion that is no object',
      patient({ birthDate: '1970', _birthDate: 'x' }),
      ['object-expected @ Patient.birthDate'],
    ],
    [
      'the id of another element',
      patient({ name: [{ id: 'a', family: 'x' }], birthDate: '1970', _birthDate: { id: 'a' } }),
      ['id-duplicate @ Patient.birthDate'],
    ],
    [
      'an empty id',
      patient({ birthDate: '1970', _birthDate: { id: '' } }),
      ['string-empty @ Patient.birthDate.id'],
    ],
    ['the id of a narrative', patient({ text: narrative({ id: 'a' }) }), []],
    [
      'an extension of a narrative',
      patient({ text: narrative({ extension: [absent()] }) }),
      ['cardinality-max @ Patient.text.div.extension'],
    ],
  ],
  'what is no resource is said to be none': [
    ['no type', { id: 'a' }, ['not-a-resource @ Resource']],
    ['a type of another version', { resourceType: 'Citation' }, ['unknown-resource-type @ Resource']],
    ['a data type', { resourceType: 'HumanName' }, ['unknown-resource-type @ Resource']],
    ['an abstract type', { resourceType: 'DomainResource' }, ['unknown-resource-type @ Resource']],
  ],
};

function absent(): object {
  return { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' };
}

for (const [name, cases] of Object.entries(table)) {
  t.test(name, async (t) => {
    for (const [what, resource, expected] of cases)
      t.same(errors(resource).sort(), [...expected].sort(), what);
  });
}

t.test('what is not an object is no resource', async (t) => {
  for (const value of [null, 1, 'x', [], true]) t.same(errors(value), ['not-a-resource @ Resource']);
});

t.test('nesting without end is refused, not a crash', async (t) => {
  let item: object = { linkId: 'a', type: 'group' };
  for (let i = 0; i < 100_000; i++) item = { linkId: 'a', type: 'group', item: [item] };
  t.same(errors({ resourceType: 'Questionnaire', status: 'draft', item: [item] }), [
    'too-deep @ Questionnaire',
  ]);
});

t.test('the same resource gets the same answer whatever was validated before', async (t) => {
  const good = observation({});
  const bad = observation({ status: 'done', x: 1 });
  const first = errors(bad);
  t.same(errors(good), []);
  t.same(errors(bad), first);
  t.same(errors(good), []);
});

t.test('units that cannot be read are not written to the console', async (t) => {
  const { log } = console;
  const written: unknown[] = [];
  console.log = (...words: unknown[]) => written.push(...words);
  try {
    const low = { value: 1, unit: 'Donald Duck' };
    const high = { value: 2, system: 'http://unitsofmeasure.org', code: 'mg' };
    validator.validate({
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      referenceRange: [{ low, high, age: { low, high } }],
    });
  } finally {
    console.log = log;
  }
  t.same(written, []);
});

t.test('control characters are found whether the text is known or not', async (t) => {
  const texts = [
    String.raw`{"resourceType":"Patient","name":[{"family":"a\u0001"}]}`,
    String.raw`{"resourceType":"Patient","photo":[{"url":"http://kat.test/a\tb"}]}`,
    '{"resourceType":"Patient","photo":[{"url":"http://kat.test/a b"}]}',
    '{"resourceType":"Patient","name":[{"family":" "}]}',
  ];
  for (const text of texts) {
    const resource = JSON.parse(text);
    const said = validator.validate(resource);
    t.equal(said.length, 1, text);
    t.same(validator.validate(resource, { text }), said, text);
  }
});
