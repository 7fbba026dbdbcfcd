/** `:below` and `:above` of references: a whole with its parts, a part with what it belongs to. */
import t from 'tap';
import { keysOf, startServer } from '../support/server.ts';

const server = await startServer({ environment: { VALIDATION: 'base' } });
t.teardown(() => server.close());

/** A house with a ward with a room, and another house. */
const places: Readonly<Record<string, string | undefined>> = {
  house: undefined,
  ward: 'house',
  room: 'ward',
  elsewhere: undefined,
};
for (const [id, whole] of Object.entries(places)) {
  const partOf = whole === undefined ? {} : { partOf: { reference: `Location/${whole}` } };
  await server.send('PUT', `/Location/${id}`, { body: { resourceType: 'Location', id, ...partOf } });
  const procedure = {
    resourceType: 'Procedure',
    id: `in-${id}`,
    status: 'completed',
    subject: { reference: 'Patient/1' },
    location: { reference: `Location/${id}` },
  };
  await server.send('PUT', `/Procedure/in-${id}`, { body: procedure });
}

async function ids(query: string): Promise<string[]> {
  const { body } = await server.send('GET', `/Procedure?${query}`);
  return (body.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource.id).sort();
}

t.test('what refers to a whole or to a part of it lies below', async (t) => {
  t.same(await ids('location:below=Location/house'), ['in-house', 'in-room', 'in-ward']);
  t.same(await ids('location:below=ward'), ['in-room', 'in-ward']);
  t.same(await ids('location:below=room,elsewhere'), ['in-elsewhere', 'in-room']);
});

t.test('what refers to a part or to what it belongs to lies above', async (t) => {
  t.same(await ids('location:above=Location/room'), ['in-house', 'in-room', 'in-ward']);
  t.same(await ids('location:above=house'), ['in-house']);
});

t.test('a circle of parts ends', async (t) => {
  const body = { resourceType: 'Location', id: 'house', partOf: { reference: 'Location/room' } };
  await server.send('PUT', '/Location/house', { body });
  t.same(await ids('location:below=ward'), ['in-house', 'in-room', 'in-ward']);
  t.same(await ids('location:above=ward'), ['in-house', 'in-room', 'in-ward']);
});

t.test('a reference that leads to no hierarchy has no such modifier', async (t) => {
  const { status, body } = await server.send('GET', '/Procedure?patient:below=1');
  t.same([status, keysOf(body)], [400, ['unknown-modifier']]);
});
