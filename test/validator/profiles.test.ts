import t from 'tap';
import { errors, findings, profile, validatorWith } from './parts.ts';

const subject = { reference: 'Patient/1' };
const observation = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '1-8' }] },
  ...more,
});

/** What a profile says, then resources with the errors they must have. https://hl7.org/fhir/R4/profiling.html */
interface Row {
  readonly says: Record<string, object>;
  readonly cases: readonly (readonly [resource: object, errors: readonly string[]])[];
}

const reason = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const because = { extension: [{ url: reason, valueCode: 'unknown' }] };

const table: Record<string, Row> = {
  'a minimum above that of the type': {
    says: { 'Observation.subject': { min: 1 } },
    cases: [
      [observation({ subject }), []],
      [observation({}), ['cardinality-min @ Observation']],
    ],
  },
  'a maximum below that of the type': {
    says: { 'Observation.note': { max: '1' }, 'Observation.bodySite': { max: '0' } },
    cases: [
      [observation({ note: [{ text: 'a' }] }), []],
      [observation({ note: [{ text: 'a' }, { text: 'b' }] }), ['cardinality-max @ Observation']],
      [observation({ bodySite: { text: 'x' } }), ['cardinality-max @ Observation']],
    ],
  },
  'a minimum deep inside a backbone element': {
    says: { 'Observation.component.code.coding.code': { min: 1 } },
    cases: [
      [observation({ component: [{ code: { coding: [{ code: 'x' }] } }] }), []],
      [
        observation({
          component: [{ code: { text: 'a' } }, { code: { coding: [{ code: 'x' }, { display: 'y' }] } }],
        }),
        ['cardinality-min @ Observation.component[1].code.coding[1]'],
      ],
    ],
  },
  'a fixed value is met exactly': {
    says: {
      'Observation.status': { fixedCode: 'final' },
      'Observation.method': { fixedCodeableConcept: { text: 'a' } },
    },
    cases: [
      [observation({ method: { text: 'a' } }), []],
      [observation({ status: 'amended' }), ['fixed @ Observation.status']],
      [observation({ method: { text: 'a', coding: [{ code: 'x' }] } }), ['fixed @ Observation.method']],
      [observation({ method: { text: 'b' } }), ['fixed @ Observation.method.text']],
      [observation({ _status: because }), ['fixed @ Observation.status']],
      [observation({ _status: { id: 'x' } }), []],
    ],
  },
  'a pattern of a part': {
    says: {
      'Observation.value[x]': {
        type: [{ code: 'Quantity' }],
        patternQuantity: { system: 'http://unitsofmeasure.org', code: 'g' },
      },
    },
    cases: [
      [
        observation({
          valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: 'g', unit: 'g' },
        }),
        [],
      ],
      [
        observation({ valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: 'kg' } }),
        ['pattern @ Observation.value.code'],
      ],
      [
        observation({ valueQuantity: { value: 1 } }),
        ['pattern @ Observation.value.code', 'pattern @ Observation.value.system'],
      ],
    ],
  },
  'a pattern is met at least': {
    says: {
      'Observation.code': {
        patternCodeableConcept: { coding: [{ system: 'http://loinc.org', code: '1-8' }] },
      },
    },
    cases: [
      [observation({}), []],
      [
        observation({
          code: {
            text: 'a',
            coding: [{ code: 'x' }, { system: 'http://loinc.org', code: '1-8', display: 'd' }],
          },
        }),
        [],
      ],
      [
        observation({ code: { coding: [{ system: 'http://loinc.org', code: '2-6' }] } }),
        ['pattern @ Observation.code'],
      ],
      [observation({ code: { coding: [{ code: '1-8' }] } }), ['pattern @ Observation.code']],
    ],
  },
  'fewer types of a choice': {
    says: { 'Observation.value[x]': { type: [{ code: 'Quantity' }] } },
    cases: [
      [observation({ valueQuantity: { value: 1 } }), []],
      [observation({ valueString: 'x' }), ['type @ Observation.value']],
      [observation({ _valueString: because }), ['type @ Observation.value']],
    ],
  },
  'fewer targets of a reference': {
    says: {
      'Observation.subject': {
        type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Patient'] }],
      },
    },
    cases: [
      [observation({ subject }), []],
      [observation({ subject: { reference: 'Group/1' } }), ['reference-type @ Observation.subject']],
      [
        observation({
          subject: { reference: 'Group/1' },
          specimen: { reference: 'Specimen/1' },
          focus: [subject],
        }),
        ['reference-type @ Observation.subject'],
      ],
    ],
  },
  'limits of length and value': {
    says: {
      'Observation.value[x]': { type: [{ code: 'integer' }], minValueInteger: 2, maxValueInteger: 4 },
      'Observation.code.text': { maxLength: 3 },
      'Observation.issued': { minValueInstant: '2020-01-01T00:00:00Z' },
    },
    cases: [
      [observation({ valueInteger: 2, issued: '2020-01-01T01:00:00+01:00', code: { text: 'abc' } }), []],
      [observation({ valueInteger: 1 }), ['value-min @ Observation.value']],
      [observation({ valueInteger: 5 }), ['value-max @ Observation.value']],
      [observation({ code: { text: 'abcd' } }), ['string-length @ Observation.code.text']],
      [observation({ code: { text: 'a😀b' } }), []],
      [observation({ issued: '2019-12-31T23:59:59Z' }), ['value-min @ Observation.issued']],
    ],
  },
  'limits of one type of a choice': {
    says: {
      'Observation.value[x]': { maxValueDateTime: '2020-01-01' },
      'Observation.component.value[x]': { minValueTime: '08:00:00' },
    },
    cases: [
      [observation({ valueString: 'zz' }), []],
      [observation({ valueTime: '23:00:00' }), []],
      [observation({ valueDateTime: '2020-01-02' }), ['value-max @ Observation.value']],
      [
        observation({
          component: [
            { code: { text: 'a' }, valueDateTime: '0001-01-01' },
            { code: { text: 'b' }, valueTime: '07:59:59' },
          ],
        }),
        ['value-min @ Observation.component[1].value'],
      ],
    ],
  },
  'limits of a quantity': {
    says: {
      'Observation.value[x]': {
        type: [{ code: 'Quantity' }],
        maxValueQuantity: { value: 10, system: 'http://unitsofmeasure.org', code: 'mg' },
      },
    },
    cases: [
      [observation({ valueQuantity: { value: 10, system: 'http://unitsofmeasure.org', code: 'mg' } }), []],
      [
        observation({ valueQuantity: { value: 10.5, system: 'http://unitsofmeasure.org', code: 'mg' } }),
        ['value-max @ Observation.value'],
      ],
      [observation({ valueQuantity: { value: 9000, system: 'http://unitsofmeasure.org', code: 'ug' } }), []],
      [
        observation({ valueQuantity: { value: 0.02, system: 'http://unitsofmeasure.org', code: 'g' } }),
        ['value-max @ Observation.value'],
      ],
      [
        observation({ valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: 'mm' } }),
        ['value-unit @ Observation.value'],
      ],
      [observation({ valueQuantity: { value: 20, unit: 'mg' } }), []],
      [observation({ valueQuantity: { value: 20, system: 'https://kat.test/units', code: 'mg' } }), []],
      [observation({ valueQuantity: { system: 'http://unitsofmeasure.org', code: 'mL' } }), []],
    ],
  },
  'how long a text is': {
    says: {
      'Observation.value[x]': {
        type: [{ code: 'string' }],
        maxLength: 4,
        extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/minLength', valueInteger: 2 }],
      },
    },
    cases: [
      [observation({ valueString: 'ab' }), []],
      [observation({ valueString: 'a' }), ['string-short @ Observation.value']],
      [observation({ valueString: 'abcde' }), ['string-length @ Observation.value']],
    ],
  },
  'how exact a number is': {
    says: {
      'Observation.value[x]': {
        extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces', valueInteger: 1 }],
      },
    },
    cases: [
      [observation({ valueQuantity: { value: 1.5 } }), []],
      [observation({ valueQuantity: { value: 1e21 } }), []],
      [observation({ valueQuantity: { value: 1.25 } }), ['decimal-places @ Observation.value']],
      [observation({ valueQuantity: { value: 1e-7 } }), ['decimal-places @ Observation.value']],
    ],
  },
  'an invariant speaks with its own key where it is declared': {
    says: {
      Observation: { constraint: [rule('t-1', 'subject.exists()')] },
      'Observation.component': { constraint: [rule('t-2', 'value.exists()')] },
      'Observation.component.code': { constraint: [rule('t-3', "coding.all(code != 'bad')")] },
    },
    cases: [
      [observation({ subject }), []],
      [observation({}), ['t-1 @ Observation']],
      [
        observation({
          subject,
          component: [{ code: { text: 'a' }, valueInteger: 1 }, { code: { coding: [{ code: 'bad' }] } }],
        }),
        ['t-2 @ Observation.component[1]', 't-3 @ Observation.component[1].code'],
      ],
    ],
  },
  'an invariant may have the key of one of the type': {
    says: { Observation: { constraint: [rule('obs-6', 'subject.exists()')] } },
    cases: [
      [observation({ subject }), []],
      [observation({}), ['obs-6 @ Observation']],
    ],
  },
  'an invariant is met when it is true, and not when it says nothing': {
    says: {
      'Observation.value[x]': { constraint: [rule('t-7', '($this as Quantity).value > 0')] },
      'Observation.subject': { constraint: [rule('t-8', 'resolve() is Patient')] },
      'Observation.method': { constraint: [rule('t-9', "memberOf('https://kat.test/none')")] },
    },
    cases: [
      [observation({ valueQuantity: { value: 1 } }), []],
      [observation({ subject, method: { coding: [{ system: 'http://s', code: 'x' }] } }), []],
      [observation({ valueQuantity: { value: -1 } }), ['t-7 @ Observation.value']],
      [observation({ valueQuantity: { unit: 'x' } }), ['t-7 @ Observation.value']],
    ],
  },
  'a required binding of the profile': {
    says: {
      'Observation.code': {
        binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/observation-status' },
      },
    },
    cases: [
      [
        observation({
          code: { coding: [{ system: 'http://hl7.org/fhir/observation-status', code: 'final' }] },
        }),
        [],
      ],
      [observation({}), ['binding-required @ Observation.code']],
      [observation({ code: { text: 'x' } }), ['binding-required @ Observation.code']],
    ],
  },
};

/** https://hl7.org/fhir/R4/json.html#primitive */
t.test('what a profile says of the extensions of a primitive', async (t) => {
  const definition = profile('Patient', {
    'Patient.gender.extension': { min: 1 },
    'Patient.gender.value': { min: 1 },
    'Patient.name.given.extension': { max: '0' },
    'Patient.deceased[x].extension': { max: '0' },
    'Patient.birthDate.extension:why': {
      sliceName: 'why',
      min: 1,
      type: [{ code: 'Extension', profile: [reason] }],
    },
  });
  const by = validatorWith(definition);
  const cases: readonly (readonly [patient: object, errors: readonly string[]])[] = [
    [{}, []],
    [{ gender: 'male', _gender: because, birthDate: '2020', _birthDate: because }, []],
    [{ _birthDate: because, name: [{ given: ['a', 'b'], _given: [null, { id: 'x' }] }] }, []],
    [{ gender: 'male' }, ['cardinality-min @ Patient.gender']],
    [{ birthDate: '2020' }, ['slice-min @ Patient.birthDate']],
    [{ birthDate: '2020', _birthDate: { id: 'x' } }, ['slice-min @ Patient.birthDate']],
    [
      { name: [{ given: ['a', 'b'], _given: [null, because] }] },
      ['cardinality-max @ Patient.name[0].given[1]'],
    ],
    [{ _deceasedBoolean: because }, ['cardinality-max @ Patient.deceased']],
    [{ deceasedBoolean: true }, []],
  ];
  for (const [patient, expected] of cases) {
    const resource = { resourceType: 'Patient', ...patient };
    t.same(errors(resource, { profiles: [definition.url] }, by), expected, JSON.stringify(patient));
  }
});

function rule(key: string, expression: string): object {
  return { key, severity: 'error', human: `rule ${key}`, expression };
}

for (const [name, { says, cases }] of Object.entries(table)) {
  t.test(name, async (t) => {
    const definition = profile('Observation', says);
    const by = validatorWith(definition);
    for (const [resource, expected] of cases) {
      const options = { profiles: [definition.url] };
      t.same(errors(resource, options, by).sort(), [...expected].sort(), JSON.stringify(resource).slice(70));
      const claiming = { ...resource, meta: { profile: [definition.url] } };
      t.same(errors(claiming, {}, by).sort(), [...expected].sort(), 'the same when claimed');
      t.same(errors(claiming, { claimedProfiles: false }, by), [], 'not asked for');
    }
  });
}

t.test('a warning of a profile is a warning', async (t) => {
  const definition = profile('Observation', {
    Observation: { constraint: [{ ...rule('t-4', 'subject.exists()'), severity: 'warning' }] },
  });
  const by = validatorWith(definition);
  t.same(findings(observation({}), 'warning', { profiles: [definition.url] }, by), ['t-4 @ Observation']);
  t.same(errors(observation({}), { profiles: [definition.url] }, by), []);
});

t.test('an unknown profile is as serious as asked for', async (t) => {
  const url = 'https://kat.test/none';
  const claiming = observation({
    meta: { profile: ['http://hl7.org/fhir/StructureDefinition/Observation', url] },
  });
  t.same(errors(claiming), []);
  t.ok(findings(claiming, 'warning').includes('profile-unknown @ Observation.meta.profile[1]'));
  t.same(errors(claiming, { unknownProfile: 'error' }), ['profile-unknown @ Observation.meta.profile[1]']);
  t.same(errors(observation({}), { profiles: [url], unknownProfile: 'error' }), [
    'profile-unknown @ Observation',
  ]);
});

t.test('a profile of another type is refused', async (t) => {
  const definition = profile('Patient', { 'Patient.name': { min: 1 } });
  const by = validatorWith(definition);
  t.same(errors(observation({}), { profiles: [definition.url] }, by), ['profile-type @ Observation']);
});

t.test('profiles of data types and of contained targets apply', async (t) => {
  const named = profile('HumanName', { 'HumanName.family': { min: 1 } });
  const patient = profile('Patient', {
    'Patient.name': { type: [{ code: 'HumanName', profile: [named.url] }] },
  });
  const about = profile('Observation', {
    'Observation.subject': { type: [{ code: 'Reference', targetProfile: [patient.url] }] },
  });
  const by = validatorWith(named, patient, about);
  t.same(errors({ resourceType: 'Patient', name: [{ family: 'a' }] }, { profiles: [patient.url] }, by), []);
  t.same(errors({ resourceType: 'Patient', name: [{ text: 'a' }] }, { profiles: [patient.url] }, by), [
    'cardinality-min @ Patient.name[0]',
  ]);
  const withSubject = (name: object) =>
    observation({
      contained: [{ resourceType: 'Patient', id: 'p', name: [name] }],
      subject: { reference: '#p' },
    });
  t.same(errors(withSubject({ family: 'a' }), { profiles: [about.url] }, by), []);
  t.same(errors(withSubject({ text: 'a' }), { profiles: [about.url] }, by), [
    'reference-profile @ Observation.subject',
  ]);
  t.same(
    errors(observation({ subject }), { profiles: [about.url] }, by),
    [],
    'a target elsewhere is not judged',
  );
  t.ok(
    findings(observation({ subject }), 'information', { profiles: [about.url] }, by).includes(
      'reference-not-checked @ Observation.subject',
    ),
    'and that is said',
  );
});

t.test('a target that is found elsewhere is of a type that the profile allows', async (t) => {
  const targetProfile = ['http://hl7.org/fhir/StructureDefinition/Patient'];
  const about = profile('Observation', {
    'Observation.subject': { type: [{ code: 'Reference', targetProfile }] },
  });
  const by = validatorWith(about);
  const resource = observation({ subject: { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' } });
  const found = (resourceType: string, references: 'ignore' | 'exist' | 'conform') =>
    errors(resource, { profiles: [about.url], references, resolve: () => ({ resourceType }) }, by);
  t.same(found('Patient', 'exist'), []);
  t.same(found('Group', 'exist'), ['reference-type @ Observation.subject']);
  t.same(found('Group', 'conform'), ['reference-type @ Observation.subject']);
  t.same(found('Group', 'ignore'), []);
});

t.test('a target that is here needs a profile that is known', async (t) => {
  const targetProfile = ['https://kat.test/none'];
  const about = profile('Observation', {
    'Observation.subject': { type: [{ code: 'Reference', targetProfile }] },
  });
  const by = validatorWith(about);
  const options = { profiles: [about.url] };
  const contained = [{ resourceType: 'Patient', id: 'p' }];
  t.same(errors(observation({ subject }), options, by), []);
  t.same(errors(observation({ contained, subject: { reference: '#p' } }), options, by), [
    'reference-profile @ Observation.subject',
  ]);
});

t.test('the profile of an entry is about the entry, not about the bundle', async (t) => {
  const patient = profile('Patient', {
    Patient: { constraint: [rule('t-5', '%resource.active.exists()')] },
    'Patient.name': { constraint: [rule('t-6', '%resource.gender.exists()')] },
  });
  const holder = profile('Bundle', {
    'Bundle.entry.resource': { type: [{ code: 'Patient', profile: [patient.url] }] },
  });
  const by = validatorWith(patient, holder);
  const bundle = (more: object) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        fullUrl: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
        resource: { resourceType: 'Patient', name: [{ text: 'a' }], ...more },
      },
    ],
  });
  const options = { profiles: [holder.url] };
  t.same(errors(bundle({ active: true, gender: 'male' }), options, by), []);
  t.same(errors(bundle({}), options, by).sort(), [
    't-5 @ Bundle.entry[0].resource',
    't-6 @ Bundle.entry[0].resource.name[0]',
  ]);
});

t.test('profiles that demand one another in a circle come to an end', async (t) => {
  const one = profile('Patient', { 'Patient.active': { min: 1 } }) as {
    url: string;
    differential: { element: object[] };
  };
  one.differential.element.push({
    id: 'Patient.link.other',
    path: 'Patient.link.other',
    type: [{ code: 'Reference', targetProfile: [one.url] }],
  });
  const by = validatorWith(one);
  const bundle = (second: object) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        fullUrl: 'http://x.com/Patient/1',
        resource: {
          resourceType: 'Patient',
          id: '1',
          meta: { profile: [one.url] },
          active: true,
          link: [{ type: 'refer', other: { reference: 'Patient/2' } }],
        },
      },
      {
        fullUrl: 'http://x.com/Patient/2',
        resource: {
          resourceType: 'Patient',
          id: '2',
          link: [{ type: 'refer', other: { reference: 'Patient/1' } }],
          ...second,
        },
      },
    ],
  });
  t.same(errors(bundle({ active: true }), {}, by), []);
  t.same(errors(bundle({}), {}, by), ['reference-profile @ Bundle.entry[0].resource.link[0].other']);
});

t.test('must-support elements that are absent are listed on request', async (t) => {
  const definition = profile('Observation', { 'Observation.subject': { mustSupport: true } });
  const by = validatorWith(definition);
  const options = { profiles: [definition.url] };
  t.same(
    findings(observation({}), 'information', options, by).filter((one) => one.startsWith('must')),
    [],
  );
  t.ok(
    findings(observation({}), 'information', { ...options, mustSupport: true }, by).includes(
      'must-support @ Observation',
    ),
  );
});

t.test('vital signs follow their profile by code', async (t) => {
  const temperature = observation({
    code: { coding: [{ system: 'http://loinc.org', code: '8310-5' }] },
    subject,
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
        ],
      },
    ],
    effectiveDateTime: '2024-01-01',
    valueQuantity: { value: 37, unit: 'C', system: 'http://unitsofmeasure.org', code: 'Cel' },
  }) as Record<string, unknown>;
  t.same(errors(temperature), []);
  const { effectiveDateTime, ...undated } = temperature;
  t.same(errors(undated), ['cardinality-min @ Observation']);
  const quantity = { value: 37, unit: 'x', system: 'http://unitsofmeasure.org', code: 'kg' };
  t.same(errors({ ...temperature, valueQuantity: quantity }), ['binding-required @ Observation.value.code']);
});

/** https://hl7.org/fhir/R4/extension-elementdefinition-profile-element.html */
t.test('a backbone element may follow an element of a profile', async (t) => {
  const url = 'https://kat.test/StructureDefinition/form';
  const named = { url: `${reason.replace(/[^/]*$/, '')}elementdefinition-profile-element` };
  const extension = [{ ...named, valueString: 'Questionnaire.item' }];
  const form = {
    ...profile('Questionnaire', {
      'Questionnaire.item.text': { min: 1 },
      'Questionnaire.item.item': {
        type: [{ code: 'BackboneElement', profile: [url], _profile: [{ extension }] }],
      },
    }),
    url,
  };
  const by = validatorWith(form);
  const judged = (item: object) =>
    errors({ resourceType: 'Questionnaire', status: 'draft', item: [item] }, { profiles: [url] }, by);
  const group = (linkId: string, item: object) => ({ linkId, type: 'group', text: 'a', item: [item] });
  const leaf = { linkId: '3', type: 'string' };
  t.same(judged(group('1', group('2', { ...leaf, text: 'b' }))), []);
  t.same(judged(group('1', leaf)), ['cardinality-min @ Questionnaire.item[0].item[0]']);
  t.same(judged(group('1', group('2', leaf))), ['cardinality-min @ Questionnaire.item[0].item[0].item[0]']);
});

t.test('a profile may impose other profiles', async (t) => {
  const active = profile('Patient', { 'Patient.active': { min: 1 } });
  const url = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-imposeProfile';
  const imposing = (valueCanonical: string) =>
    profile('Patient', { 'Patient.name': { min: 1 } }, { extension: [{ url, valueCanonical }] });
  const named = { resourceType: 'Patient', name: [{ text: 'x' }] };
  const one = imposing(active.url);
  const by = validatorWith(active, one);
  t.same(errors({ ...named, active: true }, { profiles: [one.url] }, by), []);
  t.same(errors(named, { profiles: [one.url] }, by), ['cardinality-min @ Patient']);
  t.same(errors({ ...named, meta: { profile: [one.url] } }, {}, by), ['cardinality-min @ Patient']);
  const other = imposing('https://kat.test/StructureDefinition/none');
  const options = { profiles: [other.url] };
  t.same(findings(named, 'warning', options, validatorWith(other)), ['profile-unknown @ Patient']);
});

t.test('a definition of R4 may be claimed with the version of FHIR', async (t) => {
  const claiming = (version: string) => ({
    resourceType: 'Patient',
    meta: { profile: [`http://hl7.org/fhir/${version}/StructureDefinition/Patient`] },
  });
  t.same(findings(claiming('4.0'), 'warning'), []);
  t.same(errors({ ...observation({}), ...claiming('4.0'), resourceType: 'Observation' }), [
    'profile-type @ Observation.meta.profile[0]',
  ]);
  t.same(findings(claiming('3.0'), 'warning'), ['profile-unknown @ Patient.meta.profile[0]']);
});

t.test('a profile asked of a bundle may be one of its first entry', async (t) => {
  const identified = profile('Observation', { 'Observation.identifier': { min: 1 } });
  const by = validatorWith(identified);
  const bundle = (resource: object) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ fullUrl: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520', resource }],
  });
  const options = { profiles: [identified.url] };
  t.same(errors(bundle(observation({ identifier: [{ value: 'x' }] })), options, by), []);
  t.same(errors(bundle(observation({})), options, by), ['cardinality-min @ Bundle.entry[0].resource']);
  t.same(errors(bundle({ resourceType: 'Patient' }), options, by), ['profile-type @ Bundle']);
});
