/** Searching several types at once, by words, and by `_filter`. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer();
t.teardown(() => server.close());

const div = (text: string) => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>`,
});
const tag = [{ system: 'urn:t', code: 'x' }];
const resources = [
  {
    resourceType: 'Patient',
    id: 'p1',
    meta: { tag },
    text: div('Née <b>Müller</b> &amp; treatment-resistant depression'),
    name: [{ family: 'Müller', given: ['Ann'] }],
    birthDate: '1980-05-01',
    active: true,
  },
  { resourceType: 'Patient', id: 'p2', name: [{ family: 'Smith' }], birthDate: '1990' },
  { resourceType: 'Practitioner', id: 'd1', meta: { tag }, name: [{ family: 'Miller' }] },
  {
    resourceType: 'Observation',
    id: 'o1',
    status: 'final',
    code: { coding: [{ system: 'urn:c', code: 'a', display: 'Depression score' }] },
    subject: { reference: 'Patient/p1' },
    effectiveDateTime: '2024-05-05',
    valueQuantity: { value: 5, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
  },
  {
    resourceType: 'Observation',
    id: 'o2',
    status: 'amended',
    code: { text: 'other' },
    subject: { reference: 'Patient/p2' },
    effectivePeriod: { start: '2024-05-01', end: '2024-05-10' },
  },
  {
    resourceType: 'List',
    id: 'l1',
    status: 'current',
    mode: 'working',
    entry: [{ item: { reference: 'Patient/p2' } }],
  },
];

for (const resource of resources) {
  await server.send('PUT', `/${resource.resourceType}/${resource.id}`, { body: resource });
}

/** `Patient/1` of each match, sorted unless the search says how. */
async function found(query: string): Promise<string[]> {
  const { status, body } = await server.send('GET', `/${query}`);
  if (status !== 200) throw new Error(`${status} for ${query}: ${keysOf(body)}`);
  const keys = (body.entry ?? []).map(keyOf);
  return query.includes('_sort=') ? keys : keys.sort();
}

function keyOf({ resource }: { resource: { resourceType: string; id: string } }): string {
  return `${resource.resourceType}/${resource.id}`;
}

/** Only what this test stored, whatever else a server holds from the start. */
const ours = `_type=Patient,Practitioner,Observation,List`;

type Cases = readonly (readonly [query: string, expected: readonly string[]])[];

function check(name: string, cases: Cases): void {
  t.test(name, async (t) => {
    for (const [query, expected] of cases) t.same(await found(query), expected, query);
  });
}

check('the whole system is searched by what all resources have', [
  ['?_tag=urn:t|x', ['Patient/p1', 'Practitioner/d1']],
  ['?_id=p1,o1', ['Observation/o1', 'Patient/p1']],
  ['?_list=l1', ['Patient/p2']],
  ['?_has:Observation:subject:code=a', ['Patient/p1']],
  ['?_lastUpdated=lt2000', []],
]);

check('several types are searched by what they have in common', [
  ['?_type=Patient,Practitioner&name=m', ['Patient/p1', 'Practitioner/d1']],
  ['?_type=Patient,Practitioner&_tag:not=urn:t|x', ['Patient/p2']],
  ['?_type=Patient,Practitioner&active:missing=true', ['Patient/p2', 'Practitioner/d1']],
  ['?_type=Patient,Practitioner&_sort=-name', ['Patient/p2', 'Patient/p1', 'Practitioner/d1']],
  ['?_type=Patient&_type=Practitioner&name=s', ['Patient/p2']],
  [
    `?${ours}&_sort=_id`,
    ['Practitioner/d1', 'List/l1', 'Observation/o1', 'Observation/o2', 'Patient/p1', 'Patient/p2'],
  ],
]);

check('words are found in the narrative and in everything a resource says', [
  ['Patient?_text=muller', ['Patient/p1']],
  ['Patient?_text=MÜLLER depression', ['Patient/p1']],
  ['Patient?_text=ann', []],
  ['Patient?_content=ann', ['Patient/p1']],
  ['?_type=Patient,Observation&_content=depression', ['Observation/o1', 'Patient/p1']],
  ['Observation?_content="depression score"', ['Observation/o1']],
  ['Observation?_content="score depression"', []],
  ['Observation?_content=depr* OR other', ['Observation/o1', 'Observation/o2']],
  ['Observation?_content=(depr* OR other) NOT score', ['Observation/o2']],
  ['Observation?_content=b', []],
]);

check('a filter compares, combines and negates', [
  ['Patient?_filter=name co "ull" and birthdate lt 1985', ['Patient/p1']],
  ['Patient?_filter=name eq "muller"', ['Patient/p1']],
  ['Patient?_filter=name eq "mull"', []],
  ['Patient?_filter=not (name sw "m")', ['Patient/p2']],
  ['Patient?_filter=birthdate ge 1990 or active eq true', ['Patient/p1', 'Patient/p2']],
  ['Patient?_filter=active pr false', ['Patient/p2']],
  ['Observation?_filter=status ne final', ['Observation/o2']],
  ['Observation?_filter=date po 2024-05-05T10:00Z', ['Observation/o1', 'Observation/o2']],
  ['Observation?_filter=date sa 2024-05-01', ['Observation/o1']],
  ['Observation?_filter=value-quantity eq 0.005|http://unitsofmeasure.org|g', ['Observation/o1']],
  ['Observation?_filter=subject re Patient/p1', ['Observation/o1']],
  // From left to right, without precedence.
  ['Observation?_filter=status eq final or status eq amended and code pr false', []],
  ['Observation?_filter=status eq final or (status eq amended and code pr false)', ['Observation/o1']],
]);

check('a filter follows references', [
  ['Observation?_filter=subject.name ew "ller"', ['Observation/o1']],
  ['Observation?_filter=subject:Patient.name ew "ith"', ['Observation/o2']],
  ['Observation?_filter=subject[active eq true].name co "m"', ['Observation/o1']],
  ['?_type=Patient,Practitioner&_filter=name sw "m" or active eq true', ['Patient/p1', 'Practitioner/d1']],
]);

t.test('what cannot be understood is refused, never ignored', async (t) => {
  const refusals: [string, string][] = [
    ['?_type=Foo', 'invalid-parameter'],
    ['?name=x', 'unknown-parameter'],
    ['?_type=Patient,Observation&birthdate=2000', 'unknown-parameter'],
    ['Patient?_type=Patient', 'unknown-parameter'],
    ['Patient?_filter=(name eq "a"', 'invalid-parameter'],
    ['Patient?_filter=name like "a"', 'invalid-parameter'],
    ['Patient?_filter=name gt "a"', 'invalid-parameter'],
    ['Patient?_filter=name:exact eq "a"', 'unknown-parameter'],
    ['Patient?_filter=nmae eq "a"', 'unknown-parameter'],
    ['Patient?_filter=birthdate eq soon', 'invalid-parameter'],
    [
      `Patient?_filter=active eq true${' or active eq false and active eq true'.repeat(30)}`,
      'invalid-parameter',
    ],
    [`Patient?_filter=${'('.repeat(30)}active eq true${')'.repeat(30)}`, 'invalid-parameter'],
    ['Patient?_content=(a', 'invalid-parameter'],
    ['Patient?_content=NOT a', 'invalid-parameter'],
    ['Patient?_text="', 'invalid-parameter'],
  ];
  for (const [query, key] of refusals) {
    const { status, body } = await server.send('GET', `/${query}`);
    t.same([status, keysOf(body)], [400, [key]], query);
  }
});

t.test('long filters are answered as well as short ones', async (t) => {
  const tests = Array.from({ length: 180 }, (_, i) => `birthdate ne 19${10 + (i % 80)}`);
  // Of 1910 to 1989 one is the year in which the first of them was born.
  t.same(await found(`Patient?_filter=${tests.join(' and ')}`), ['Patient/p2']);
  t.same(await found(`Patient?_filter=${tests.join(' or ')}`), ['Patient/p1', 'Patient/p2']);
  const nested = `active eq true${' or active eq false and active pr true'.repeat(9)}`;
  t.same(await found(`Patient?_filter=${nested}`), ['Patient/p1']);
});

t.test('pages of several types follow each other, by GET and by POST', async (t) => {
  const form = 'application/x-www-form-urlencoded';
  const first = await server.send('POST', '/_search', {
    headers: { 'content-type': form },
    body: '_type=Patient,Observation&_count=3&_sort=-_lastUpdated',
  });
  t.equal(first.status, 200);
  const next = first.body.link.find(({ relation }: { relation: string }) => relation === 'next').url;
  const second = await server.send('GET', next);
  t.same([...first.body.entry, ...second.body.entry].map(keyOf).sort(), [
    'Observation/o1',
    'Observation/o2',
    'Patient/p1',
    'Patient/p2',
  ]);
  t.match(first.body.link[0].url, /\/fhir\?_type=Patient%2CObservation&/);
});

t.test('includes go with a search over several types', async (t) => {
  const { body } = await server.send('GET', '/?_type=Observation,List&_include=*&_include=List:item');
  const included = body.entry.filter(({ search }: { search: { mode: string } }) => search.mode === 'include');
  t.same(included.map(keyOf).sort(), ['Patient/p1', 'Patient/p2']);
});

t.test('the CapabilityStatement claims it', async (t) => {
  const [rest] = (await server.send('GET', '/metadata')).body.rest;
  const names = (list: { name?: string; code?: string }[]) => list.map(({ name, code }) => name ?? code);
  t.ok(names(rest.interaction).includes('search-system'));
  t.same(names(rest.searchParam), ['_text', '_content', '_filter', '_list', '_has']);
});
