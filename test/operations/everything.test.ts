/** $everything of a patient and of a care plan, over HTTP: exactly what belongs, whole or in pages. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

interface Entry {
  readonly resource: { readonly resourceType: string; readonly id: string };
  readonly search: { readonly mode: string };
}

const server = await startServer({ environment: { VALIDATION: 'base' } });
t.teardown(() => server.close());

/** What each resource says, and where it belongs: `a` and `b` are patients. */
const stored = [
  { resourceType: 'Organization', id: 'clinic', name: 'Clinic' },
  { resourceType: 'Organization', id: 'unrelated', name: 'Unrelated' },
  { resourceType: 'Practitioner', id: 'prescriber' },
  { resourceType: 'Practitioner', id: 'elsewhere' },
  {
    resourceType: 'PractitionerRole',
    id: 'therapist',
    practitioner: { reference: 'Practitioner/prescriber' },
    organization: { reference: 'Organization/clinic' },
  },
  { resourceType: 'Patient', id: 'a' },
  { resourceType: 'Patient', id: 'b', generalPractitioner: [{ reference: 'Practitioner/elsewhere' }] },
  observation('early', 'Patient/a', '2026-01-10'),
  observation('late', 'Patient/a', '2026-03-10'),
  observation('undated', 'Patient/a'),
  observation('other', 'Patient/b', '2026-01-10'),
  // Of b, but told by a: in both compartments.
  { ...observation('told', 'Patient/b', '2026-01-11'), performer: [{ reference: 'Patient/a' }] },
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/a' },
    period: { start: '2026-01-31T10:00:00Z', end: '2026-02-01T11:00:00Z' },
    participant: [{ individual: { reference: 'PractitionerRole/therapist' } }],
  },
  {
    resourceType: 'Coverage',
    id: 'insurance',
    status: 'active',
    beneficiary: { reference: 'Patient/a' },
    payor: [{ reference: 'Organization/clinic' }],
  },
];

function observation(id: string, subject: string, effectiveDateTime?: string) {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: 'mood' },
    subject: { reference: subject },
    ...(effectiveDateTime === undefined ? {} : { effectiveDateTime }),
  };
}

t.before(async () => {
  for (const resource of stored) {
    const { status } = await server.send('PUT', `/${resource.resourceType}/${resource.id}`, {
      body: resource,
    });
    if (status !== 201) throw new Error(`${resource.id} was not stored: ${status}`);
  }
});

function keys(entries: readonly Entry[] = [], mode?: string): string[] {
  return entries
    .filter(({ search }) => mode === undefined || search.mode === mode)
    .map(({ resource }) => `${resource.resourceType}/${resource.id}`)
    .sort();
}

async function everything(path: string) {
  const { status, body } = await server.send('GET', path);
  t.equal(status, 200, path);
  return body;
}

const recordOfA = [
  ...['Coverage/insurance', 'Encounter/visit', 'Observation/early', 'Observation/late'],
  ...['Observation/told', 'Observation/undated', 'Patient/a'],
];
const supportOfA = ['Organization/clinic', 'Practitioner/prescriber', 'PractitionerRole/therapist'];

t.test('a record is the compartment of its patient, and what that refers to', async (t) => {
  const bundle = await everything('/Patient/a/$everything');
  t.equal(bundle.type, 'searchset');
  t.same(keys(bundle.entry, 'match'), recordOfA);
  t.same(keys(bundle.entry, 'include'), supportOfA, 'also by way of what supports');
  t.equal(bundle.total, recordOfA.length);
  t.same(
    bundle.link.map(({ relation }: { relation: string }) => relation),
    ['self'],
  );
});

t.test('the same is asked by POST', async (t) => {
  const { status, body } = await server.send('POST', '/Patient/a/$everything', {
    body: { resourceType: 'Parameters', parameter: [{ name: '_type', valueCode: 'Patient' }] },
  });
  t.equal(status, 200);
  t.same(keys(body.entry), ['Patient/a']);
  t.equal((await server.send('POST', '/Patient/a/$everything')).body.total, recordOfA.length);
});

t.test('without an id it is the records of all patients', async (t) => {
  const bundle = await everything('/Patient/$everything');
  t.same(keys(bundle.entry, 'match'), [...recordOfA, 'Observation/other', 'Patient/b'].sort());
  t.same(keys(bundle.entry, 'include'), [...supportOfA, 'Practitioner/elsewhere'].sort());
});

t.test('start and end are dates of care; what has none is of any time', async (t) => {
  const undated = ['Coverage/insurance', 'Observation/undated', 'Patient/a'];
  const cases: [query: string, dated: string[]][] = [
    ['start=2026-02-01', ['Encounter/visit', 'Observation/late']],
    ['end=2026-01-31', ['Encounter/visit', 'Observation/early', 'Observation/told']],
    ['start=2026-01-11&end=2026-01-11', ['Observation/told']],
    ['start=2027', []],
  ];
  for (const [query, dated] of cases) {
    const { entry } = await everything(`/Patient/a/$everything?${query}`);
    t.same(keys(entry, 'match'), [...dated, ...undated].sort(), query);
  }
  const { entry } = await everything('/Patient/a/$everything?start=2027');
  t.same(keys(entry, 'include'), ['Organization/clinic'], 'nor what only other care refers to');
});

t.test('_type chooses among members and what supports them', async (t) => {
  const of = async (query: string) => keys((await everything(`/Patient/a/$everything?${query}`)).entry);
  t.same(await of('_type=Encounter,Patient'), ['Encounter/visit', 'Patient/a']);
  t.same(await of('_type=Encounter&_type=Patient'), ['Encounter/visit', 'Patient/a']);
  t.same(await of('_type=Practitioner'), ['Practitioner/prescriber']);
  t.same(await of('_type=Goal'), []);
  const answer = await server.send('GET', '/Patient/a/$everything?_type=Nonsense');
  t.same([answer.status, keysOf(answer.body)], [400, ['invalid-parameter']]);
});

t.test('_since leaves out what did not change since', async (t) => {
  const { meta } = (await server.send('GET', '/Encounter/visit')).body;
  await new Promise((resolve) => setTimeout(resolve, 5));
  const changed = { ...observation('late', 'Patient/a', '2026-03-11') };
  await server.send('PUT', '/Observation/late', { body: changed });
  const since = (await server.send('GET', '/Observation/late')).body.meta.lastUpdated;
  t.not(since, meta.lastUpdated);
  const { entry } = await everything(`/Patient/a/$everything?_since=${since}`);
  t.same(keys(entry), ['Observation/late']);
});

t.test('pages hold every resource once, behind opaque links', async (t) => {
  for (const count of [1, 2, 7, 8]) {
    const seen: string[] = [];
    let url: string | undefined = `/Patient/a/$everything?_count=${count}&start=2026-01-01`;
    let pages = 0;
    while (url !== undefined && pages < 20) {
      const bundle: {
        entry?: Entry[];
        total: number;
        link: { relation: string; url: string }[];
      } = await everything(url);
      t.equal(bundle.total, recordOfA.length);
      t.ok((bundle.entry ?? []).length <= count, 'no page holds more');
      seen.push(...keys(bundle.entry));
      url = bundle.link.find(({ relation }) => relation === 'next')?.url;
      if (url !== undefined) t.match(url, /\/Patient\/a\/\$everything\?_cursor=[\w-]+$/);
      pages++;
    }
    t.same(seen.sort(), [...recordOfA, ...supportOfA].sort(), `by ${count}`);
    t.equal(pages, Math.ceil(seen.length / count), `by ${count}`);
  }
  const none = await everything('/Patient/a/$everything?_count=0');
  t.same([none.total, none.entry], [recordOfA.length, undefined]);
});

t.test('a link does not lead into the record of another patient', async (t) => {
  const { link } = await everything('/Patient/a/$everything?_count=1');
  const next: string = link.find(({ relation }: { relation: string }) => relation === 'next').url;
  const answer = await server.send('GET', next.replace('Patient/a', 'Patient/b'));
  t.same([answer.status, keysOf(answer.body)], [400, ['invalid-parameter']]);
});

t.test('what cannot be asked is refused', async (t) => {
  const cases: [path: string, status: number, key: string][] = [
    ['/Patient/nobody/$everything', 404, 'not-found'],
    ['/Patient/a/$everything?start=yesterday', 400, 'format'],
    ['/Patient/a/$everything?_count=many', 400, 'json-type'],
    ['/Patient/a/$everything?_count=-1', 400, 'invalid-parameter'],
    ['/Patient/a/$everything?start=2026&start=2027', 400, 'invalid-parameter'],
    ['/Patient/a/$everything?nonsense=1', 400, 'unknown-parameter'],
    ['/Observation/early/$everything', 404, 'unknown-path'],
    ['/CarePlan/$everything', 404, 'unknown-path'],
  ];
  for (const [path, status, key] of cases) {
    const answer = await server.send('GET', path);
    t.same([answer.status, keysOf(answer.body)[0]], [status, key], path);
  }
  const lenient = await server.send('GET', '/Patient/a/$everything?nonsense=1&_type=Patient', {
    headers: { prefer: 'handling=lenient' },
  });
  t.equal(lenient.status, 200);
  t.same(
    lenient.body.entry.map(({ search }: Entry) => search.mode),
    ['match', 'outcome'],
  );
});

t.test('a batch may ask for it', async (t) => {
  const { body } = await server.send('POST', '', {
    body: {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [{ request: { method: 'GET', url: 'Patient/a/$everything?_type=Patient' } }],
    },
  });
  t.equal(body.entry[0].response.status, '200 OK');
  t.same(keys(body.entry[0].resource.entry), ['Patient/a']);
});

const story = readFileSync(new URL('../../examples/trd-iv-six/bundle.json', import.meta.url), 'utf8');

t.test('a course is its plan and all that hangs on it, and no psychotherapy note', async (t) => {
  const { status, body } = await server.send('POST', '', { body: story });
  t.equal(status, 200);
  const locations: string[] = body.entry.map(
    ({ response }: { response: { location: string } }) =>
      /(\w+\/[\w.-]+)\/_history/.exec(response.location)![1],
  );
  const idOf = (type: string) => locations.find((key) => key.startsWith(`${type}/`))!;
  const patient = { reference: idOf('Patient') };
  const dose = idOf('MedicationAdministration');
  const hanging = [
    {
      resourceType: 'AdverseEvent',
      id: 'nausea',
      actuality: 'actual',
      subject: patient,
      suspectEntity: [{ instance: { reference: dose } }],
    },
    {
      resourceType: 'DetectedIssue',
      id: 'deviation',
      status: 'final',
      patient,
      implicated: [{ reference: dose }],
    },
  ];
  const apart = [
    // Of the same patient, but of no session.
    { ...observation('weight', patient.reference, '2026-05-01') },
    {
      resourceType: 'DocumentReference',
      id: 'note',
      meta: {
        security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' }],
      },
      status: 'current',
      subject: patient,
      content: [{ attachment: { title: 'note' } }],
      context: { related: [{ reference: idOf('Procedure') }] },
    },
    // Of another patient, though it refers to a session of this one.
    { ...observation('stray', 'Patient/b', '2026-06-01'), partOf: [{ reference: idOf('Procedure') }] },
    {
      resourceType: 'CarePlan',
      id: 'second-course',
      status: 'active',
      intent: 'plan',
      subject: patient,
      replaces: [{ reference: idOf('CarePlan') }],
    },
  ];
  for (const resource of [...hanging, ...apart]) {
    const answer = await server.send('PUT', `/${resource.resourceType}/${resource.id}`, { body: resource });
    t.equal(answer.status, 201, resource.id);
  }
  const bundle = await everything(`/${idOf('CarePlan')}/$everything`);
  // The consent and the decision of eligibility name the patient only, but the course rests on them.
  const expected = [...locations, ...hanging.map(({ resourceType, id }) => `${resourceType}/${id}`)];
  t.same(keys(bundle.entry), expected.sort());
  const supporting = keys(bundle.entry, 'include').map((key) => key.split('/')[0]);
  t.same([...new Set(supporting)], ['Organization', 'Practitioner']);
  const inJune = await everything(
    `/${idOf('CarePlan')}/$everything?start=2026-06-01&_type=MedicationAdministration`,
  );
  t.equal(inJune.total, 6);
  const paged = await everything(`/${idOf('CarePlan')}/$everything?_count=50`);
  const next = paged.link.find(({ relation }: { relation: string }) => relation === 'next').url;
  const second: Entry[] = (await everything(next)).entry;
  t.same(
    keys(second).filter((key) => keys(paged.entry).includes(key)),
    [],
  );
  t.equal((await server.send('GET', '/CarePlan/nobody/$everything')).status, 404);
});
