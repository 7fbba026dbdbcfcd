/** The example forms of the SDC guide, each answered the same way; what is expected is read off the forms. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Resource } from '../../../src/fhir/resource.ts';
import { createExpressionCompiler } from '../../../src/fhirpath/create-expression-compiler.ts';
import { extract } from '../../../src/questionnaire/extract/extract.ts';
import { registry as openRegistry } from '../../support/registry.ts';

const registry = openRegistry();
const { model } = registry;
const compile = createExpressionCompiler(model);
const folder = new URL('../../../node_modules/hl7.fhir.uv.sdc/', import.meta.url);
const example = (file: string): Resource => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

// biome-ignore lint/suspicious/noExplicitAny: resources of many shapes are looked into
type Loose = any;

const author = { reference: 'Practitioner/a' };
const authored = '2026-03-01T10:00:00Z';
const coding = (system: string, code: string, display: string) => ({ system, code, display });
const female = coding('http://hl7.org/fhir/administrative-gender', 'female', 'Female');
const mother = coding('http://terminology.hl7.org/CodeSystem/v3-RoleCode', 'MTH', 'mother');
const one = (linkId: string, answer: object) => ({ linkId, answer: [answer] });

const responseTo = (form: Resource) => ({
  resourceType: 'QuestionnaireResponse',
  id: 'r1',
  questionnaire: `${form.url}|${form.version}`,
  status: 'completed',
  authored,
  author,
  item: [
    {
      linkId: 'patient',
      item: [
        {
          linkId: 'name',
          item: [one('given', { valueString: 'Ann' }), one('family', { valueString: 'Example' })],
        },
        one('gender', { valueCoding: female }),
        one('dob', { valueDate: '1980-02-03' }),
        one('ihi', { valueString: '8003608000228437' }),
        one('mobile-phone', { valueString: '0491 570 156' }),
      ],
    },
    {
      linkId: 'contacts',
      item: [
        one('contact-name', { valueString: 'Bea Example' }),
        one('relationship', { valueCoding: mother }),
        one('phone', { valueString: '0491 570 157' }),
      ],
    },
    {
      linkId: 'obs',
      item: [
        one('height', { valueDecimal: 1.75 }),
        one('weight', { valueDecimal: 71.5 }),
        one('complication', { valueBoolean: false }),
      ],
    },
  ],
});

function extracted(form: Resource): { entries: Loose[]; issues: readonly object[] } {
  let serial = 0;
  const { resource, issues } = extract(form, responseTo(form), {
    model,
    compile,
    newId: () => `00000000-0000-4000-8000-${String(++serial).padStart(12, '0')}`,
    typeOf: (profile) => registry.structure(profile)?.type,
  });
  return { entries: (resource?.entry ?? []) as Loose[], issues };
}

const telecom = (value: string) => ({ system: 'phone', value, use: 'mobile' });
/** The form by definitions has the two the wrong way round. */
const swapped = (value: string) => ({ system: 'mobile', value, use: 'phone' });
const ucum = (value: number, unit: string) => ({
  valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit },
});

/** That form gives the unit only as text. */
const plain = (value: number, unit: string) => ({ valueQuantity: { value, unit } });

for (const { file, ways, phone, sizes } of [
  {
    file: 'Questionnaire-extract-complex-template.json',
    ways: 'templates',
    phone: telecom,
    sizes: [ucum(175, 'cm'), ucum(71.5, 'kg')],
  },
  {
    file: 'Questionnaire-extract-complex-template2.json',
    ways: 'a template of the Bundle',
    phone: telecom,
    sizes: [ucum(175, 'cm'), ucum(71.5, 'kg')],
  },
  {
    file: 'Questionnaire-extract-complex-defn3.json',
    ways: 'definitions',
    phone: swapped,
    sizes: [plain(1.75, 'm'), plain(71.5, 'kg')],
  },
]) {
  t.test(`the complex example extracts by ${ways}`, (t) => {
    const { entries, issues } = extracted(example(file));
    t.same(issues, []);
    const [patient, related, ...observations] = entries;
    t.match(patient.fullUrl, /^urn:uuid:/);
    t.match(patient.resource, {
      resourceType: 'Patient',
      identifier: [
        {
          type: { text: 'National Identifier (IHI)' },
          system: 'http://example.org/nhio',
          value: '8003608000228437',
        },
      ],
      name: [{ text: 'Ann Example', family: 'Example', given: ['Ann'] }],
      telecom: [phone('0491 570 156')],
      gender: 'female',
    });
    t.match(related.resource, {
      resourceType: 'RelatedPerson',
      patient: { reference: patient.fullUrl },
      relationship: [{ coding: [mother] }],
      name: [{ text: 'Bea Example' }],
      telecom: [phone('0491 570 157')],
    });
    const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
    const about = {
      subject: { reference: patient.fullUrl },
      effectiveDateTime: authored,
      issued: authored,
      performer: [author],
    };
    const complication = {
      code: { coding: [{ code: 'sigmoidoscopy-complication' }] },
      ...about,
      valueBoolean: false,
    };
    const expected = [
      { code: loinc('8302-2'), ...about, ...sizes[0] },
      { code: loinc('29463-7'), ...about, ...sizes[1] },
      // The form by definitions does not say that this question begins a resource.
      ...(ways === 'definitions' ? [] : [complication]),
    ];
    t.equal(observations.length, expected.length);
    for (const [n, one] of expected.entries()) t.match(observations[n].resource, one);
    t.same(
      entries.map(({ request }) => `${request.method} ${request.url}`),
      ['Patient', 'RelatedPerson', ...expected.map(() => 'Observation')].map((type) => `POST ${type}`),
    );
    t.notMatch(JSON.stringify(entries), /templateExtract/, 'what guides the extraction stays behind');
    t.end();
  });
}

t.test('of the PHQ-9 example the score is extracted, by the one code that says so', (t) => {
  const form = example('example/Questionnaire-questionnaire-sdc-profile-example-cqf-PHQ9.json');
  const item = [
    one('LittleInterest', { valueCoding: coding('http://loinc.org', 'LA6569-3', 'Several days') }),
    one('TotalScore', { valueInteger: 13 }),
  ];
  const subject = { reference: 'Patient/p' };
  const response = { ...responseTo(form), subject, item };
  const { resource, issues } = extract(form, response, { model, compile, newId: () => 'id' });
  t.same(issues, []);
  const entries = (resource?.entry ?? []) as Loose[];
  t.equal(entries.length, 1);
  t.match(entries[0].resource, {
    resourceType: 'Observation',
    status: 'final',
    category: [{ coding: [{ code: 'survey' }] }],
    subject,
    effectiveDateTime: authored,
    issued: authored,
    performer: [author],
    valueInteger: 13,
    derivedFrom: [{ reference: 'QuestionnaireResponse/r1' }],
  });
  const codes = entries[0].resource.code.coding.map(({ code }: Loose) => code);
  t.same(codes, ['44261-6'], 'not by the code without the extension');
  t.end();
});
