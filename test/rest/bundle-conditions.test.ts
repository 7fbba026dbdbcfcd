/** Conditions of a transaction are asked of what the transaction itself has done by then. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer({ environment: { VALIDATION: 'base' } });
t.teardown(() => server.close());
const { send, url } = server;

let last = 0;
/** A condition that nobody has used yet. */
const unused = (): string => `i-${++last}`;

interface Entry {
  readonly fullUrl?: string;
  readonly resource?: unknown;
  readonly request: Readonly<Record<string, string>>;
}

async function transact(...entry: readonly Entry[]) {
  const answer = await send('POST', '', { body: { resourceType: 'Bundle', type: 'transaction', entry } });
  const responses = (answer.body.entry ?? []) as { response: { status: string; location?: string } }[];
  return {
    ...answer,
    statuses: responses.map(({ response }) => response.status.slice(0, 3)),
    ids: responses.map(({ response }) => response.location?.slice(url.length + 1).split('/')[1]),
  };
}

const patient = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ value }],
  ...more,
});
const encounter = (value: string, subject: string) => ({
  resourceType: 'Encounter',
  status: 'planned',
  class: { code: 'AMB' },
  identifier: [{ value }],
  subject: { reference: subject },
});
const observation = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'test' },
  ...more,
});
const posted = (resource: { resourceType: string }, more: Readonly<Record<string, string>> = {}): Entry => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...more },
});
const reference = async (type: string, id: string | undefined, element: string) =>
  (await send('GET', `/${type}/${id}`)).body[element].reference;
const found = async (value: string): Promise<number> =>
  (await send('GET', `/Patient?identifier=${value}&_summary=count`)).body.total;

t.test('a conditional reference may mean what another entry creates, in either order', async (t) => {
  for (const reversed of [false, true]) {
    const value = unused();
    const entries = [
      posted(patient(value)),
      posted(observation({ subject: { reference: `Patient?identifier=${value}` } })),
    ];
    const { status, ids, text } = await transact(...(reversed ? entries.reverse() : entries));
    t.equal(status, 200, text);
    const [patientId, observationId] = reversed ? ids.reverse() : ids;
    t.equal(await reference('Observation', observationId, 'subject'), `Patient/${patientId}`);
  }
});

t.test('conditional references that rest on each other are followed as deep as they go', async (t) => {
  const value = unused();
  const { status, ids, text } = await transact(
    posted(observation({ encounter: { reference: `Encounter?identifier=${value}` } })),
    posted(encounter(value, `Patient?identifier=${value}`)),
    { resource: patient(value, { id: value }), request: { method: 'PUT', url: `Patient/${value}` } },
  );
  t.equal(status, 200, text);
  t.equal(await reference('Observation', ids[0], 'encounter'), `Encounter/${ids[1]}`);
  t.equal(await reference('Encounter', ids[1], 'subject'), `Patient/${value}`);
});

t.test(
  'a conditional reference to what the transaction deletes, makes twice or lacks is refused',
  async (t) => {
    const value = unused();
    const { ids } = await transact(posted(patient(value)));
    const about = posted(observation({ subject: { reference: `Patient?identifier=${value}` } }));
    const deletion: Entry = { request: { method: 'DELETE', url: `Patient/${ids[0]}` } };
    for (const [entry, status, key] of [
      [deletion, 400, 'conditional-reference'],
      [posted(patient(value)), 412, 'multiple-matches'],
    ] as const) {
      const answer = await transact(entry, about);
      t.same([answer.status, keysOf(answer.body)], [status, [key]]);
      t.match(answer.body.issue[0].expression[0], /^Bundle\.entry\[1\]/);
    }
    t.equal(await found(value), 1, 'nothing was done');
    const circle = unused();
    const lost = await transact(
      posted(encounter(circle, `Patient?identifier=${circle}`)),
      posted(patient('other')),
    );
    t.same([lost.status, keysOf(lost.body)], [400, ['conditional-reference']]);
  },
);

t.test('creations under one condition create one resource', async (t) => {
  const value = unused();
  const create = (urn: string): Entry => ({
    ...posted(patient(value), { ifNoneExist: `identifier=${value}` }),
    fullUrl: urn,
  });
  const urns = [
    'urn:uuid:0f3c1f9e-7d57-4d9c-9b39-27a3f6c9c0a1',
    'urn:uuid:0f3c1f9e-7d57-4d9c-9b39-27a3f6c9c0a2',
  ];
  const { statuses, ids, text } = await transact(
    create(urns[0]!),
    create(urns[1]!),
    posted(observation({ subject: { reference: urns[1] } })),
  );
  t.same(statuses, ['201', '200', '201'], text);
  t.equal(ids[1], ids[0]);
  t.equal(await found(value), 1);
  t.equal(await reference('Observation', ids[2], 'subject'), `Patient/${ids[0]}`);
});

t.test('a conditional create finds no longer what the transaction deletes', async (t) => {
  const value = unused();
  const { ids: before } = await transact(posted(patient(value)));
  const { statuses, ids } = await transact(posted(patient(value), { ifNoneExist: `identifier=${value}` }), {
    request: { method: 'DELETE', url: `Patient?identifier=${value}` },
  });
  t.same(statuses, ['201', '204']);
  t.not(ids[0], before[0]);
  t.equal(await found(value), 1);
});

t.test('a conditional change of what the transaction creates is refused', async (t) => {
  const value = unused();
  const answer = await transact(posted(patient(value)), {
    resource: patient(value, { active: true }),
    request: { method: 'PUT', url: `Patient?identifier=${value}` },
  });
  t.same([answer.status, keysOf(answer.body)], [400, ['bundle-invalid']]);
  t.match(answer.body.issue[0].expression[0], /^Bundle\.entry\[1\]/);
  t.equal(await found(value), 0);
});

t.test('one fullUrl for two resources is refused', async (t) => {
  const fullUrl = 'urn:uuid:0f3c1f9e-7d57-4d9c-9b39-27a3f6c9c0b1';
  const value = unused();
  const entry = { ...posted(patient(value)), fullUrl };
  const answer = await transact(entry, entry);
  t.same([answer.status, keysOf(answer.body)], [400, ['bundle-invalid']]);
  t.match(answer.body.issue[0].expression[0], /^Bundle\.entry\[1\]\.fullUrl/);
  t.equal(await found(value), 0);
});
