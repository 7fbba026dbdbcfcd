import t from 'tap';
import type { ValidationOptions } from '../../src/validator/validator.ts';
import { type Case, errors, findings } from './parts.ts';

const uuid = (n: number) => `urn:uuid:c757873d-ec9a-4326-a141-556f4323952${n}`;
const patient = { resourceType: 'Patient', id: '1' };
const bundle = (type: string, ...entry: object[]) => ({ resourceType: 'Bundle', type, entry });
const composition = (more: object = {}) => ({
  resourceType: 'Composition',
  status: 'final',
  type: { text: 'x' },
  date: '2024-01-01',
  title: 'x',
  author: [{ reference: uuid(2) }],
  ...more,
});
const document = (...entry: object[]) => ({
  ...bundle('document', ...entry),
  identifier: { system: 'urn:ietf:rfc:3986', value: uuid(9) },
  timestamp: '2024-01-01T00:00:00Z',
});
const author = { fullUrl: uuid(2), resource: { resourceType: 'Practitioner', active: true } };

const link = (relation: string, url = 'http://x.com/Patient') => ({ relation, url });
const match = (resource: object) => ({
  fullUrl: 'http://x.com/Patient/1',
  resource,
  search: { mode: 'match' },
});

/** https://hl7.org/fhir/R4/bundle.html */
const table: Record<string, Case[]> = {
  'links are those of the type of bundle': [
    ['pages of a search', { ...bundle('searchset', match(patient)), link: [link('self'), link('next')] }, []],
    [
      'pages of a collection',
      { ...bundle('collection', { fullUrl: uuid(1), resource: patient }), link: [link('next')] },
      ['bundle-link @ Bundle.link[0].relation'],
    ],
    [
      'itself twice',
      { ...bundle('searchset', match(patient)), link: [link('self'), link('self')] },
      ['bundle-link-duplicate @ Bundle.link[1].relation'],
    ],
    [
      'other relations twice',
      { ...bundle('searchset', match(patient)), link: [link('alternate'), link('alternate')] },
      [],
    ],
  ],
  'entries of a search are what their mode says': [
    [
      'an outcome that is none',
      bundle('searchset', { fullUrl: uuid(1), resource: patient, search: { mode: 'outcome' } }),
      ['bundle-search-entry @ Bundle.entry[0].resource'],
    ],
    [
      'a self link that ends in a name of no type',
      {
        ...bundle('searchset', match(patient)),
        link: [{ relation: 'self', url: 'http://x.com/Server?a=b' }],
      },
      [],
    ],
    [
      'a match without an id',
      bundle('searchset', { ...match({ resourceType: 'Patient' }), fullUrl: uuid(1) }),
      ['bundle-search-entry @ Bundle.entry[0].resource'],
    ],
    [
      'a match of a type that was not searched',
      { ...bundle('searchset', match(patient)), link: [link('self', 'http://x.com/Group?_count=1')] },
      ['bundle-search-entry @ Bundle.entry[0].resource'],
    ],
    [
      'matches of a search over types',
      { ...bundle('searchset', match(patient)), link: [link('self', 'http://x.com?_type=Group,Patient')] },
      [],
    ],
  ],
  'entries of a document hang together': [
    [
      'forward and backward',
      document({ fullUrl: uuid(1), resource: composition() }, author, {
        fullUrl: uuid(3),
        resource: { resourceType: 'PractitionerRole', practitioner: { reference: uuid(2) } },
      }),
      [],
    ],
    [
      'not at all',
      document({ fullUrl: uuid(1), resource: composition() }, author, {
        fullUrl: uuid(3),
        resource: patient,
      }),
      ['bundle-unreachable @ Bundle.entry[2]'],
    ],
    [
      'by a link of the document',
      {
        ...document({ fullUrl: uuid(1), resource: composition() }, author, {
          fullUrl: uuid(3),
          resource: { resourceType: 'Binary', contentType: 'text/css', data: 'YWJj' },
        }),
        link: [link('stylesheet', uuid(3))],
      },
      [],
    ],
    [
      'by a link that leads nowhere',
      {
        ...document({ fullUrl: uuid(1), resource: composition() }, author),
        link: [link('stylesheet', 'Binary/css'), link('stylesheet', 'https://hl7.org/fhir/fhir.css')],
      },
      ['bundle-reference-unresolved @ Bundle.link[0].url'],
    ],
    [
      'by the type and id of a stylesheet',
      {
        ...document({ fullUrl: uuid(1), resource: composition() }, author, {
          fullUrl: 'http://x.com/Binary/css',
          resource: { resourceType: 'Binary', id: 'css', contentType: 'text/css', data: 'YWJj' },
        }),
        link: [link('stylesheet', 'Binary/css')],
      },
      [],
    ],
    [
      'an entry of a section in a section',
      document(
        {
          fullUrl: uuid(1),
          resource: composition({
            section: [{ title: 'a', section: [{ title: 'b', entry: [{ reference: uuid(7) }] }] }],
          }),
        },
        author,
      ),
      ['bundle-reference-unresolved @ Bundle.entry[0].resource.section[0].section[0].entry[0]'],
    ],
  ],
  'entries have an absolute fullUrl of their own': [
    ['absolute', bundle('collection', { fullUrl: 'http://x.com/Patient/1', resource: patient }), []],
    [
      'relative',
      bundle('collection', { fullUrl: 'Patient/1', resource: patient }),
      ['bundle-fullurl-relative @ Bundle.entry[0].fullUrl'],
    ],
    ['missing', bundle('collection', { resource: patient }), ['bundle-fullurl-missing @ Bundle.entry[0]']],
    [
      'missing where the server gives it',
      bundle('transaction', { resource: patient, request: { method: 'POST', url: 'Patient' } }),
      [],
    ],
    [
      'missing of what was deleted',
      bundle('history', { request: { method: 'DELETE', url: 'Patient/1' }, response: { status: '204' } }),
      ['bundle-fullurl-missing @ Bundle.entry[0]'],
    ],
    [
      'missing in an update',
      bundle('transaction', { resource: patient, request: { method: 'PUT', url: 'Patient/1' } }),
      ['bundle-fullurl-missing @ Bundle.entry[0]'],
    ],
    [
      'twice (bdl-7)',
      bundle('collection', { fullUrl: uuid(1), resource: patient }, { fullUrl: uuid(1), resource: patient }),
      ['bdl-7 @ Bundle'],
    ],
    [
      'twice in two versions',
      bundle(
        'collection',
        { fullUrl: uuid(1), resource: { ...patient, meta: { versionId: '1' } } },
        { fullUrl: uuid(1), resource: { ...patient, meta: { versionId: '2' } } },
      ),
      [],
    ],
    [
      'a type that is a property of every object',
      bundle('constructor'),
      ['array-empty @ Bundle.entry', 'binding-required @ Bundle.type'],
    ],
  ],
  'what the type of the bundle demands (bdl-3, bdl-8, bdl-11)': [
    [
      'a transaction without requests',
      bundle('transaction', { fullUrl: uuid(1), resource: patient }),
      ['bdl-3 @ Bundle'],
    ],
    [
      'a collection with requests',
      bundle('collection', {
        fullUrl: uuid(1),
        resource: patient,
        request: { method: 'PUT', url: 'Patient/1' },
      }),
      ['bdl-3 @ Bundle'],
    ],
    [
      'a fullUrl with a version',
      bundle('collection', { fullUrl: 'http://x.com/Patient/1/_history/2', resource: patient }),
      ['bdl-8 @ Bundle.entry[0]'],
    ],
    [
      'a document without a composition',
      document({ fullUrl: uuid(1), resource: patient }),
      ['bdl-11 @ Bundle'],
    ],
    ['an empty entry (bdl-5)', bundle('collection', { fullUrl: uuid(1) }), ['bdl-5 @ Bundle.entry[0]']],
  ],
  'a document carries what its composition refers to': [
    ['there', document({ fullUrl: uuid(1), resource: composition() }, author), []],
    [
      'not there',
      document({ fullUrl: uuid(1), resource: composition({ subject: { reference: uuid(3) } }) }, author),
      ['bundle-reference-unresolved @ Bundle.entry[0].resource.subject'],
    ],
    [
      'relative to the fullUrl',
      document(
        {
          fullUrl: 'http://x.com/Composition/1',
          resource: composition({ id: '1', author: [{ reference: 'Practitioner/2' }] }),
        },
        {
          fullUrl: 'http://x.com/Practitioner/2',
          resource: { resourceType: 'Practitioner', id: '2', active: true },
        },
      ),
      [],
    ],
    [
      'not relative to a uuid',
      document(
        { fullUrl: uuid(1), resource: composition({ author: [{ reference: 'Practitioner/2' }] }) },
        {
          fullUrl: 'http://x.com/Practitioner/2',
          resource: { resourceType: 'Practitioner', id: '2', active: true },
        },
      ),
      [
        'bundle-reference-unresolved @ Bundle.entry[0].resource.author[0]',
        'bundle-unreachable @ Bundle.entry[1]',
      ],
    ],
  ],
  'references in a bundle have the type of the entry they lead to': [
    [
      'right',
      bundle(
        'collection',
        { fullUrl: uuid(1), resource: patient },
        { fullUrl: uuid(2), resource: condition(uuid(1)) },
      ),
      [],
    ],
    [
      'wrong',
      bundle(
        'collection',
        { fullUrl: uuid(1), resource: { resourceType: 'Location', name: 'x' } },
        { fullUrl: uuid(2), resource: condition(uuid(1)) },
      ),
      ['reference-type @ Bundle.entry[1].resource.subject'],
    ],
  ],
};

function condition(reference: string): object {
  return { resourceType: 'Condition', subject: { reference } };
}

for (const [name, cases] of Object.entries(table)) {
  t.test(name, async (t) => {
    for (const [what, resource, expected] of cases)
      t.same(errors(resource).sort(), [...expected].sort(), what);
  });
}

t.test('a search stands for a reference only where a server puts in what it finds', async (t) => {
  const reference = 'Patient?identifier=http://x.com/i|1';
  const entry = { fullUrl: uuid(1), resource: condition(reference) };
  const sent = { ...entry, request: { method: 'POST', url: 'Condition' } };
  t.same(errors(bundle('transaction', sent)), []);
  t.same(errors(bundle('batch', sent)), []);
  t.same(
    errors({ resourceType: 'Parameters', parameter: [{ name: 'a', resource: condition(reference) }] }),
    [],
  );
  t.same(errors(bundle('collection', entry)), ['reference-format @ Bundle.entry[0].resource.subject']);
});

t.test('a reference to a version leads to the entry of that version', async (t) => {
  const url = 'http://x.com/Practitioner/2';
  const version = (versionId: string) => ({
    fullUrl: url,
    resource: { resourceType: 'Practitioner', id: '2', meta: { versionId } },
  });
  const by = (reference: string, ...entries: object[]) =>
    errors(
      document(
        {
          fullUrl: 'http://x.com/Composition/1',
          resource: composition({ id: '1', author: [{ reference }] }),
        },
        ...entries,
      ),
    );
  t.same(by('Practitioner/2/_history/3', version('3')), []);
  t.same(by(`${url}/_history/3`, version('3')), []);
  const lost = 'bundle-reference-unresolved @ Bundle.entry[0].resource.author[0]';
  t.same(by('Practitioner/2/_history/4', version('3')), [lost, 'bundle-unreachable @ Bundle.entry[1]']);
  t.same(by('Practitioner/2/_history/4', version('3'), version('4')), [
    'bundle-unreachable @ Bundle.entry[1]',
  ]);
  const parameters = (reference: string) => ({
    resourceType: 'Parameters',
    parameter: ['1', '2']
      .map((versionId) => ({ name: 'a', resource: { ...patient, meta: { versionId } } }))
      .concat({ name: 'b', resource: condition(reference) } as never),
  });
  const there = { references: 'exist' } as const;
  t.same(errors(parameters('Patient/1/_history/2'), there), []);
  t.same(errors(parameters('Patient/1/_history/3'), there), [
    'reference-unresolved @ Parameters.parameter[2].resource.subject',
  ]);
});

t.test('a relative reference in a bundle is a type and an id', async (t) => {
  const within = (reference: string) =>
    errors(bundle('collection', { fullUrl: uuid(1), resource: condition(reference) }));
  const broken = ['reference-format @ Bundle.entry[0].resource.subject'];
  for (const reference of ['Patient/1', 'Patient/1/_history/2', 'Other/1'])
    t.same(within(reference), [], reference);
  for (const reference of ['/Patient/1', '../Patient/1', 'fhir/Patient/1'])
    t.same(within(reference), broken, reference);
  t.same(errors(condition('/Patient/1')), [], 'by itself it may be a path of some server');
});

t.test('references to elsewhere are followed as far as asked for', async (t) => {
  const known = { resourceType: 'Patient', id: 'known' };
  const about = (reference: string, options: ValidationOptions) => errors(condition(reference), options);
  t.same(about('Patient/none', {}), [], 'not at all by default');
  t.same(about('Patient/none', { references: 'exist' }), ['reference-unresolved @ Condition.subject']);
  t.same(about('Patient/known', { references: 'exist', supporting: [known] }), []);
  t.same(about('Patient/known', { references: 'exist', resolve: () => known }), []);
  const resolve = (reference: string) => (reference === uuid(1) ? known : { resourceType: 'Location' });
  t.same(about(uuid(1), { references: 'exist', resolve }), []);
  t.same(about(uuid(2), { references: 'exist', resolve }), ['reference-type @ Condition.subject']);
  t.same(
    about('http://other.com/x', { references: 'exist' }),
    [],
    'what is no RESTful URL is not looked for',
  );
});

t.test('a reference says one type only', async (t) => {
  const both = { resourceType: 'Condition', subject: { reference: 'Patient/1', type: 'Group' } };
  t.same(errors(both), ['reference-type-differs @ Condition.subject']);
  t.same(errors({ ...both, subject: { reference: 'Patient/1', type: 'Patient' } }), []);
});

t.test('Reference.type is one that the element allows', async (t) => {
  const typed = (type: string) => errors({ resourceType: 'Condition', subject: { type, display: 'x' } });
  const broken = ['reference-type @ Condition.subject'];
  const definitions = 'http://hl7.org/fhir/StructureDefinition/';
  t.same(typed('Patient'), []);
  t.same(typed(`${definitions}Group`), []);
  t.same(typed('Device'), broken);
  t.same(typed('Animal'), broken, 'no type at all');
  t.same(typed(`${definitions}Device`), broken);
  const anything = {
    resourceType: 'Linkage',
    item: [{ type: 'source', resource: { type: 'Animal', display: 'x' } }],
  };
  t.same(findings(anything, 'warning'), ['binding-extensible @ Linkage.item[0].resource.type']);
});

t.test('Reference.type is the type of the target wherever it is', async (t) => {
  const target = (reference: string, type: string) => ({
    resourceType: 'Provenance',
    contained: [{ resourceType: 'Organization', id: 'o', name: 'x', partOf: { reference: '#o' } }],
    target: [{ reference, type }],
    recorded: '2020-01-01T00:00:00Z',
    agent: [{ who: { reference: '#o' } }],
  });
  const broken = ['reference-type-differs @ Provenance.target[0]'];
  t.same(errors(target('#o', 'Organization')), []);
  t.same(errors(target('#o', 'Patient')), broken);
  t.same(errors(target('http://x.com/fhir/Patient/1', 'Patient')), []);
  t.same(errors(target('http://x.com/fhir/Patient/1', 'Organization')), broken);
  t.same(errors(target('http://x.com/Picture/1', 'Patient')), [], 'Picture is no resource type');
  t.same(errors(target(uuid(1), 'Patient')), [], 'a target that is not here');
  const within = (type: string) =>
    errors(
      bundle(
        'collection',
        { fullUrl: uuid(1), resource: patient },
        { fullUrl: uuid(2), resource: target(uuid(1), type) },
      ),
    );
  t.same(within('Patient'), []);
  t.same(within('Device'), ['reference-type-differs @ Bundle.entry[1].resource.target[0]']);
});

t.test('what is named by a URL has the id in it, unless it is sent to be created', async (t) => {
  const missing = ['cardinality-min @ Bundle.entry[0].resource'];
  const fullUrl = 'http://x.com/Patient/1';
  const resource = { resourceType: 'Patient', active: true };
  t.same(errors(bundle('collection', { fullUrl, resource })), missing);
  t.same(errors(bundle('collection', { fullUrl, resource: { ...resource, id: '1' } })), []);
  t.same(errors(bundle('collection', { fullUrl: uuid(1), resource })), []);
  const request = { method: 'POST', url: 'Patient' };
  t.same(errors(bundle('transaction', { fullUrl, resource, request })), []);
});

t.test('a RESTful fullUrl ends in the type and id of its resource', async (t) => {
  const wrong = ['bundle-fullurl-id @ Bundle.entry[0].fullUrl'];
  const stored = (fullUrl: string, resource: object = patient) =>
    bundle('history', {
      fullUrl,
      resource,
      request: { method: 'PUT', url: 'Patient/1' },
      response: { status: '200' },
    });
  t.same(errors(stored('http://x.com/Patient/1')), []);
  t.same(errors(stored('http://x.com/Patient/2')), wrong);
  t.same(errors(stored('http://x.com/Group/1')), wrong);
  t.same(errors(stored('http://x.com/Server/2')), [], 'there is no such type');
  t.same(errors(stored(uuid(1), { resourceType: 'Patient' })), []);
  const other = bundle('collection', { fullUrl: 'http://x.com/Patient/2', resource: patient });
  t.same(findings(other, 'warning'), wrong, "HL7's own collections and messages have such");
  t.same(errors(other), []);
  const url = 'http://x.com/ValueSet/a';
  const known = (id: string) =>
    bundle('collection', { fullUrl: url, resource: { resourceType: 'ValueSet', id, url, status: 'draft' } });
  t.same(errors(known('a')), []);
  t.same(
    errors(known('b')),
    ['bundle-fullurl-id @ Bundle.entry[0].fullUrl'],
    'its own URL is not where it is',
  );
});

t.test('a request names the type of the resource that comes with it, an update its id', async (t) => {
  const asked = (method: string, url: string, resource: object = patient) =>
    errors(bundle('transaction', { fullUrl: uuid(1), resource, request: { method, url } }));
  for (const [method, url] of [
    ['POST', 'Patient'],
    ['PUT', 'Patient/1'],
    ['PUT', 'Patient?identifier=http://x.com|1'],
    ['POST', 'Observation/$validate'],
    ['PUT', 'http://x.com/Patient/1'],
  ] as const) {
    t.same(asked(method, url), [], `${method} ${url}`);
  }
  const place = 'Bundle.entry[0].request.url';
  t.same(asked('POST', 'Observation'), [`bundle-request-type @ ${place}`]);
  t.same(asked('PUT', 'Observation/1'), [`bundle-request-type @ ${place}`]);
  t.same(asked('PUT', 'Patient?identifier=x', { resourceType: 'Group', type: 'person', actual: true }), [
    `bundle-request-type @ ${place}`,
  ]);
  t.same(asked('PUT', 'Patient'), [`bundle-request-id @ ${place}`]);
  t.same(asked('PUT', 'Patient/2'), [`bundle-request-id @ ${place}`]);
  t.same(asked('PUT', 'Patient/1', { resourceType: 'Patient' }), [`bundle-request-id @ ${place}`]);
});

t.test('what is to be stored comes with its request', async (t) => {
  const asked = (method: string, url: string) =>
    errors(bundle('transaction', { fullUrl: 'http://x.com/Patient/1', request: { method, url } }));
  const broken = ['bundle-entry-missing @ Bundle.entry[0]'];
  t.same(asked('PUT', 'Patient/1'), broken);
  t.same(asked('POST', 'Patient'), broken);
  t.same(asked('POST', 'Patient/_search?name=x'), []);
  t.same(asked('POST', 'Patient/1/$everything'), []);
  t.same(asked('DELETE', 'Patient/1'), []);
  t.same(asked('GET', 'Patient?name=x'), []);
});

t.test('an answer begins with the code of HTTP', async (t) => {
  const answer = (status: string) => findings(bundle('batch-response', { response: { status } }), 'warning');
  for (const status of ['200', '201 Created', '404 Not Found']) t.same(answer(status), [], status);
  for (const status of ['OK', '20', '2000', 'Created 201'])
    t.same(answer(status), ['format @ Bundle.entry[0].response.status'], status);
});

t.test('a message carries what its header refers to', async (t) => {
  const header = (more: object) => ({
    fullUrl: uuid(1),
    resource: {
      resourceType: 'MessageHeader',
      eventUri: 'http://x.com/event',
      source: { endpoint: 'http://x.com' },
      ...more,
    },
  });
  const outcome = {
    fullUrl: uuid(3),
    resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'fatal', code: 'exception' }] },
  };
  t.same(errors(bundle('message', header({ focus: [{ reference: uuid(3) }] }), outcome)), []);
  t.same(errors(bundle('message', header({ focus: [{ reference: uuid(3) }] }))), [
    'bundle-reference-unresolved @ Bundle.entry[0].resource.focus[0]',
  ]);
});
