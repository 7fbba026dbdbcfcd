import t from 'tap';
import { type Case, errors, findings } from './parts.ts';

const subject = { display: 'x' };
const condition = (more: object) => ({ resourceType: 'Condition', subject, ...more });
const practitioner = { resourceType: 'Practitioner', id: 'p', active: true };

/** https://hl7.org/fhir/R4/references.html#contained, https://hl7.org/fhir/R4/bundle.html */
const table: Record<string, Case[]> = {
  'contained resources are checked by their own type, and referred to': [
    ['referred to', condition({ contained: [practitioner], recorder: { reference: '#p' } }), []],
    ['not referred to (dom-3)', condition({ contained: [practitioner] }), ['dom-3 @ Condition.contained[0]']],
    [
      'referring to its container',
      condition({
        contained: [
          {
            resourceType: 'Provenance',
            id: 'v',
            target: [{ reference: '#' }],
            recorded: '2020-01-01T00:00:00Z',
            agent: [{ who: { display: 'x' } }],
          },
        ],
      }),
      [],
    ],
    [
      'one contained refers to another',
      condition({
        contained: [
          practitioner,
          { resourceType: 'PractitionerRole', id: 'r', practitioner: { reference: '#p' } },
        ],
        recorder: { reference: '#r' },
      }),
      [],
    ],
    [
      'faults in it have the whole path',
      condition({ contained: [{ ...practitioner, gender: 'x' }], recorder: { reference: '#p' } }),
      ['binding-required @ Condition.contained[0].gender'],
    ],
    [
      'nested twice (dom-2)',
      condition({
        contained: [
          { ...practitioner, contained: [{ resourceType: 'Basic', id: 'b', code: { text: 'x' } }] },
        ],
        recorder: { reference: '#p' },
      }),
      ['dom-2 @ Condition'],
    ],
    [
      'with a version (dom-4)',
      condition({
        contained: [{ ...practitioner, meta: { versionId: '1' } }],
        recorder: { reference: '#p' },
      }),
      ['dom-4 @ Condition'],
    ],
    [
      'with a security label (dom-5)',
      condition({
        contained: [{ ...practitioner, meta: { security: [{ code: 'x' }] } }],
        recorder: { reference: '#p' },
      }),
      ['dom-5 @ Condition'],
    ],
    [
      'a fragment that is not there (ref-1)',
      condition({ recorder: { reference: '#p' } }),
      ['ref-1 @ Condition.recorder'],
    ],
    [
      'a fragment of the wrong type',
      condition({
        contained: [{ resourceType: 'Location', id: 'p', name: 'x' }],
        recorder: { reference: '#p' },
      }),
      ['reference-type @ Condition.recorder'],
    ],
  ],
  'resources in bundles and parameters are checked by their own type': [
    [
      'entry',
      {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          {
            fullUrl: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
            resource: { resourceType: 'Patient', gender: 'x' },
          },
        ],
      },
      ['binding-required @ Bundle.entry[0].resource.gender'],
    ],
    [
      'parameter',
      { resourceType: 'Parameters', parameter: [{ name: 'a', resource: { resourceType: 'Patient', x: 1 } }] },
      ['unknown-element @ Parameters.parameter[0].resource.x'],
    ],
    [
      'no type',
      { resourceType: 'Parameters', parameter: [{ name: 'a', resource: { id: 'x' } }] },
      ['not-a-resource @ Parameters.parameter[0].resource'],
    ],
    [
      'unknown type',
      { resourceType: 'Parameters', parameter: [{ name: 'a', resource: { resourceType: 'X' } }] },
      ['unknown-resource-type @ Parameters.parameter[0].resource'],
    ],
  ],
  'references have a form and a type': [
    ['good', condition({ subject: { reference: 'Patient/1' } }), []],
    ['absolute', condition({ subject: { reference: 'http://x.com/fhir/Patient/1/_history/2' } }), []],
    ['uuid', condition({ subject: { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' } }), []],
    ['conditional', condition({ subject: { reference: 'Patient?identifier=a|b' } }), []],
    [
      'wrong type',
      condition({ subject: { reference: 'Location/1' } }),
      ['reference-type @ Condition.subject'],
    ],
    [
      'wrong type, absolute',
      condition({ subject: { reference: 'http://x.com/Location/1' } }),
      ['reference-type @ Condition.subject'],
    ],
    [
      'type by Reference.type',
      condition({ subject: { type: 'Location', identifier: { value: 'x' } } }),
      ['reference-type @ Condition.subject'],
    ],
    ['oid', condition({ subject: { reference: 'urn:oid:1.2.840.113619' } }), []],
    ['another urn', condition({ subject: { reference: 'urn:ihe:iti:xds:2013:x' } }), []],
    [
      'no uuid',
      condition({ subject: { reference: 'urn:uuid:123' } }),
      ['uri-uuid @ Condition.subject.reference'],
    ],
    [
      'no oid',
      condition({ subject: { reference: 'urn:oid:1.02' } }),
      ['uri-oid @ Condition.subject.reference'],
    ],
    [
      'no urn',
      condition({ subject: { reference: 'uuid:c757873d-ec9a-4326-a141-556f43239520' } }),
      ['uri-prefix @ Condition.subject.reference'],
    ],
    [
      'conditional with a URL',
      condition({ subject: { reference: 'Patient?identifier=http://x.com/i|b' } }),
      [],
    ],
    [
      'conditional, by several parameters',
      condition({ subject: { reference: 'Patient?family=a&address-city=b' } }),
      [],
    ],
    [
      'conditional, without a value',
      condition({ subject: { reference: 'Patient?identifier' } }),
      ['reference-format @ Condition.subject'],
    ],
    [
      'conditional, without parameters',
      condition({ subject: { reference: 'Patient?' } }),
      ['reference-format @ Condition.subject'],
    ],
    [
      'conditional, of no type',
      condition({ subject: { reference: 'Person2?identifier=http://x.com/i|b' } }),
      [],
    ],
    [
      'conditional, but no search',
      condition({ subject: { reference: 'Patient?identifier' } }),
      ['reference-format @ Condition.subject'],
    ],
    ['no type', condition({ subject: { reference: 'abc' } }), []],
    ['no id', condition({ subject: { reference: 'Patient/a_b' } }), []],
    [
      'white space',
      condition({ subject: { reference: 'http://x.com/Patient/1\t' } }),
      ['reference-format @ Condition.subject'],
    ],
    [
      'white space in an id',
      condition({ subject: { reference: 'Patient/1\n' } }),
      ['reference-format @ Condition.subject'],
    ],
  ],
};

for (const [name, cases] of Object.entries(table)) {
  t.test(name, async (t) => {
    for (const [what, resource, expected] of cases)
      t.same(errors(resource).sort(), [...expected].sort(), what);
  });
}

t.test('a relative reference that is no type and id is warned of, and refused in a bundle', async (t) => {
  const about = (reference: string) => condition({ subject: { reference } });
  const entry = (resource: object) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ fullUrl: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520', resource }],
  });
  for (const [reference, key] of [
    ['abc', 'reference-relative'],
    ['Patient', 'reference-relative'],
    ['Patient/a_b', 'reference-format'],
    ['Patient/1/_history', 'reference-format'],
  ] as const) {
    t.same(findings(about(reference), 'warning'), [`${key} @ Condition.subject`], reference);
    t.match(errors(entry(about(reference))), [/^reference-format @ /], reference);
  }
});

t.test('contained resources have ids of their own', async (t) => {
  const twice = {
    resourceType: 'Patient',
    contained: [
      { resourceType: 'Organization', id: 'a', name: 'A' },
      { resourceType: 'Practitioner', id: 'a', active: true },
    ],
    managingOrganization: { reference: '#a' },
  };
  t.same(errors(twice), ['contained-duplicate @ Patient.contained[1]']);
});

t.test('a contained resource has an id', async (t) => {
  const observation = (contained: object) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    contained: [contained],
  });
  t.same(errors(observation({ resourceType: 'Patient', active: true })), [
    'cardinality-min @ Observation.contained[0]',
    'dom-3 @ Observation.contained[0]',
  ]);
  const report = { resourceType: 'DiagnosticReport', status: 'final', code: { text: 'x' } };
  const result = [{ reference: '#' }];
  t.same(errors(observation({ ...report, id: 'r', result })), []);
  t.same(errors(observation({ ...report, result })), ['cardinality-min @ Observation.contained[0]']);
});

t.test('contained resources that refer to one another only are not referred to', async (t) => {
  const part = (id: string, of: string) => ({
    resourceType: 'Organization',
    id,
    name: 'x',
    partOf: { reference: of },
  });
  const patient = (contained: object[], more: object = {}) =>
    errors({ resourceType: 'Patient', contained, ...more });
  const orphan = (index: number) => `dom-3 @ Patient.contained[${index}]`;
  t.same(patient([part('a', '#a')]), [orphan(0)]);
  t.same(patient([part('a', '#b'), part('b', '#a')]), [orphan(0), orphan(1)]);
  const managingOrganization = { reference: '#a' };
  t.same(patient([part('a', '#b'), part('b', '#a')], { managingOrganization }), []);
});

t.test('a canonical URL of a contained resource has its id', async (t) => {
  const plan = (library: string) => ({
    resourceType: 'PlanDefinition',
    status: 'draft',
    library: [library],
    contained: [
      { resourceType: 'ActivityDefinition', id: 'a', status: 'draft', library: ['#l'] },
      { resourceType: 'Library', id: 'l', status: 'draft', type: { text: 'x' } },
    ],
    action: [{ definitionCanonical: '#a' }],
  });
  const lost = (resource: object) => findings(resource, 'warning');
  t.same(lost(plan('#l')), []);
  t.same(lost(plan('#none')), ['canonical-fragment @ PlanDefinition.library[0]']);
  t.same(lost(plan('https://kat.test/Library/l#none')), []);
});

t.test(
  'a URL that begins with # leads to an element of the resource, or of the bundle around it',
  async (t) => {
    const media = (url: string, more: object = {}) => ({
      resourceType: 'Media',
      status: 'completed',
      content: { url },
      ...more,
    });
    const data = { resourceType: 'Binary', id: 'd', contentType: 'text/plain', data: 'YQ==' };
    t.same(errors(media('#d', { contained: [data] })), []);
    t.same(errors(media('#d', { note: [{ id: 'd', text: 'x' }] })), []);
    t.same(errors(media('#d')), ['local-id-unknown @ Media.content.url']);
    const bundle = (url: string) => ({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { fullUrl: 'http://x.com/Media/m', resource: media(url, { id: 'm' }) },
        { fullUrl: 'http://x.com/Binary/d', resource: data },
      ],
    });
    t.same(errors(bundle('#d')), []);
    t.same(errors(bundle('#e')), ['local-id-unknown @ Bundle.entry[0].resource.content.url']);
  },
);

t.test('a canonical URL of a contained resource leads to one of a type that is meant', async (t) => {
  const plan = (contained: object) => ({
    resourceType: 'CarePlan',
    status: 'draft',
    intent: 'plan',
    subject,
    contained: [{ id: 'a', status: 'draft', ...contained }],
    instantiatesCanonical: ['#a'],
  });
  t.same(errors(plan({ resourceType: 'PlanDefinition' })), []);
  t.same(errors(plan({ resourceType: 'ValueSet' })), ['canonical-type @ CarePlan.instantiatesCanonical[0]']);
});
