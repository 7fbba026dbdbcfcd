import t from 'tap';
import { errors, findings, profile, validatorWith } from './parts.ts';

const base = 'http://hl7.org/fhir/StructureDefinition/';
const url = 'https://kat.test/StructureDefinition/mood';

/** A simple extension with a context. */
function mood(context: object[], more: object = {}): object {
  return {
    ...profile(
      'Extension',
      {
        'Extension.extension': { max: '0' },
        'Extension.url': { fixedUri: url },
        'Extension.value[x]': { min: 1, type: [{ code: 'code' }] },
      },
      { url, context },
    ),
    ...more,
  };
}

const element = (expression: string) => ({ type: 'element', expression });
const value = { url, valueCode: 'calm' };

t.test('the value of an extension is what its definition says', async (t) => {
  const by = validatorWith(mood([element('Patient')]));
  const patient = (extension: object) => ({ resourceType: 'Patient', extension: [extension] });
  t.same(errors(patient(value), {}, by), []);
  t.same(errors(patient({ url, valueString: 'calm' }), {}, by), ['type @ Patient.extension[0]']);
  t.same(errors(patient({ url, extension: [value] }), {}, by).sort(), [
    'cardinality-max @ Patient.extension[0]',
    'cardinality-min @ Patient.extension[0]',
    'extension-context @ Patient.extension[0]',
  ]);
  t.same(errors(patient({ url, valueCode: 'a  b' }), {}, by), ['format @ Patient.extension[0].value']);
});

t.test('an extension has a url, and a value or extensions', async (t) => {
  const patient = (extension: object) => ({ resourceType: 'Patient', extension: [extension] });
  const by = validatorWith(mood([element('Patient')]));
  t.same(errors(patient({ valueCode: 'x' }), {}, by), ['cardinality-min @ Patient.extension[0]']);
  t.same(errors(patient({ url: 'mood', valueCode: 'x' }), {}, by), ['extension-url @ Patient.extension[0]']);
  t.ok(errors(patient({ url }), {}, by).includes('ext-1 @ Patient.extension[0]'));
  const both = {
    url: `${base}patient-birthPlace`,
    valueAddress: { text: 'x' },
    extension: [{ url: 'http://example.org/x', valueCode: 'y' }],
  };
  t.ok(errors(patient(both), {}, by).includes('ext-1 @ Patient.extension[0]'));
});

/** context → a resource in which it is right, and one in which it is wrong with the element that has it. */
const contexts: [name: string, context: object, good: object, bad: object, place: string][] = [
  [
    'a resource type',
    element('Patient'),
    patient({}),
    patient({ name: [{ extension: [value] }] }, false),
    'Patient.name[0]',
  ],
  [
    'an element',
    element('Patient.name'),
    patient({ name: [{ extension: [value] }] }, false),
    patient({}),
    'Patient',
  ],
  [
    'a data type',
    element('HumanName'),
    patient({ name: [{ extension: [value] }] }, false),
    patient({}),
    'Patient',
  ],
  [
    'an element of a data type',
    element('HumanName.family'),
    patient({ name: [{ _family: { extension: [value] } }] }, false),
    patient({}),
    'Patient',
  ],
  [
    'an element of a data type by the path in the resource',
    element('Patient.name.family'),
    patient({ name: [{ _family: { extension: [value] } }] }, false),
    patient({ name: [{ extension: [value] }] }, false),
    'Patient.name[0]',
  ],
  [
    'a primitive type',
    element('date'),
    patient({ _birthDate: { extension: [value] } }, false),
    patient({}),
    'Patient',
  ],
  [
    'an inherited element',
    element('DomainResource.text'),
    patient(
      {
        text: {
          status: 'generated',
          div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
          extension: [value],
        },
      },
      false,
    ),
    patient({}),
    'Patient',
  ],
  [
    'a backbone element',
    element('Patient.contact'),
    patient({ contact: [{ name: { text: 'x' }, extension: [value] }] }, false),
    patient({}),
    'Patient',
  ],
  [
    'another extension',
    { type: 'extension', expression: `${base}patient-birthPlace` },
    patient(
      { extension: [{ url: `${base}patient-birthPlace`, valueAddress: { text: 'x', extension: [value] } }] },
      false,
    ),
    patient({}),
    'Patient',
  ],
  [
    'a FHIRPath expression',
    { type: 'fhirpath', expression: "Patient.name.where(use = 'usual')" },
    patient({ name: [{ use: 'usual', extension: [value] }] }, false),
    patient({ name: [{ use: 'old', extension: [value] }] }, false),
    'Patient.name[0]',
  ],
];

function patient(more: object, withValue = true): object {
  return { resourceType: 'Patient', ...(withValue ? { extension: [value] } : {}), ...more };
}

for (const [name, context, good, bad, place] of contexts) {
  t.test(`the context may be ${name}`, async (t) => {
    const by = validatorWith(mood([context]));
    t.same(errors(good, {}, by), []);
    t.same(errors(bad, {}, by), [`extension-context @ ${place}`]);
  });
}

t.test('a context invariant holds where the extension stands', async (t) => {
  const by = validatorWith(mood([element('Patient')], { contextInvariant: ['active = true'] }));
  t.same(errors(patient({ active: true }), {}, by), []);
  t.same(errors(patient({ active: false }), {}, by), ['extension-context @ Patient']);
});

t.test('an extension may stand within itself', async (t) => {
  const tree = {
    ...profile(
      'Extension',
      {
        'Extension.extension:name': { sliceName: 'name', min: 1 },
        'Extension.extension:name.url': { fixedUri: 'name' },
        'Extension.extension:name.value[x]': { type: [{ code: 'string' }] },
        'Extension.extension:part': { sliceName: 'part', type: [{ code: 'Extension', profile: [url] }] },
        'Extension.url': { fixedUri: url },
      },
      { context: [element('Element')] },
    ),
    url,
  };
  const by = validatorWith(tree);
  const branch = (name: object, ...parts: object[]) => ({
    url,
    extension: [{ url: 'name', ...name }, ...parts],
  });
  const judged = (extension: object) => errors({ resourceType: 'Patient', extension: [extension] }, {}, by);
  t.same(judged(branch({ valueString: 'a' }, branch({ valueString: 'b' }))), []);
  t.same(judged(branch({ valueString: 'a' }, branch({ valueCode: 'b' }))), [
    'type @ Patient.extension[0].extension[1].extension[0].value',
  ]);
});

t.test('an element that may have certain extensions only', async (t) => {
  const only = (...urls: string[]) =>
    profile('Patient', { 'Patient.extension': { type: [{ code: 'Extension', profile: urls }] } });
  const birthPlace = { url: `${base}patient-birthPlace`, valueAddress: { city: 'x' } };
  for (const definition of [only(url), only(url, `${base}patient-religion`)]) {
    const by = validatorWith(mood([element('Patient')]), definition);
    const judged = (extension: object[]) =>
      errors({ resourceType: 'Patient', extension }, { profiles: [definition.url] }, by);
    t.same(judged([value]), []);
    t.same(judged([value, birthPlace]), ['profile-mismatch @ Patient.extension[1]']);
  }
});

t.test('a context invariant may ask for the extension itself', async (t) => {
  const by = validatorWith(
    mood([element('Patient')], { contextInvariant: ['%extension.value.exists() and active'] }),
  );
  t.same(errors(patient({ active: true }), {}, by), []);
  t.same(errors(patient({ active: false }), {}, by), ['extension-context @ Patient']);
  const other = mood([element('Patient')], { contextInvariant: ["%extension.value.ofType(code) = 'other'"] });
  t.same(errors(patient({}), {}, validatorWith(other)), ['extension-context @ Patient']);
});

t.test("an extension of R4 may stand where HL7's extension pack allows it besides", async (t) => {
  const birthTime = [{ url: `${base}patient-birthTime`, valueDateTime: '2000-01-01T10:00:00Z' }];
  const born = (resourceType: string) =>
    errors({ resourceType, birthDate: '2000-01-01', _birthDate: { extension: birthTime } });
  t.same(born('Patient'), [], 'R4 says so');
  t.same(born('Practitioner'), [], 'the pack says so');
  const elsewhere = { resourceType: 'Organization', name: 'x', extension: birthTime };
  t.same(errors(elsewhere), ['extension-context @ Organization']);
  const unit = [{ url: `${base}questionnaire-unit`, valueCoding: { code: 'x' } }];
  const asked = (type: string) =>
    errors({
      resourceType: 'Questionnaire',
      status: 'draft',
      item: [{ linkId: '1', text: 'x', type, extension: unit }],
    });
  t.same(asked('decimal'), []);
  t.same(asked('string'), ['extension-context @ Questionnaire.item[0]'], 'both have an invariant');
});

t.test("an extension of R4 may have the parts that HL7's extension pack gives it besides", async (t) => {
  const oauth = (...parts: string[]) => ({
    resourceType: 'CapabilityStatement',
    status: 'draft',
    date: '2024',
    kind: 'instance',
    implementation: { description: 'x' },
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [
      {
        mode: 'server',
        security: {
          extension: [
            {
              url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
              extension: ['token', 'authorize', ...parts].map((url) => ({
                url,
                valueUri: 'https://kat.test',
              })),
            },
          ],
        },
      },
    ],
  });
  t.same(findings(oauth('revoke'), 'warning'), []);
  t.same(findings(oauth('other'), 'warning'), [
    'extension-part-unknown @ CapabilityStatement.rest[0].security.extension[0].extension[2]',
  ]);
});

t.test("an extension of R4 may have the values that HL7's extension pack gives it besides", async (t) => {
  const form = (type: string, extension: object) => ({
    resourceType: 'Questionnaire',
    status: 'draft',
    item: [{ linkId: 'a', type, extension: [extension] }],
  });
  const place = 'Questionnaire.item[0].extension[0]';
  const most = (value: object) => ({ url: `${base}maxValue`, ...value });
  const dose = { value: 90, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' };
  t.same(errors(form('quantity', most({ valueQuantity: dose }))), []);
  t.same(errors(form('integer', most({ valueInteger: 3 }))), []);
  t.same(errors(form('string', most({ valueString: '3' }))), [`type @ ${place}`]);
  t.same(errors(form('quantity', most({ valueQuantity: { ...dose, value: '90' } }))), [
    `json-type @ ${place}.value.value`,
  ]);
  const sum = { language: 'text/fhirpath', expression: '1 + 2' };
  const initial = (value: object) => ({ url: `${base}cqf-initialValue`, ...value });
  t.same(errors(form('integer', initial({ valueString: '3' }))), []);
  t.same(errors(form('integer', initial({ valueExpression: sum }))), []);
});

t.test('modifier extensions stand in modifierExtension and nowhere else', async (t) => {
  const definition = mood([element('Patient')]) as { differential: { element: object[] } };
  definition.differential.element.unshift({
    id: 'Extension',
    path: 'Extension',
    isModifier: true,
    isModifierReason: 'x',
  });
  const modifier = validatorWith(definition);
  const plain = validatorWith(mood([element('Patient')]));
  const modifying = { resourceType: 'Patient', modifierExtension: [value] };
  t.same(errors(modifying, {}, modifier), []);
  t.same(errors(patient({}), {}, modifier), ['extension-modifier @ Patient.extension[0]']);
  t.same(errors(modifying, {}, plain), ['extension-not-modifier @ Patient.modifierExtension[0]']);
});

t.test('an extension without a known definition is as serious as asked for', async (t) => {
  const unknown = { resourceType: 'Patient', extension: [{ url: 'https://kat.test/none', valueCode: 'x' }] };
  t.same(errors(unknown), []);
  t.same(findings(unknown, 'warning'), ['extension-unknown @ Patient.extension[0]']);
  t.same(errors(unknown, { unknownExtension: 'error' }), ['extension-unknown @ Patient.extension[0]']);
  const example = { resourceType: 'Patient', extension: [{ url: 'http://example.org/x', valueCode: 'x' }] };
  t.same(errors(example, { unknownExtension: 'error' }), [], 'example domains stand for examples');
  t.same(errors(example, { unknownExtension: 'error', exampleUrls: false }).sort(), [
    'extension-unknown @ Patient.extension[0]',
    'url-example @ Patient.extension[0].url',
  ]);
});

t.test('a complex extension has the parts its definition names', async (t) => {
  const whole = `${base}patient-nationality`;
  const nationality = (...extension: object[]) => ({
    resourceType: 'Patient',
    extension: [{ url: whole, extension }],
  });
  const code = { url: 'code', valueCodeableConcept: { text: 'x' } };
  t.same(errors(nationality(code)), []);
  t.same(errors(nationality(code, code)), ['slice-max @ Patient.extension[0]']);
  t.same(errors(nationality({ url: 'code', valueString: 'x' })), [
    'type @ Patient.extension[0].extension[0].value',
  ]);
  const other = nationality(code, { url: 'other', valueString: 'x' });
  t.same(findings(other, 'warning'), ['extension-part-unknown @ Patient.extension[0].extension[1]']);
});

t.test('a profile may demand an extension', async (t) => {
  const definition = profile('Patient', {
    'Patient.extension:mood': {
      sliceName: 'mood',
      min: 1,
      max: '1',
      type: [{ code: 'Extension', profile: [url] }],
    },
  });
  const by = validatorWith(mood([element('Patient')]), definition);
  const options = { profiles: [definition.url] };
  t.same(errors(patient({}), options, by), []);
  t.same(errors({ resourceType: 'Patient' }, options, by), ['slice-min @ Patient']);
  t.same(errors(patient({ extension: [value, value] }), options, by), ['slice-max @ Patient']);
});

t.test(
  'an extension of HL7 stands where HL7 says; on definitions HL7 does not keep to that itself',
  async (t) => {
    const maiden = {
      extension: [
        { url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName', valueString: 'x' },
      ],
    };
    const group = { resourceType: 'Group', type: 'person', actual: true, ...maiden };
    t.same(errors(group), ['extension-context @ Group']);
    const system = { resourceType: 'CodeSystem', status: 'draft', content: 'complete', ...maiden };
    t.same(errors(system), []);
    t.same(findings(system, 'warning'), ['extension-context @ CodeSystem']);
  },
);

t.test('an element of another version of FHIR, as an extension, is not called unknown', async (t) => {
  const patient = (url: string) => ({ resourceType: 'Patient', extension: [{ url, valueString: 'x' }] });
  const of = (version: string) =>
    `http://hl7.org/fhir/${version}/StructureDefinition/extension-Patient.animal.species`;
  const options = { unknownExtension: 'error' } as const;
  t.same(errors(patient(of('3.0')), options), []);
  t.same(findings(patient(of('3.0')), 'information', options), ['extension-version @ Patient.extension[0]']);
  t.same(errors(patient(of('9.0'))), ['extension-version-unknown @ Patient.extension[0]']);
  const choice = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.versionAlgorithm[x]';
  t.same(errors(patient(choice), options), []);
  t.same(errors(patient(`${of('5.0')}!`)), ['extension-version-unknown @ Patient.extension[0]']);
});

t.test('the url of an extension names no version of its definition', async (t) => {
  const birthPlace = (version: string) =>
    errors({
      resourceType: 'Patient',
      extension: [{ url: `${base}patient-birthPlace${version}`, valueAddress: { text: 'x' } }],
    });
  t.same(birthPlace(''), []);
  t.same(birthPlace('|4.0.1'), ['extension-url-version @ Patient.extension[0]']);
});

t.test('a context may be an element of a profile that the resource conforms to', async (t) => {
  const active = profile('Patient', { 'Patient.active': { min: 1 } });
  const at = (context: string) => validatorWith(active, mood([element(context)]));
  const by = at(`${active.url}#Patient`);
  t.same(errors(patient({ active: true }), {}, by), []);
  t.same(errors(patient({}), {}, by), ['extension-context @ Patient']);
  t.same(errors(patient({}), {}, at(`${base}Patient#Patient`)), []);
  const unknown = at('https://kat.test/StructureDefinition/none#Patient');
  t.same(errors(patient({}), {}, unknown), ['extension-context @ Patient']);
});

t.test('an extension, or one of its contexts, may be for certain versions of FHIR', async (t) => {
  const use = (start: string, end: string) => ({
    extension: [
      {
        url: `${base}version-specific-use`,
        extension: [
          { url: 'startFhirVersion', valueCode: start },
          { url: 'endFhirVersion', valueCode: end },
        ],
      },
    ],
  });
  const broken = ['extension-context @ Patient'];
  const versions: [start: string, end: string, errors: string[]][] = [
    ['4.0', '5.0', []],
    ['4.3', '5.0', broken],
    ['1.0', '3.0', broken],
  ];
  for (const [start, end, expected] of versions) {
    const whole = validatorWith(mood([element('Patient')], use(start, end)));
    t.same(errors(patient({}), {}, whole), expected);
    const context = validatorWith(mood([{ ...element('Patient'), ...use(start, end) }]));
    t.same(errors(patient({}), {}, context), expected);
  }
});

t.test('any extension may be on a value that a definition fixes or gives as an example', async (t) => {
  const by = validatorWith(mood([element('Patient')]));
  const code = (says: object) =>
    errors(
      {
        ...profile('Observation', { 'Observation.code': says }),
        differential: { element: [{ id: 'Observation.code', path: 'Observation.code', ...says }] },
      },
      {},
      by,
    );
  const concept = { text: 'x', extension: [value] };
  t.same(code({ patternCodeableConcept: concept }), []);
  t.same(code({ example: [{ label: 'x', valueCodeableConcept: concept }] }), []);
  const place = 'StructureDefinition.differential.element[0]';
  t.same(code({ extension: [value] }), [`extension-context @ ${place}`]);
});

t.test('an extension without parts has a value', async (t) => {
  const simple = profile(
    'Extension',
    { 'Extension.url': { fixedUri: url }, 'Extension.value[x]': { type: [{ code: 'code' }] } },
    { url, context: [element('Patient')] },
  );
  const by = validatorWith(simple);
  const because = [{ url: `${base}data-absent-reason`, valueCode: 'unknown' }];
  const judged = (extension: object) => errors({ resourceType: 'Patient', extension: [extension] }, {}, by);
  t.same(judged({ url, _valueCode: { extension: because } }), []);
  t.same(judged({ url, extension: because }), ['cardinality-min @ Patient.extension[0]']);
});
