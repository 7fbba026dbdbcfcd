import t from 'tap';
import { errors, findings, profile, validatorWith } from './parts.ts';

const observation = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...more,
});
const component = (code: string, more: object = { valueInteger: 1 }) => ({
  code: { coding: [{ system: 'http://s', code }] },
  ...more,
});
const concept = (code: string) => ({ coding: [{ system: 'http://s', code }] });

interface Row {
  readonly type: string;
  readonly says: Record<string, object>;
  readonly others?: readonly object[];
  readonly cases: readonly (readonly [what: string, resource: object, errors: readonly string[]])[];
}

const byCode = (more: object = {}) => ({
  slicing: { discriminator: [{ type: 'pattern', path: 'code' }], rules: 'open', ...more },
});
const a = { sliceName: 'a', min: 1, max: '1' };
const b = { sliceName: 'b', min: 0, max: '2' };
const codes = {
  'Observation.component:a.code': { patternCodeableConcept: concept('a') },
  'Observation.component:b.code': { patternCodeableConcept: concept('b') },
};
const sliced = (more: object = {}) => ({
  'Observation.component': byCode(more),
  'Observation.component:a': a,
  'Observation.component:a.code': codes['Observation.component:a.code'],
  'Observation.component:a.value[x]': { min: 1 },
  'Observation.component:b': b,
  'Observation.component:b.code': codes['Observation.component:b.code'],
});
const parts = (...component: object[]) => observation({ component });

const absent = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const nested = profile(
  'Extension',
  {
    'Extension.extension:part': { sliceName: 'part', min: 0, max: '1' },
    'Extension.extension:part.url': { fixedUri: 'part' },
    'Extension.extension:part.value[x]': { type: [{ code: 'code' }] },
  },
  { context: [{ type: 'element', expression: 'Element' }] },
);
const identified = profile('Patient', {
  'Patient.identifier': { patternIdentifier: { system: 'http://i' } },
});
const elsewhere = profile('Patient', { 'Patient.identifier': { patternIdentifier: { system: 'http://j' } } });
const patient = profile('Patient', { 'Patient.active': { min: 1 } });

/** https://hl7.org/fhir/R4/profiling.html#slicing */
const table: Record<string, Row> = {
  'slices by pattern: how many, and what each must have': {
    type: 'Observation',
    says: sliced(),
    cases: [
      ['one of a', parts(component('a')), []],
      ['others are allowed when open', parts(component('x'), component('a'), component('b')), []],
      ['none of a', parts(component('b')), ['slice-min @ Observation']],
      ['two of a', parts(component('a'), component('a')), ['slice-max @ Observation']],
      [
        'a without value',
        parts(component('b', {}), component('a', {})),
        ['cardinality-min @ Observation.component[1]'],
      ],
    ],
  },
  'closed slicing refuses others': {
    type: 'Observation',
    says: sliced({ rules: 'closed' }),
    cases: [
      ['only slices', parts(component('a'), component('b')), []],
      ['another', parts(component('a'), component('x')), ['slice-closed @ Observation.component[1]']],
    ],
  },
  'openAtEnd has others at the end': {
    type: 'Observation',
    says: sliced({ rules: 'openAtEnd' }),
    cases: [
      ['at the end', parts(component('a'), component('x')), []],
      ['before', parts(component('x'), component('a')), ['slice-end @ Observation.component[1]']],
    ],
  },
  'ordered slices keep their order': {
    type: 'Observation',
    says: sliced({ ordered: true }),
    cases: [
      ['in order', parts(component('a'), component('b'), component('b')), []],
      ['out of order', parts(component('b'), component('a')), ['slice-order @ Observation.component[1]']],
    ],
  },
  'slices by a fixed value deep inside': {
    type: 'Observation',
    says: {
      'Observation.component': {
        slicing: { discriminator: [{ type: 'value', path: 'code.coding.code' }], rules: 'open' },
      },
      'Observation.component:a': a,
      'Observation.component:a.code.coding.code': { fixedCode: 'a' },
    },
    cases: [
      ['there', parts(component('a')), []],
      ['not there', parts(component('b')), ['slice-min @ Observation']],
    ],
  },
  'slices by existence': {
    type: 'Observation',
    says: {
      'Observation.component': {
        slicing: { discriminator: [{ type: 'exists', path: 'value' }], rules: 'open' },
      },
      'Observation.component:with': { sliceName: 'with', min: 0, max: '1' },
      'Observation.component:with.value[x]': { min: 1 },
      'Observation.component:without': { sliceName: 'without', min: 0, max: '1' },
      'Observation.component:without.value[x]': { max: '0' },
      'Observation.component:without.dataAbsentReason': { min: 1 },
    },
    cases: [
      ['one each', parts(component('x'), component('y', { dataAbsentReason: { text: 'x' } })), []],
      ['two with', parts(component('x'), component('y')), ['slice-max @ Observation']],
      ['without, and no reason', parts(component('x', {})), ['cardinality-min @ Observation.component[0]']],
    ],
  },
  'a choice sliced by type': {
    type: 'Observation',
    says: {
      'Observation.value[x]': {
        slicing: { discriminator: [{ type: 'type', path: '$this' }], rules: 'open' },
      },
      'Observation.value[x]:valueQuantity': { sliceName: 'valueQuantity', type: [{ code: 'Quantity' }] },
      'Observation.value[x]:valueQuantity.code': { min: 1 },
    },
    cases: [
      ['another type', observation({ valueString: 'x' }), []],
      ['with code', observation({ valueQuantity: { value: 1, system: 'http://s', code: 'x' } }), []],
      ['without', observation({ valueQuantity: { value: 1 } }), ['cardinality-min @ Observation.value']],
    ],
  },
  'resources sliced by type': {
    type: 'Bundle',
    says: {
      'Bundle.entry': { slicing: { discriminator: [{ type: 'type', path: 'resource' }], rules: 'open' } },
      'Bundle.entry:p': { sliceName: 'p', min: 1, max: '1' },
      'Bundle.entry:p.resource': { type: [{ code: 'Patient' }] },
    },
    cases: [
      ['there', bundle({ resourceType: 'Patient' }), []],
      ['not there', bundle({ resourceType: 'Group', type: 'person', actual: true }), ['slice-min @ Bundle']],
      ['twice', bundle({ resourceType: 'Patient' }, { resourceType: 'Patient' }), ['slice-max @ Bundle']],
    ],
  },
  'resources sliced by profile': {
    type: 'Bundle',
    says: {
      'Bundle.entry': { slicing: { discriminator: [{ type: 'profile', path: 'resource' }], rules: 'open' } },
      'Bundle.entry:p': { sliceName: 'p', min: 1, max: '1' },
      'Bundle.entry:p.resource': { type: [{ code: 'Patient', profile: [patient.url] }] },
    },
    others: [patient],
    cases: [
      ['conforms', bundle({ resourceType: 'Patient', active: true }), []],
      ['does not', bundle({ resourceType: 'Patient' }), ['slice-min @ Bundle']],
    ],
  },
  'references sliced by the type they resolve to': {
    type: 'Observation',
    says: {
      'Observation.performer': {
        slicing: { discriminator: [{ type: 'type', path: 'resolve()' }], rules: 'open' },
      },
      'Observation.performer:who': {
        sliceName: 'who',
        min: 1,
        max: '1',
        type: [
          { code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Practitioner'] },
        ],
      },
    },
    cases: [
      [
        'there',
        observation({ performer: [{ reference: 'Practitioner/1' }, { reference: 'Organization/1' }] }),
        [],
      ],
      [
        'not there',
        observation({ performer: [{ reference: 'Organization/1' }] }),
        ['slice-min @ Observation'],
      ],
    ],
  },
  'slices of slices': {
    type: 'Observation',
    says: {
      'Observation.component': byCode(),
      'Observation.component:a': {
        sliceName: 'a',
        min: 0,
        max: '*',
        slicing: { discriminator: [{ type: 'exists', path: 'interpretation' }], rules: 'open' },
      },
      'Observation.component:a.code': codes['Observation.component:a.code'],
      'Observation.component:a/i': { sliceName: 'a/i', min: 1, max: '1' },
      'Observation.component:a/i.interpretation': { min: 1 },
    },
    cases: [
      ['one interpreted', parts(component('a', { interpretation: [{ text: 'x' }] }), component('a')), []],
      ['none', parts(component('a')), ['slice-min @ Observation']],
      [
        'what is not a does not count',
        parts(component('b', { interpretation: [{ text: 'x' }] })),
        ['slice-min @ Observation'],
      ],
    ],
  },
};

const codedWith = (...codes: string[]) =>
  parts({ ...component('x'), code: { coding: codes.flatMap((code) => concept(code).coding) } });

/** What fits two slices is not told by their discriminators, which they have to be. */
const several: Record<string, Row> = {
  'an item that fits two slices': {
    type: 'Observation',
    says: sliced(),
    cases: [
      ['one', codedWith('a', 'x'), []],
      ['both', codedWith('b', 'a'), ['slice-multiple @ Observation.component[0]']],
    ],
  },
  'an item that fits two slices in order': {
    type: 'Observation',
    says: sliced({ ordered: true }),
    cases: [
      ['one', codedWith('a', 'x'), []],
      ['both', codedWith('b', 'a'), ['slice-multiple @ Observation.component[0]']],
    ],
  },
  'targets that are not here may be of either slice': {
    type: 'Observation',
    says: {
      'Observation.performer': {
        slicing: { discriminator: [{ type: 'profile', path: 'resolve()' }], rules: 'open' },
      },
      'Observation.performer:i': {
        sliceName: 'i',
        min: 0,
        type: [{ code: 'Reference', targetProfile: [identified.url] }],
      },
      'Observation.performer:j': {
        sliceName: 'j',
        min: 0,
        type: [{ code: 'Reference', targetProfile: [elsewhere.url] }],
      },
    },
    others: [identified, elsewhere],
    cases: [['not here', observation({ performer: [{ reference: 'Patient/1' }] }), []]],
  },
};

const telecom = (...telecom: object[]) => ({ resourceType: 'Patient', telecom });
const phone = { system: 'phone', value: '1' };

/** What tells slices apart beside values that are written down. */
const untold: Record<string, Row> = {
  'slices told by what they prohibit': {
    type: 'Patient',
    says: {
      'Patient.telecom': {
        slicing: {
          discriminator: [
            { type: 'value', path: 'system' },
            { type: 'value', path: 'use' },
          ],
          rules: 'closed',
        },
      },
      'Patient.telecom:home': { sliceName: 'home', min: 1, max: '1' },
      'Patient.telecom:home.system': { min: 1, fixedCode: 'phone' },
      'Patient.telecom:home.use': { min: 1, fixedCode: 'home' },
      'Patient.telecom:email': { sliceName: 'email', min: 0, max: '1' },
      'Patient.telecom:email.system': { min: 1, fixedCode: 'email' },
      'Patient.telecom:email.use': { max: '0' },
    },
    cases: [
      ['without', telecom({ ...phone, use: 'home' }, { system: 'email', value: 'a@b.c' }), []],
      [
        'with',
        telecom({ ...phone, use: 'home' }, { system: 'email', value: 'a@b.c', use: 'work' }),
        ['slice-closed @ Patient.telecom[1]'],
      ],
    ],
  },
  'a binding of the type itself tells no slice': {
    type: 'Patient',
    says: {
      'Patient.telecom': { slicing: { discriminator: [{ type: 'value', path: '$this' }], rules: 'open' } },
      'Patient.telecom:phone': { sliceName: 'phone', min: 1 },
      'Patient.telecom:phone.system': { min: 1, fixedCode: 'phone' },
    },
    cases: [
      ['no use is needed', telecom(phone), []],
      ['another', telecom({ system: 'email', value: 'a@b.c' }), ['slice-min @ Patient']],
    ],
  },
  'a binding that the type has too, but does not require, tells slices': {
    type: 'Observation',
    says: {
      'Observation.category': {
        slicing: { discriminator: [{ type: 'value', path: '$this' }], rules: 'closed' },
      },
      'Observation.category:known': {
        sliceName: 'known',
        binding: {
          strength: 'required',
          valueSet: 'http://hl7.org/fhir/ValueSet/observation-category',
        },
      },
    },
    cases: [
      ['of it', observation({ category: [category('vital-signs')] }), []],
      ['another', observation({ category: [concept('x')] }), ['slice-closed @ Observation.category[0]']],
    ],
  },
  'references sliced by the type of a profile they resolve to': {
    type: 'Observation',
    says: {
      'Observation.performer': {
        slicing: { discriminator: [{ type: 'type', path: 'resolve()' }], rules: 'open' },
      },
      'Observation.performer:who': {
        sliceName: 'who',
        min: 1,
        type: [{ code: 'Reference', targetProfile: [patient.url] }],
      },
    },
    others: [patient],
    cases: [
      ['by its text', observation({ performer: [{ reference: 'Patient/1' }] }), []],
      ['of a version', observation({ performer: [{ reference: 'Patient/1/_history/2' }] }), []],
      ['by its type', observation({ performer: [{ type: 'Patient', identifier: { value: '1' } }] }), []],
      ['another', observation({ performer: [{ reference: 'Organization/1' }] }), ['slice-min @ Observation']],
    ],
  },
  'a target that is not at hand may conform to any profile of its type': {
    type: 'Observation',
    says: {
      'Observation.performer': {
        slicing: { discriminator: [{ type: 'profile', path: 'resolve()' }], rules: 'closed' },
      },
      'Observation.performer:other': {
        sliceName: 'other',
        max: '1',
        type: [{ code: 'Reference', targetProfile: [patient.url] }],
      },
      'Observation.performer:who': {
        sliceName: 'who',
        min: 1,
        max: '1',
        type: [{ code: 'Reference', targetProfile: [identified.url] }],
      },
    },
    others: [patient, identified],
    cases: [
      ['one', observation({ performer: [{ reference: 'Patient/1' }] }), []],
      ['many', observation({ performer: [1, 2, 3].map((id) => ({ reference: `Patient/${id}` })) }), []],
      [
        'none of that type',
        observation({ performer: [{ reference: 'Organization/1' }] }),
        ['slice-closed @ Observation.performer[0]', 'slice-min @ Observation'],
      ],
    ],
  },
  'a value beyond a reference is that of its target': {
    type: 'Observation',
    says: {
      'Observation.performer': {
        slicing: { discriminator: [{ type: 'value', path: 'resolve().identifier.system' }], rules: 'open' },
      },
      'Observation.performer:who': {
        sliceName: 'who',
        min: 1,
        type: [{ code: 'Reference', targetProfile: [identified.url] }],
      },
      'Observation.performer:who.identifier': { max: '0' },
    },
    others: [identified],
    cases: [
      ['of the system', performedBy('http://i'), []],
      ['of another', performedBy('http://j'), ['slice-min @ Observation']],
    ],
  },
  'an extension whose definition is not known is told by its url': {
    type: 'Patient',
    says: {
      'Patient.extension:far': {
        sliceName: 'far',
        min: 1,
        type: [{ code: 'Extension', profile: ['https://kat.test/far|1.0'] }],
      },
    },
    cases: [
      [
        'there',
        { resourceType: 'Patient', extension: [{ url: 'https://kat.test/far', valueString: 'x' }] },
        [],
      ],
      ['not there', { resourceType: 'Patient' }, ['slice-min @ Patient']],
    ],
  },
  'an extension whose definition is not known is told by its url, whatever is said of what is in it': {
    type: 'Patient',
    says: {
      'Patient.extension:far': {
        sliceName: 'far',
        min: 1,
        type: [{ code: 'Extension', profile: ['https://kat.test/far'] }],
      },
      'Patient.extension:far.value[x]': { type: [{ code: 'string' }], maxLength: 2 },
    },
    cases: [
      ['there', extended('https://kat.test/far', 'x'), []],
      ['not there', extended('https://kat.test/near', 'x'), ['slice-min @ Patient']],
      ['too long', extended('https://kat.test/far', 'xyz'), ['string-length @ Patient.extension[0].value']],
    ],
  },
  'a type of a choice that is prohibited': {
    type: 'Observation',
    says: {
      'Observation.value[x]': {
        slicing: { discriminator: [{ type: 'type', path: '$this' }], rules: 'open' },
      },
      'Observation.value[x]:valueString': { sliceName: 'valueString', max: '0', type: [{ code: 'string' }] },
    },
    cases: [
      ['another', observation({ valueInteger: 1 }), []],
      ['that one', observation({ valueString: 'x' }), ['slice-max @ Observation']],
    ],
  },
  'a value beyond a reference to one of several profiles tells nothing': {
    type: 'Observation',
    says: {
      'Observation.performer': {
        slicing: { discriminator: [{ type: 'value', path: 'resolve().identifier.system' }], rules: 'open' },
      },
      'Observation.performer:who': {
        sliceName: 'who',
        min: 1,
        type: [{ code: 'Reference', targetProfile: [identified.url, elsewhere.url] }],
      },
    },
    others: [identified, elsewhere],
    cases: [
      ['of one', performedBy('http://i'), []],
      ['of the other', performedBy('http://j'), []],
    ],
  },
  'a part of an extension tells slices too': {
    type: 'Patient',
    says: {
      'Patient.name': {
        slicing: {
          discriminator: [{ type: 'value', path: `extension('${nested.url}').extension('part').value` }],
          rules: 'open',
        },
      },
      'Patient.name:x': { sliceName: 'x', min: 1 },
      'Patient.name:x.extension:whole': {
        sliceName: 'whole',
        min: 1,
        type: [{ code: 'Extension', profile: [nested.url] }],
      },
      'Patient.name:x.extension:whole.extension:part': { sliceName: 'part', min: 1 },
      'Patient.name:x.extension:whole.extension:part.value[x]': { fixedCode: 'x' },
    },
    others: [nested],
    cases: [
      ['of the value', namedWith('x'), []],
      ['of another', namedWith('y'), ['slice-min @ Patient']],
    ],
  },
  'the default slice has what is in no other': {
    type: 'Observation',
    says: {
      'Observation.component': byCode({ rules: 'closed' }),
      'Observation.component:@default': { sliceName: '@default', min: 0, max: '1' },
      'Observation.component:@default.dataAbsentReason': { max: '0' },
      'Observation.component:a': { sliceName: 'a', min: 0, max: '*' },
      'Observation.component:a.code': codes['Observation.component:a.code'],
    },
    cases: [
      ['one', parts(component('a', { dataAbsentReason: { text: 'x' } }), component('x')), []],
      ['two', parts(component('y'), component('x')), ['slice-max @ Observation']],
      [
        'its rules',
        parts(component('x', { dataAbsentReason: { text: 'x' } })),
        ['cardinality-max @ Observation.component[0]'],
      ],
    ],
  },
  'primitives sliced by their extensions': {
    type: 'Patient',
    says: {
      'Patient.name.given': {
        slicing: { discriminator: [{ type: 'exists', path: `extension('${absent}')` }], rules: 'open' },
      },
      'Patient.name.given:absent': { sliceName: 'absent', min: 1 },
      'Patient.name.given:absent.extension:reason': {
        sliceName: 'reason',
        min: 1,
        type: [{ code: 'Extension', profile: [absent] }],
      },
    },
    cases: [
      [
        'there',
        {
          resourceType: 'Patient',
          name: [
            { given: ['a', null], _given: [null, { extension: [{ url: absent, valueCode: 'unknown' }] }] },
          ],
        },
        [],
      ],
      ['not there', { resourceType: 'Patient', name: [{ given: ['a'] }] }, ['slice-min @ Patient.name[0]']],
    ],
  },
};

function extended(url: string, valueString: string): object {
  return { resourceType: 'Patient', extension: [{ url, valueString }] };
}

function category(code: string): object {
  return { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] };
}

function namedWith(valueCode: string): object {
  const extension = [{ url: nested.url, extension: [{ url: 'part', valueCode }] }];
  return { resourceType: 'Patient', name: [{ text: 'a', extension }] };
}

function performedBy(system: string): object {
  const contained = [{ resourceType: 'Patient', id: 'p', identifier: [{ system, value: '1' }] }];
  return observation({ contained, performer: [{ reference: '#p' }] });
}

function bundle(...resources: object[]): object {
  const entry = resources.map((resource, i) => ({
    fullUrl: `urn:uuid:c757873d-ec9a-4326-a141-556f4323952${i}`,
    resource,
  }));
  return { resourceType: 'Bundle', type: 'collection', entry };
}

for (const [name, { type, says, others = [], cases }] of Object.entries({
  ...table,
  ...several,
  ...untold,
})) {
  t.test(name, async (t) => {
    const definition = profile(type, says);
    const by = validatorWith(definition, ...others);
    for (const [what, resource, expected] of cases) {
      t.same(errors(resource, { profiles: [definition.url] }, by).sort(), [...expected].sort(), what);
    }
  });
}

t.test('slices that cannot be told apart are said to be unchecked', async (t) => {
  const definition = profile('Observation', {
    'Observation.component': {
      slicing: { discriminator: [{ type: 'value', path: 'code' }], rules: 'closed' },
    },
    'Observation.component:a': a,
  });
  const by = validatorWith(definition);
  t.same(errors(parts(component('a')), { profiles: [definition.url] }, by), []);
  const said = findings(parts(component('a')), 'information', { profiles: [definition.url] }, by);
  t.ok(said.includes('slicing-not-checked @ Observation'));
});
