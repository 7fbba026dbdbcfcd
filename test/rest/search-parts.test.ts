/** Parts of resources, compartments and lists, asked for over the wire. */
import t, { type Test } from 'tap';
import { keysOf, type RunningServer, startServer } from '../support/server.ts';

const observation = `{"resourceType":"Observation","id":"o","meta":{"tag":[{"code":"mine"}]},
  "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">seen</div>"},
  "status":"final","_status":{"id":"s"},"code":{"text":"weight"},"subject":{"reference":"Patient/p"},
  "valueQuantity":{"value":70.10,"unit":"kg"},"note":[{"text":"said"}],
  "method":{"text":"scale"},
  "component":[{"code":{"text":"part"},"valueInteger":1,"interpretation":[{"text":"high"}]}]}`;

async function filled(t: Test): Promise<RunningServer> {
  const server = await startServer({ environment: { VALIDATION: 'base' } });
  t.teardown(() => server.close());
  const resources = [
    { resourceType: 'Patient', id: 'p', name: [{ family: 'One' }], birthDate: '2000-01-01' },
    { resourceType: 'Patient', id: 'q', link: [{ other: { reference: 'Patient/p' }, type: 'seealso' }] },
    {
      resourceType: 'Observation',
      id: 'x',
      status: 'final',
      code: { text: 'a' },
      subject: { reference: 'Patient/q' },
    },
    {
      resourceType: 'Observation',
      id: 'y',
      status: 'amended',
      code: { text: 'a' },
      performer: [{ reference: 'Patient/p' }],
    },
    {
      resourceType: 'List',
      id: 'l',
      status: 'current',
      mode: 'working',
      entry: [{ item: { reference: 'Observation/x' } }, { item: { reference: 'Patient/p' } }],
    },
  ];
  for (const body of [...resources, JSON.parse(observation)]) {
    const text = body.id === 'o' ? observation : body;
    const { status } = await server.send('PUT', `/${body.resourceType}/${body.id}`, { body: text });
    if (status !== 201) throw new Error(`${body.id} was not stored`);
  }
  return server;
}

const ids = (bundle: { entry?: { resource: { id: string } }[] }): string[] =>
  (bundle.entry ?? []).map(({ resource }) => resource.id);

t.test('parts of resources', async (t) => {
  const { send } = await filled(t);
  const part = async (query: string) => {
    const answer = await send('GET', `/Observation?_id=o&${query}`);
    return { text: answer.text, resource: answer.body.entry[0].resource, bundle: answer.body };
  };
  const members = (resource: object): string[] => Object.keys(resource).slice(3).sort();

  const whole = await part('_summary=false');
  t.notMatch(whole.text, 'SUBSETTED');

  const summary = await part('_summary=true');
  t.same(members(summary.resource), ['_status', 'code', 'component', 'status', 'subject', 'valueQuantity']);
  t.same(summary.resource.component, [{ code: { text: 'part' }, valueInteger: 1 }], 'of components too');
  t.match(summary.text, '"value":70.10,', 'decimals to the digit');
  t.same(summary.resource.meta.tag, [
    { code: 'mine' },
    {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
      code: 'SUBSETTED',
      display: 'subsetted',
    },
  ]);
  t.match(summary.bundle.link[0].url, /_id=o&_summary=true$/);

  t.same(members((await part('_summary=text')).resource), ['_status', 'code', 'status', 'text']);
  const data = (await part('_summary=data')).resource;
  t.notOk('text' in data);
  t.ok('note' in data && 'component' in data);
  t.same(members((await part('_elements=value,note')).resource), [
    '_status',
    'code',
    'note',
    'status',
    'valueQuantity',
  ]);
  const { entry } = (
    await send('GET', '/Observation?_id=o&_include=Observation:subject&_elements=Patient.name')
  ).body;
  t.notMatch(entry[0].resource.meta, { tag: [{}, {}] }, 'what was not named stays whole');
  t.same(Object.keys(entry[1].resource).sort(), ['id', 'meta', 'name', 'resourceType']);

  for (const query of [
    '_summary=some',
    '_elements=nothing',
    '_elements=Nothing.id',
    '_summary=true&_elements=id',
  ]) {
    t.equal((await send('GET', `/Observation?${query}`)).status, 400, query);
  }
  const mixed = await send('GET', '/Observation?_summary=text&_include=Observation:subject');
  t.equal(mixed.status, 400);
});

t.test('the compartment of a patient', async (t) => {
  const { send, url } = await filled(t);
  const found = async (path: string) => ids((await send('GET', path)).body);
  t.same(await found('/Patient/p/Observation'), ['y', 'o'].sort().reverse(), 'as subject or as performer');
  t.same(await found('/Patient/p/Observation?status=amended'), ['y']);
  t.same(await found('/Patient/q/Observation'), ['x']);
  t.same(await found('/Patient/p/Patient'), ['p', 'q'], 'the patient, and who links to it');
  const page = (await send('GET', '/Patient/p/Observation?_count=1')).body;
  const next = page.link.find(({ relation }: { relation: string }) => relation === 'next').url;
  t.match(page.link[0].url, `${url}/Patient/p/Observation?_count=1`);
  t.match(next, `${url}/Patient/p/Observation?_cursor=`);
  t.same([...ids(page), ...(await found(next))], ['y', 'o']);
  t.equal((await send('GET', next.replace('/Patient/p/', '/Patient/q/'))).status, 400, 'another compartment');
  t.equal((await send('GET', next.replace('/Patient/p/', '/'))).status, 400, 'no compartment');
  t.same(keysOf((await send('GET', '/Patient/p/Organization')).body), ['invalid-parameter']);
  t.equal((await send('GET', '/Patient/p/Nothing')).status, 404);
  t.equal((await send('GET', '/Organization/p/Observation')).status, 404, 'it has no compartment');
  const cached = await send('GET', '/Patient/p/Observation?status=amended');
  t.equal(cached.headers.get('x-cache'), 'hit');
  const body = {
    resourceType: 'Observation',
    status: 'amended',
    code: { text: 'b' },
    subject: { reference: 'Patient/p' },
  };
  await send('POST', '/Observation', { body });
  t.equal(
    (await found('/Patient/p/Observation?status=amended')).length,
    2,
    'what the cache held is not used any more',
  );
});

t.test('everything in a compartment, of whatever type', async (t) => {
  const { send, url } = await filled(t);
  const found = async (path: string) => ids((await send('GET', path)).body).sort();
  t.same(await found('/Patient/p/*'), ['o', 'p', 'q', 'y']);
  t.same(await found('/Patient/p/*?_type=Observation'), ['o', 'y']);
  t.same(await found('/Patient/p/*?_id=y'), ['y']);
  t.same(await found('/Patient/nobody/*'), []);
  t.same(keysOf((await send('GET', '/Patient/p/*?_type=Observation,Organization')).body), [
    'invalid-parameter',
  ]);
  const first = await send('GET', '/Patient/p/*?_count=3');
  t.equal(first.body.link[0].url, `${url}/Patient/p/*?_count=3`);
  const next = first.body.link[1].url;
  t.same([...ids(first.body), ...(await found(next))].sort(), ['o', 'p', 'q', 'y']);
  t.equal(
    (await send('GET', next.replace('/*', '/Observation'))).status,
    400,
    'the cursor of another search',
  );

  t.equal((await send('GET', '/Patient/p/*')).headers.get('x-cache'), 'hit');
  const body = { resourceType: 'Condition', subject: { reference: 'Patient/p' } };
  const { body: condition } = await send('POST', '/Condition', { body });
  t.same(await found('/Patient/p/*'), ['o', 'p', 'q', 'y', condition.id].sort(), 'what came since is there');
});

t.test('compartments of encounters, practitioners, devices and related persons', async (t) => {
  const server = await startServer({ environment: { VALIDATION: 'base' } });
  t.teardown(() => server.close());
  const { send } = server;
  const found = async (path: string) => ids((await send('GET', path)).body).sort();
  const observation = (id: string, rest: object) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: 'a' },
    ...rest,
  });
  for (const body of [
    { resourceType: 'Encounter', id: 'e', status: 'finished', class: { code: 'AMB' } },
    { resourceType: 'Practitioner', id: 'e' },
    observation('in-encounter', { encounter: { reference: 'Encounter/e' } }),
    observation('by-practitioner', { performer: [{ reference: 'Practitioner/e' }] }),
    observation('by-device', { device: { reference: 'Device/e' } }),
    observation('by-relative', { performer: [{ reference: 'RelatedPerson/e' }] }),
    observation('of-nobody', {}),
  ])
    await send('PUT', `/${body.resourceType}/${body.id}`, { body });
  t.same(await found('/Encounter/e/Observation'), ['in-encounter']);
  t.same(
    await found('/Encounter/e/*'),
    ['e', 'in-encounter'],
    'the encounter, not the practitioner of the same id',
  );
  t.same(await found('/Practitioner/e/Observation?status=final'), ['by-practitioner']);
  t.same(await found('/Practitioner/e/*'), ['by-practitioner', 'e']);
  t.same(await found('/Device/e/Observation'), ['by-device']);
  t.same(await found('/RelatedPerson/e/Observation'), ['by-relative']);
  const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'status=final' };
  t.same(ids((await send('POST', '/Encounter/e/Observation/_search', form)).body), ['in-encounter']);
  t.same(keysOf((await send('GET', '/Encounter/e/Patient')).body), ['invalid-parameter']);

  t.same(await found('/Encounter/e/Observation'), ['in-encounter']);
  await send('PUT', '/Observation/of-nobody', {
    body: observation('of-nobody', { encounter: { reference: 'Encounter/e' } }),
  });
  t.same(await found('/Encounter/e/Observation'), ['in-encounter', 'of-nobody'], 'never stale');
});

t.test('what a list holds', async (t) => {
  const { send } = await filled(t);
  t.same(ids((await send('GET', '/Observation?_list=l')).body), ['x']);
  t.same(ids((await send('GET', '/Patient?_list=l&birthdate=2000')).body), ['p']);
  t.same(ids((await send('GET', '/Patient?_list=none')).body), []);
  t.equal((await send('GET', '/Patient?_list=$current-problems')).status, 400);
});

t.test('chains over the wire, and within a transaction', async (t) => {
  const { send } = await filled(t);
  t.same(ids((await send('GET', '/Observation?subject:Patient.name=one')).body), ['o']);
  t.same(ids((await send('GET', '/Observation?patient.link.name=one')).body), ['x']);
  t.same(ids((await send('GET', '/Patient?_has:Observation:patient:status=final')).body), ['p', 'q']);
  const entry = [
    {
      resource: { resourceType: 'Patient', id: 'n', name: [{ family: 'New' }] },
      request: { method: 'PUT', url: 'Patient/n' },
    },
    {
      resource: {
        resourceType: 'Observation',
        id: 'z',
        status: 'final',
        code: { text: 'a' },
        subject: { reference: 'Patient/n' },
      },
      request: { method: 'PUT', url: 'Observation/z' },
    },
    { request: { method: 'GET', url: 'Observation?subject:Patient.name=new' } },
    { request: { method: 'GET', url: 'Patient?_has:Observation:patient:_id=z' } },
  ];
  const { body } = await send('POST', '', { body: { resourceType: 'Bundle', type: 'transaction', entry } });
  t.same(ids(body.entry[2].resource), ['z']);
  t.same(ids(body.entry[3].resource), ['n']);
  const name = '/Observation?subject:Patient.name=renamed';
  t.same(ids((await send('GET', name)).body), []);
  await send('PUT', '/Patient/n', {
    body: { resourceType: 'Patient', id: 'n', name: [{ family: 'Renamed' }] },
  });
  t.same(ids((await send('GET', name)).body), ['z'], 'an answer depends on what was chained through');
});
