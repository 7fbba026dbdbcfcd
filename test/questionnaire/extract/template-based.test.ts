/** Resources from templates: the example of the SDC specification, and rules one by one. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { createExpressionCompiler } from '../../../src/fhirpath/create-expression-compiler.ts';
import { type Extracted, extract } from '../../../src/questionnaire/extract/extract.ts';
import type { Json } from '../../../src/questionnaire/extract/extraction.ts';
import { registry } from '../../support/registry.ts';

const { model } = registry();
const compile = createExpressionCompiler(model);
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';

// biome-ignore lint/suspicious/noExplicitAny: resources of many shapes are looked into
type Loose = any;

function extracted(form: Json, item: object[]): Extracted {
  let serial = 0;
  const response = {
    resourceType: 'QuestionnaireResponse',
    id: 'r1',
    status: 'completed',
    authored: '2026-03-01T10:00:00Z',
    author: { reference: 'Practitioner/a' },
    item,
  };
  return extract(form, response, { model, compile, newId: () => `id-${++serial}` });
}
const entries = ({ resource }: Extracted): Loose[] => (resource?.entry ?? []) as Loose[];

const text = (linkId: string, ...values: string[]) => ({
  linkId,
  answer: values.map((valueString) => ({ valueString })),
});

t.test('the example of the specification: a patient, contacts, observations', async (t) => {
  const file = new URL(
    '../../../node_modules/hl7.fhir.uv.sdc/Questionnaire-extract-complex-template.json',
    import.meta.url,
  );
  const form = JSON.parse(readFileSync(file, 'utf8')) as Json;
  const result = extracted(form, [
    {
      linkId: 'patient',
      item: [
        { linkId: 'name', item: [text('given', 'Ann', 'Bea'), text('family', 'Example')] },
        { linkId: 'gender', answer: [{ valueCoding: { system: 'urn:g', code: 'female' } }] },
        text('ihi', '8003601234567890'),
      ],
    },
    { linkId: 'contacts', item: [text('contact-name', 'Carl')] },
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
      identifier: [
        {
          type: { text: 'National Identifier (IHI)' },
          system: 'http://example.org/nhio',
          value: '8003601234567890',
        },
      ],
      name: [{ text: 'Ann Bea Example', family: 'Example', given: ['Ann', 'Bea'] }],
      gender: 'female',
    },
    request: { method: 'POST', url: 'Patient' },
  });
  t.match(carl.resource, { name: [{ text: 'Carl' }], patient: { reference: 'urn:uuid:id-1' } });
  t.notOk('telecom' in carl.resource, 'what has no answer is left out with all it holds');
  t.match(dora.resource.telecom, [{ system: 'phone', value: '555', use: 'mobile' }]);
  t.match(height.resource, {
    status: 'final',
    subject: { reference: 'urn:uuid:id-1' },
    effectiveDateTime: '2026-03-01T10:00:00Z',
    performer: [{ reference: 'Practitioner/a' }],
    valueQuantity: { value: 175, unit: 'cm', code: 'cm' },
  });
});

const value = (valueString: string) => ({ extension: [{ url: `${sdc}templateExtractValue`, valueString }] });
const placed = (...parts: object[]) => ({
  url: `${sdc}templateExtract`,
  extension: [{ url: 'template', valueReference: { reference: '#t' } }, ...parts],
});

t.test('a static value stays, one with an expression goes when the expression has no value', async (t) => {
  const form = {
    contained: [
      { resourceType: 'Basic', id: 't', language: 'en', implicitRules: 'urn:x', _implicitRules: value('{}') },
    ],
    extension: [placed()],
  };
  t.match(entries(extracted(form, [])), [{ resource: { resourceType: 'Basic', language: 'en' } }]);
  t.notOk('implicitRules' in entries(extracted(form, []))[0].resource);
});

t.test('a template at a group is filled once for each repetition, and not without one', async (t) => {
  const form = {
    contained: [
      { resourceType: 'Basic', id: 't', code: { _text: value("item.where(linkId='n').answer.value") } },
    ],
    item: [
      {
        linkId: 'g',
        type: 'group',
        repeats: true,
        extension: [placed()],
        item: [{ linkId: 'n', type: 'string' }],
      },
    ],
  };
  const groups = ['a', 'b'].map((word) => ({ linkId: 'g', item: [text('n', word)] }));
  t.same(
    entries(extracted(form, groups)).map(({ resource }) => resource.code.text),
    ['a', 'b'],
  );
  t.same(entries(extracted(form, [])), []);
});

t.test('with an id a resource is put in its place, under conditions if the form has any', async (t) => {
  const form = {
    contained: [{ resourceType: 'Basic', id: 't', language: 'en' }],
    extension: [
      placed(
        { url: 'resourceId', valueString: "'b1'" },
        { url: 'ifMatch', valueString: '\'W/"2"\'' },
        { url: 'fullUrl', valueString: "'urn:uuid:known'" },
      ),
    ],
  };
  t.same(entries(extracted(form, [])), [
    {
      fullUrl: 'urn:uuid:known',
      resource: { resourceType: 'Basic', language: 'en', id: 'b1' },
      request: { method: 'PUT', url: 'Basic/b1', ifMatch: 'W/"2"' },
    },
  ]);
});

t.test('a bundle may be the template', async (t) => {
  const resource = { resourceType: 'Basic', code: { _text: value("item.where(linkId='n').answer.value") } };
  const form = {
    contained: [
      {
        resourceType: 'Bundle',
        id: 't',
        type: 'transaction',
        entry: [{ fullUrl: 'urn:uuid:e1', resource, request: { method: 'POST', url: 'Basic' } }],
      },
    ],
    extension: [{ url: `${sdc}templateExtractBundle`, valueReference: { reference: '#t' } }],
    item: [{ linkId: 'n', type: 'string' }],
  };
  t.same(entries(extracted(form, [text('n', 'a')])), [
    {
      fullUrl: 'urn:uuid:e1',
      resource: { resourceType: 'Basic', code: { text: 'a' } },
      request: { method: 'POST', url: 'Basic' },
    },
  ]);
});

t.test('a template that is not there, and an expression that fails, are said', async (t) => {
  const missing = { extension: [placed()] };
  t.match(extracted(missing, []), { resource: undefined, issues: [{ key: 'extract-template' }] });
  const broken = {
    contained: [{ resourceType: 'Basic', id: 't', language: 'en', _implicitRules: value('((') }],
    extension: [placed()],
  };
  t.match(extracted(broken, []).issues, [{ key: 'extract-expression' }]);
});
