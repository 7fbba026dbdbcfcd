import t from 'tap';
import { errors, findings, profile, validatorWith } from './parts.ts';

const patient = (more: object) => ({ resourceType: 'Patient', ...more });
const observation = (code: object, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code,
  ...more,
});
const observationCategory = 'http://terminology.hl7.org/CodeSystem/observation-category';

t.test('a required binding refuses other codes', async (t) => {
  t.same(errors(patient({ gender: 'female' })), []);
  t.same(errors(patient({ gender: 'Female' })), ['binding-required @ Patient.gender']);
  t.same(errors(patient({ gender: ' female' })), ['format @ Patient.gender']);
  t.same(errors(patient({ telecom: [{ system: 'pigeon', value: 'x' }] })), [
    'binding-required @ Patient.telecom[0].system',
  ]);
  const condition = (clinicalStatus: object) => ({
    resourceType: 'Condition',
    subject: { display: 'x' },
    clinicalStatus,
  });
  const system = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
  t.same(errors(condition({ coding: [{ system, code: 'active' }] })), []);
  t.same(
    errors(
      condition({
        coding: [
          { system: 'http://x.com', code: 'active' },
          { system, code: 'active' },
        ],
      }),
    ),
    [],
  );
  t.same(errors(condition({ coding: [{ system: 'http://x.com', code: 'active' }] })), [
    'binding-required @ Condition.clinicalStatus',
  ]);
  t.same(errors(condition({ text: 'active' })), ['binding-required @ Condition.clinicalStatus']);
});

t.test('a required code cannot be replaced by an extension', async (t) => {
  const extension = [
    { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' },
  ];
  t.same(errors(patient({ _gender: { extension } })), ['binding-required @ Patient.gender']);
});

t.test('extensible bindings warn and preferred ones inform', async (t) => {
  const married = (coding: object) => patient({ maritalStatus: { coding: [coding] } });
  const system = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus';
  t.same(findings(married({ system, code: 'M' }), 'warning'), []);
  t.same(findings(married({ system: 'http://x.com', code: 'M' }), 'warning'), [
    'binding-extensible @ Patient.maritalStatus',
  ]);
  t.same(findings(patient({ maritalStatus: { text: 'married' } }), 'warning'), [], 'text alone may stand');
  const category = (coding: object) => observation({ text: 'x' }, { category: [{ coding: [coding] }] });
  t.same(findings(category({ system: observationCategory, code: 'survey' }), 'information'), []);
  t.ok(
    findings(category({ system: 'http://x.com', code: 'survey' }), 'information').includes(
      'binding-preferred @ Observation.category[0]',
    ),
  );
});

t.test('a code that its own system does not have is an error anywhere', async (t) => {
  t.same(errors(observation({ coding: [{ system: observationCategory, code: 'survey' }] })), []);
  t.same(errors(observation({ coding: [{ system: observationCategory, code: 'surveys' }] })), [
    'code-unknown @ Observation.code.coding[0].code',
  ]);
});

t.test('a display that its system does not give is a warning', async (t) => {
  const shown = (display: string) =>
    observation({ coding: [{ system: observationCategory, code: 'survey', display }] });
  t.same(findings(shown('Survey'), 'warning'), []);
  t.same(findings(shown('survey '), 'warning'), [], 'case and white space do not matter');
  t.same(findings(shown('Laboratory'), 'warning'), ['code-display @ Observation.code.coding[0].display']);
  t.same(errors(shown('Laboratory')), []);
});

t.test('a display may be in another language that the system has', async (t) => {
  const shown = (display: string) =>
    observation({
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0001', code: 'M', display }],
    });
  t.same(findings(shown('Male'), 'warning'), []);
  t.same(findings(shown('männlich'), 'warning'), []);
  t.same(findings(shown('weiblich'), 'warning'), ['code-display @ Observation.code.coding[0].display']);
});

t.test('a display may be one that a supplement of the system or a value set gives', async (t) => {
  const by = validatorWith(
    {
      resourceType: 'CodeSystem',
      url: 'https://kat.test/CodeSystem/observation-category-cs',
      status: 'active',
      content: 'supplement',
      supplements: `${observationCategory}|4.0.1`,
      concept: [{ code: 'survey', designation: [{ language: 'cs', value: 'Průzkum' }] }],
    },
    {
      resourceType: 'ValueSet',
      url: 'https://kat.test/ValueSet/forms',
      status: 'active',
      compose: {
        include: [{ system: observationCategory, concept: [{ code: 'survey', display: 'A form' }] }],
      },
    },
  );
  const shown = (display: string) =>
    observation({ coding: [{ system: observationCategory, code: 'survey', display }] });
  const other = ['code-display @ Observation.code.coding[0].display'];
  t.same(findings(shown('Průzkum'), 'warning', {}, by), []);
  t.same(findings(shown('a form'), 'warning', {}, by), []);
  t.same(findings(shown('Dotazník'), 'warning', {}, by), other);
  t.same(findings(shown('Průzkum'), 'warning'), other);
});

t.test('a code is looked up in the edition that its coding names', async (t) => {
  const edition = (version: string, code: string) => ({
    resourceType: 'CodeSystem',
    url: 'https://kat.test/CodeSystem/editions',
    version,
    status: 'active',
    content: 'complete',
    concept: [{ code }, { code: 'both', display: `Both ${version}` }],
  });
  const by = validatorWith(edition('1', 'old'), edition('2', 'new'));
  const coded = (coding: object) =>
    observation({ coding: [{ system: 'https://kat.test/CodeSystem/editions', ...coding }] });
  const unknown = ['code-unknown @ Observation.code.coding[0].code'];
  for (let round = 0; round < 2; round++) {
    t.same(errors(coded({ version: '1', code: 'old' }), {}, by), []);
    t.same(errors(coded({ version: '1', code: 'new' }), {}, by), unknown);
    t.same(errors(coded({ version: '2', code: 'old' }), {}, by), unknown);
    t.same(errors(coded({ code: 'old' }), {}, by), [], 'any edition may be meant');
    t.same(errors(coded({ version: '3', code: 'new' }), {}, by), [], 'an edition that is not known');
    t.same(findings(coded({ version: '1', code: 'both', display: 'Both 1' }), 'warning', {}, by), []);
    t.same(findings(coded({ code: 'both', display: 'Both 1' }), 'warning', {}, by), []);
    t.same(findings(coded({ code: 'both', display: 'Both 2' }), 'warning', {}, by), []);
    t.same(findings(coded({ version: '2', code: 'both', display: 'Both 1' }), 'warning', {}, by), [
      'code-display @ Observation.code.coding[0].display',
    ]);
  }
});

t.test('a code outside of the known part of its system is a warning', async (t) => {
  const part = {
    resourceType: 'CodeSystem',
    url: 'https://kat.test/CodeSystem/part',
    status: 'active',
    content: 'fragment',
    concept: [{ code: 'a' }],
  };
  const by = validatorWith(part);
  const warned = (code: string) =>
    findings(observation({ coding: [{ system: part.url, code }] }), 'warning', {}, by);
  t.same(warned('a'), []);
  t.same(warned('b'), ['code-fragment @ Observation.code.coding[0].code']);
});

t.test('what is wrong with the code of a unit is a warning', async (t) => {
  const said = (system: string, code: string) => {
    const quantity = { value: 1, unit: 'x', system, code };
    const resource = observation({ text: 'x' }, { valueQuantity: quantity });
    t.same(errors(resource), []);
    return [...findings(resource, 'warning'), ...findings(resource, 'information')];
  };
  const forms = 'http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm';
  t.same(said('http://unitsofmeasure.org', 'mg'), []);
  t.same(said('http://unitsofmeasure.org', 'mgs'), ['unit-unknown @ Observation.value.code']);
  t.same(said(forms, 'TAB'), []);
  t.same(said(forms, 'TABLET'), ['code-unknown @ Observation.value.code']);
  t.same(said('https://unitsofmeasure.org', 'mg'), ['code-system-https @ Observation.value.system']);
  t.same(said('http://snomed.info/sct', '428673006'), ['code-not-checked @ Observation.value.code']);
  const condition = (code: string) => ({
    resourceType: 'Condition',
    subject: { display: 'x' },
    onsetAge: { value: 1, unit: 'x', system: 'http://unitsofmeasure.org', code },
  });
  t.same(findings(condition('a'), 'warning'), []);
  t.same(findings(condition('years'), 'warning'), [
    'unit-unknown @ Condition.onset.code',
    'binding-extensible @ Condition.onset',
  ]);
});

t.test('ages, durations and distances have the units that their types are bound to', async (t) => {
  const condition = (key: string, code: string) => ({
    resourceType: 'Condition',
    subject: { display: 'x' },
    [key]: { value: 1, unit: 'x', system: 'http://unitsofmeasure.org', code },
  });
  const unusual = ['binding-extensible @ Condition.onset'];
  t.same(findings(condition('onsetAge', 'a'), 'warning'), []);
  t.same(findings(condition('onsetAge', 'min'), 'warning'), []);
  t.same(findings(condition('onsetAge', 's'), 'warning'), unusual);
  t.same(findings(condition('onsetAge', 'mg'), 'warning'), unusual);
  const parameter = (key: string, code: string) => ({
    resourceType: 'Parameters',
    parameter: [
      { name: 'x', [key]: { value: 1, unit: 'x', system: 'http://unitsofmeasure.org', code } },
      { name: 'y', [key]: { extension: [{ url: 'http://example.org/x', valueString: 'no code' }] } },
    ],
  });
  const wrong = ['binding-extensible @ Parameters.parameter[0].value'];
  t.same(findings(parameter('valueDuration', 's'), 'warning'), []);
  t.same(findings(parameter('valueDuration', 'm'), 'warning'), wrong);
  t.same(findings(parameter('valueDistance', 'km'), 'warning'), []);
  t.same(findings(parameter('valueDistance', 'h'), 'warning'), wrong);
});

t.test('a supplement and a value set are no code systems', async (t) => {
  const supplement = {
    resourceType: 'CodeSystem',
    url: 'https://kat.test/CodeSystem/s',
    status: 'active',
    content: 'supplement',
    supplements: observationCategory,
    concept: [{ code: 'survey' }],
  };
  const by = validatorWith(supplement);
  t.same(errors(observation({ coding: [{ system: supplement.url, code: 'survey' }] }), {}, by), [
    'code-system-supplement @ Observation.code.coding[0].system',
  ]);
  const valueSet = 'http://hl7.org/fhir/ValueSet/observation-category';
  t.same(errors(observation({ coding: [{ system: valueSet, code: 'survey' }] })), [
    'code-system-is-value-set @ Observation.code.coding[0].system',
  ]);
});

t.test('what is not shipped is said to be unchecked, once', async (t) => {
  const snomed = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
  const procedure = { resourceType: 'Procedure', status: 'completed', subject: { display: 'x' } };
  const said = findings(
    { ...procedure, category: snomed('1'), outcome: snomed('2'), code: snomed('3') },
    'information',
  );
  t.same(
    said.filter((one) => one.startsWith('code-not-checked')),
    ['code-not-checked @ Procedure.category.coding[0].code'],
  );
});

t.test('every value set that R4 has and binds is found by the version of R4', async (t) => {
  const extension = (valueCode: string) =>
    errors(
      patient({
        extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/iso21090-nullFlavor', valueCode }],
      }),
    );
  t.same(extension('ASKU'), []);
  t.same(extension('asku'), ['binding-required @ Patient.extension[0].value']);
  const actor = (type: string) =>
    errors({ resourceType: 'ExampleScenario', status: 'draft', actor: [{ actorId: 'a', type }] });
  t.same(actor('person'), []);
  t.same(actor('human'), ['binding-required @ ExampleScenario.actor[0].type']);
});

t.test('what cannot be a code of LOINC is none, though its codes are not shipped', async (t) => {
  const loinc = (code: string) => errors(observation({ coding: [{ system: 'http://loinc.org', code }] }));
  for (const code of ['44261-6', '1-8', '8480-6', 'LA6683-2', 'LP173421-1', 'LL715-4', 'MTHU000999'])
    t.same(loinc(code), [], code);
  for (const code of ['44261-5', '44261', 'PHQ-9', '44261-66'])
    t.same(loinc(code), ['code-unknown @ Observation.code.coding[0].code'], code);
});

t.test('the name of a code system is its own to the letter', async (t) => {
  const of = (system: string) =>
    errors({
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system, code: '44261-6' }] },
    });
  t.same(of('http://loinc.org'), []);
  t.same(of('https://loinc.org'), ['code-system-https @ Observation.code.coding[0].system']);
  t.same(of('https://codes.kat.test'), []);
});

t.test('nothing can be bound to a code system', async (t) => {
  const bound = (valueSet: string) => {
    const demand = profile('Observation', {
      'Observation.code': { binding: { strength: 'required', valueSet } },
    });
    return errors(
      observation(
        { coding: [{ system: 'http://hl7.org/fhir/administrative-gender', code: 'male' }] },
        { meta: { profile: [demand.url] } },
      ),
      {},
      validatorWith(demand),
    );
  };
  t.same(bound('http://hl7.org/fhir/ValueSet/administrative-gender'), []);
  t.same(bound('http://hl7.org/fhir/administrative-gender'), ['canonical-type @ Observation.code']);
});

t.test('a code of a v2 table may stand for many', async (t) => {
  const typed = (table: string, code: string, display?: string) =>
    errors(
      patient({
        identifier: [
          {
            value: '1',
            type: {
              coding: [{ system: `http://terminology.hl7.org/CodeSystem/v2-${table}`, code, display }],
            },
          },
        ],
      }),
    ).filter((one) => one.startsWith('code-'));
  const unknown = ['code-unknown @ Patient.identifier[0].type.coding[0].code'];
  t.same(typed('0203', 'NNESP', 'National Identifier for Spain'), []);
  t.same(typed('0203', 'NN-1'), unknown);
  t.same(typed('0203', 'QQESP'), unknown);
  t.same(typed('0396', 'HL70203'), []);
  t.same(typed('0396', 'HL7x203'), unknown);
});

t.test('what only looks like the URL of a code system is none', async (t) => {
  const tagged = (system: string) => patient({ meta: { tag: [{ system, code: 'x' }] } });
  const wrong = ['code-system-unknown @ Patient.meta.tag[0].system'];
  for (const system of [
    'http://hl7.org/fhir/nonsense',
    'http://hl7.org/fhir/v3/ActCode',
    'http://hl7.org/fhir/R4/codesystem-administrative-gender.html',
    'https://build.fhir.org/codesystem-task-code.html',
    'http://loinc.org/',
    'http://snomed.info/sct/731000124108',
    'http://unitsofmeasure.org/ucum',
  ]) {
    t.same(errors(tagged(system)), wrong, system);
    const concept = observation({ coding: [{ system, code: 'x' }] });
    t.same(errors(concept), [], 'a concept may have other codings, and has its text');
    t.same(findings(concept, 'warning'), ['code-system-unknown @ Observation.code.coding[0].system']);
  }
  for (const system of [
    'http://hl7.org/fhir/sid/icd-10',
    'http://hl7.org/fhir/us/core/CodeSystem/x',
    'http://snomed.info/id/73211009',
    'http://x.com/page.html',
  ])
    t.same(errors(tagged(system)), [], system);
  const measured = (system: string) =>
    observation({ text: 'x' }, { valueQuantity: { value: 1, unit: 'mg', system, code: 'mg' } });
  t.same(errors(measured('http://unitsofmeasure.org')), []);
  t.same(errors(measured('http://unitsofmeasure.org/')), ['code-system-unknown @ Observation.value.system']);
});

t.test('a maximum value set lies as a required one over the top of a weaker binding', async (t) => {
  const language = (concept: object) => patient({ communication: [{ language: concept }] });
  const coded = (system: string, code: string) => language({ coding: [{ system, code }] });
  t.same(errors(coded('urn:ietf:bcp:47', 'gsw-CH')), []);
  t.same(errors(coded('http://x.com', 'en')), ['binding-required @ Patient.communication[0].language']);
  t.same(errors(language({ text: 'by signs' })), [], 'what is only preferred may be said in words');
  t.same(errors(patient({ language: 'de-CH' })), []);
  t.same(errors(patient({ language: 'english' })), ['binding-required @ Patient.language']);

  const maximum = (strength: string) => ({
    strength,
    valueSet: 'http://hl7.org/fhir/ValueSet/marital-status',
    extension: [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet',
        valueCanonical: 'http://hl7.org/fhir/ValueSet/administrative-gender',
      },
    ],
  });
  const bound = profile('Patient', { 'Patient.maritalStatus': { binding: maximum('extensible') } });
  const by = validatorWith(bound);
  const judged = (maritalStatus: object) => errors(patient({ maritalStatus }), { profiles: [bound.url] }, by);
  const broken = ['binding-required @ Patient.maritalStatus'];
  const married = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus';
  t.same(judged({ coding: [{ system: married, code: 'M' }] }), []);
  t.same(judged({ coding: [{ system: 'http://hl7.org/fhir/administrative-gender', code: 'male' }] }), []);
  t.same(judged({ coding: [{ system: 'http://x.com', code: 'M' }] }), broken);
  t.same(judged({ text: 'married' }), broken);
});

/** https://hl7.org/fhir/R5/valueset-additional-binding-purpose.html */
t.test('additional bindings count besides that of the element, by their purpose', async (t) => {
  const gender = 'http://hl7.org/fhir/ValueSet/administrative-gender';
  const married = { system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'M' };
  const male = { system: 'http://hl7.org/fhir/administrative-gender', code: 'male' };
  const other = { system: 'http://x.com', code: 'M' };
  const judged = (purpose: string, coding: object, more: readonly object[] = []) => {
    const parts = [
      { url: 'purpose', valueCode: purpose },
      { url: 'valueSet', valueCanonical: gender },
      ...more,
    ];
    const bound = profile('Patient', {
      'Patient.maritalStatus': {
        binding: {
          strength: 'preferred',
          valueSet: 'http://hl7.org/fhir/ValueSet/marital-status',
          extension: [
            { url: 'http://hl7.org/fhir/tools/StructureDefinition/additional-binding', extension: parts },
          ],
        },
      },
    });
    return findings(
      patient({ maritalStatus: { coding: [coding] } }),
      purpose === 'extensible' ? 'warning' : 'error',
      { profiles: [bound.url] },
      validatorWith(bound),
    ).filter((one) => one.startsWith('binding'));
  };
  const broken = ['binding-required @ Patient.maritalStatus'];
  t.same(judged('required', male), []);
  t.same(judged('required', married), broken);
  t.same(judged('required', married, [{ url: 'any', valueBoolean: true }]), [], 'of one repeat only');
  t.same(judged('maximum', married), []);
  t.same(judged('maximum', male), []);
  t.same(judged('maximum', other), broken);
  t.ok(judged('extensible', other).includes('binding-extensible @ Patient.maritalStatus'));
  t.same(judged('candidate', other), []);
});
