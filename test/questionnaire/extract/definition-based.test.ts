/** Resources by the definitions of items: the example of the SDC specification, and rules one by one. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { createExpressionCompiler } from '../../../src/fhirpath/create-expression-compiler.ts';
import { type Extracted, extract } from '../../../src/questionnaire/extract/extract.ts';
import type { Json } from '../../../src/questionnaire/extract/extraction.ts';
import { registry } from '../../support/registry.ts';

const { model } = registry();
const compile = createExpressionCompiler(model);
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';
const core = 'http://hl7.org/fhir/StructureDefinition/';

// biome-ignore lint/suspicious/noExplicitAny: resources of many shapes are looked into
type Loose = any;

function extracted(form: Json, item: object[], more: object = {}): Extracted {
  let serial = 0;
  const response = {
    resourceType: 'QuestionnaireResponse',
    id: 'r1',
    status: 'completed',
    authored: '2026-03-01T10:00:00Z',
    author: { reference: 'Practitioner/a' },
    item,
  };
  return extract(form, response, { model, compile, newId: () => `id-${++serial}`, ...more });
}
const entries = ({ resource }: Extracted): Loose[] => (resource?.entry ?? []) as Loose[];
const text = (linkId: string, ...values: string[]) => ({
  linkId,
  answer: values.map((valueString) => ({ valueString })),
});
const begins = (definition: string) => ({
  url: `${sdc}definitionExtract`,
  extension: [{ url: 'definition', valueCanonical: definition }],
});
const states = (definition: string, fixed: object) => ({
  url: `${sdc}definitionExtractValue`,
  extension: [
    { url: 'definition', valueUri: definition },
    { url: 'fixed-value', ...fixed },
  ],
});

t.test('the example of the specification: a patient, contacts, observations', async (t) => {
  const file = new URL(
    '../../../node_modules/hl7.fhir.uv.sdc/Questionnaire-extract-complex-defn3.json',
    import.meta.url,
  );
  const form = JSON.parse(readFileSync(file, 'utf8')) as Json;
  const result = extracted(form, [
    {
      linkId: 'patient',
      item: [
        { linkId: 'name', item: [text('given', 'Ann', 'Bea'), text('family', 'Example')] },
        { linkId: 'name', item: [text('given', 'Anna'), text('family', 'Maiden')] },
        { linkId: 'gender', answer: [{ valueCoding: { system: 'urn:g', code: 'female' } }] },
        { linkId: 'dob', answer: [{ valueDate: '1980-02-03' }] },
        text('ihi', '8003601234567890'),
      ],
    },
    {
      linkId: 'contacts',
      item: [
        text('contact-name', 'Carl'),
        { linkId: 'relationship', answer: [{ valueCoding: { system: 'urn:r', code: 'C' } }] },
      ],
    },
    { linkId: 'contacts', item: [text('contact-name', 'Dora'), text('phone', '555')] },
    { linkId: 'obs', item: [{ linkId: 'height', answer: [{ valueDecimal: 1.75 }] }] },
  ]);
  t.same(result.issues, []);
  const [patient, carl, dora, height, ...more] = entries(result);
  t.same(more, []);
  t.same(patient, {
    fullUrl: 'urn:uuid:id-1',
    resource: {
      resourceType: 'Patient',
      name: [
        { given: ['Ann', 'Bea'], family: 'Example', text: 'Ann Bea Example' },
        { given: ['Anna'], family: 'Maiden', text: 'Anna Maiden' },
      ],
      gender: 'female',
      birthDate: '1980-02-03',
      identifier: [
        {
          value: '8003601234567890',
          type: { text: 'National Identifier (IHI)' },
          system: 'http://example.org/nhio',
        },
      ],
    },
    request: { method: 'POST', url: 'Patient' },
  });
  t.match(carl.resource, {
    patient: { reference: 'urn:uuid:id-1' },
    name: [{ text: 'Carl' }],
    relationship: [{ coding: [{ code: 'C' }] }],
  });
  t.notOk('telecom' in carl.resource, 'nothing is stated about what has no answer');
  t.match(dora.resource.telecom, [{ value: '555' }]);
  t.match(height.resource, {
    status: 'final',
    code: { coding: [{ code: '8302-2' }] },
    subject: { reference: 'urn:uuid:id-1' },
    effectiveDateTime: '2026-03-01T10:00:00Z',
    performer: [{ reference: 'Practitioner/a' }],
    valueQuantity: { value: 1.75, unit: 'm' },
    derivedFrom: [{ reference: 'QuestionnaireResponse/r1' }],
  });
});

t.test('answers take the shape of the element they go to', async (t) => {
  const observation = `${core}Observation#Observation.`;
  const cases: readonly [path: string, type: string, answer: object, resource: object][] = [
    ['value[x]', 'boolean', { valueBoolean: true }, { valueBoolean: true }],
    [
      'value[x]',
      'choice',
      { valueCoding: { system: 'urn:x', code: 'y' } },
      { valueCodeableConcept: { coding: [{ system: 'urn:x', code: 'y' }] } },
    ],
    ['value[x]', 'decimal', { valueDecimal: 2 }, { valueQuantity: { value: 2 } }],
    ['value', 'date', { valueDate: '2026-01-01' }, { valueDateTime: '2026-01-01' }],
    ['method', 'string', { valueString: 'by hand' }, { method: { text: 'by hand' } }],
    ['note.text', 'text', { valueString: 'a' }, { note: [{ text: 'a' }] }],
    [
      'device',
      'reference',
      { valueReference: { reference: 'Device/d' } },
      { device: { reference: 'Device/d' } },
    ],
  ];
  for (const [path, type, answer, resource] of cases) {
    const form = {
      extension: [begins(`${core}Observation`)],
      item: [{ linkId: 'q', type, definition: observation + path }],
    };
    const result = extracted(form, [{ linkId: 'q', answer: [answer] }]);
    t.same(entries(result)[0]?.resource, { resourceType: 'Observation', ...resource }, path);
  }
});

t.test('two questions about elements that repeat do not share one', async (t) => {
  const telecom = `${core}Patient#Patient.telecom.`;
  const question = (linkId: string, system: string) => ({
    linkId,
    type: 'string',
    definition: `${telecom}value`,
    extension: [states(`${telecom}system`, { valueCode: system })],
  });
  const form = {
    extension: [begins(`${core}Patient`)],
    item: [question('p', 'phone'), question('m', 'email')],
  };
  t.same(entries(extracted(form, [text('p', '555'), text('m', 'a@b.example')]))[0].resource.telecom, [
    { value: '555', system: 'phone' },
    { value: 'a@b.example', system: 'email' },
  ]);
});

t.test('a profile is claimed by what is made for it', async (t) => {
  const profile = 'https://w3id.org/kat-fhir/StructureDefinition/kat-goal';
  const form = {
    extension: [begins(profile)],
    item: [{ linkId: 'g', type: 'string', definition: `${profile}#Goal.description.text` }],
  };
  const typeOf = (canonical: string) => (canonical === profile ? 'Goal' : undefined);
  t.same(entries(extracted(form, [text('g', 'Sleep')], { typeOf }))[0].resource, {
    resourceType: 'Goal',
    meta: { profile: [profile] },
    description: { text: 'Sleep' },
  });
});

t.test('with its id a resource is updated; without any answer there is none', async (t) => {
  const form = {
    item: [
      {
        linkId: 'g',
        type: 'group',
        extension: [begins(`${core}Patient`)],
        item: [
          { linkId: 'id', type: 'string', definition: `${core}Patient#Patient.id` },
          { linkId: 'b', type: 'date', definition: `${core}Patient#Patient.birthDate` },
        ],
      },
    ],
  };
  const born = { linkId: 'b', answer: [{ valueDate: '1980-02-03' }] };
  t.match(entries(extracted(form, [{ linkId: 'g', item: [text('id', 'p1'), born] }])), [
    { request: { method: 'PUT', url: 'Patient/p1' }, resource: { id: 'p1', birthDate: '1980-02-03' } },
  ]);
  t.same(entries(extracted(form, [{ linkId: 'g', item: [] }])), []);
});

t.test('an element or a type that does not exist is said', async (t) => {
  const form = {
    extension: [begins(`${core}Patient`)],
    item: [{ linkId: 'q', type: 'string', definition: `${core}Patient#Patient.height` }],
  };
  t.match(extracted(form, [text('q', 'x')]).issues, [{ key: 'extract-element' }]);
  const unknown = { extension: [begins('urn:profile/of-nothing')] };
  t.match(extracted(unknown, []).issues, [{ key: 'extract-element' }]);
});
