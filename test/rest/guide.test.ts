/** The guide's artefacts among what a server answers for: there from the first start, and read-only. */
import t from 'tap';
import { decodeGuide, encodeGuide, type Guide, openGuide } from '../../src/fhir/guide-file.ts';
import { definitions, keysOf, startServer } from '../support/server.ts';

const shipped = openGuide();
const server = await startServer({ guide: 'shipped' });
t.teardown(() => server.close());
const { send } = server;
const profile = '/StructureDefinition/kat-medicine-session';
const base = 'https://w3id.org/kat-fhir';

t.test('every artefact of a type of R4 is read as the guide has it', async (t) => {
  const types = new Set<string>();
  for (const { type, id, text } of shipped.artefacts) {
    if (!definitions().isResourceType(type)) continue;
    types.add(type);
    const { status, body } = await send('GET', `/${type}/${id}`);
    const { meta: _stamp, ...served } = body;
    const { meta: _own, ...artefact } = JSON.parse(text());
    if (status !== 200 || JSON.stringify(served) !== JSON.stringify(artefact))
      t.fail(`${type}/${id} is served as it is`);
  }
  for (const type of ['StructureDefinition', 'Questionnaire', 'ValueSet', 'CodeSystem'])
    t.ok(types.has(type));
});

t.test('a profile comes with its snapshot, in the words of R4 and of the guide', async (t) => {
  const { snapshot } = (await send('GET', profile)).body;
  t.ok(snapshot.element.every(({ definition }: { definition?: string }) => definition));
});

t.test('artefacts are found by search', async (t) => {
  const found = async (query: string): Promise<string[]> =>
    ((await send('GET', query)).body.entry ?? []).map(({ resource }: Found) => resource.id);
  t.same(await found(`/Questionnaire?url=${base}/Questionnaire/phq-9`), ['phq-9']);
  t.same(await found(`/StructureDefinition?url=${base}${profile}&_elements=url`), ['kat-medicine-session']);
  t.same(await found('/CodeSystem?code=guide-artefact'), ['kat-issue']);
  t.same(await found('/Questionnaire?url=https://kat.test/other'), []);
  const sorted = await found('/ValueSet?_sort=name&_count=500');
  t.ok(sorted.length > 10);
  t.equal((await send('GET', '/ValueSet?_summary=count')).body.total, sorted.length);
  const posted = await send('POST', '/Questionnaire/_search', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'name=phq&_total=accurate',
  });
  t.ok(posted.body.total > 0);
});

interface Found {
  readonly resource: { readonly id: string };
}

t.test('an artefact has a version and a history', async (t) => {
  const { headers } = await send('GET', profile);
  t.equal(headers.get('etag'), 'W/"1"');
  t.equal((await send('GET', `${profile}/_history/1`)).status, 200);
  t.equal((await send('GET', `${profile}/_history`)).body.total, 1);
});

t.test('no client writes to an artefact, by whatever way', async (t) => {
  const before = (await send('GET', profile)).body;
  const change = { ...before, title: 'Changed' };
  const patch = { 'content-type': 'application/json-patch+json' };
  const operations = [{ op: 'replace', path: '/title', value: 'Changed' }];
  const byUrl = `StructureDefinition?url=${base}${profile}`;
  const answers = [
    await send('PUT', profile, { body: change }),
    await send('PUT', `/${byUrl}`, { body: change }),
    await send('PATCH', profile, { headers: patch, body: operations }),
    await send('DELETE', profile),
    await send('DELETE', `/${byUrl}`),
    await transaction('DELETE', byUrl),
    await transaction('PUT', profile.slice(1), change),
  ];
  for (const { status, headers, body } of answers) {
    t.equal(status, 405);
    t.equal(headers.get('allow'), 'GET, HEAD');
    t.same(keysOf(body), ['guide-artefact']);
  }
  t.same((await send('GET', profile)).body, before);
  t.equal(
    (await send('GET', '/Patient?_summary=count')).body.total,
    0,
    'nothing of the transactions is stored',
  );
});

function transaction(method: string, url: string, resource?: object) {
  const entry = [
    { resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
    { ...(resource ? { resource } : {}), request: { method, url } },
  ];
  return send('POST', '', { body: { resourceType: 'Bundle', type: 'transaction', entry } });
}

t.test('in a batch the other entries happen', async (t) => {
  const entry = [
    { request: { method: 'DELETE', url: profile.slice(1) } },
    { resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
  ];
  const { body } = await send('POST', '', { body: { resourceType: 'Bundle', type: 'batch', entry } });
  t.match(
    body.entry.map(({ response }: { response: { status: string } }) => response.status),
    [/^405/, /^201/],
  );
});

t.test('a copy under an id and url of its own is an ordinary resource', async (t) => {
  const { id: _id, ...own } = (await send('GET', '/ValueSet/kat-phase')).body;
  const created = await send('POST', '/ValueSet', {
    body: { ...own, url: 'https://clinic.test/ValueSet/x' },
  });
  t.equal(created.status, 201);
  t.equal((await send('DELETE', `/ValueSet/${created.body.id}`)).status, 204);
});

/** A guide of value sets: their titles by id. */
function guideOf(titles: Readonly<Record<string, string>>): Guide {
  const sets = Object.entries(titles).map(([id, title]) => ({
    resourceType: 'ValueSet',
    id,
    url: `https://kat.test/ValueSet/${id}`,
    title,
    status: 'active',
  }));
  return decodeGuide(encodeGuide(sets));
}

t.test('with another version of the guide only what differs is written', async (t) => {
  const folder = t.testdir();
  const first = await startServer({ folder, guide: guideOf({ kept: 'Kept', changed: 'Old', gone: 'Gone' }) });
  const changes = await first.services.store.lastChange();
  await first.close();

  const again = await startServer({ folder, guide: guideOf({ kept: 'Kept', changed: 'Old', gone: 'Gone' }) });
  t.equal(await again.services.store.lastChange(), changes, 'the same guide: nothing');
  t.equal((await again.send('DELETE', '/ValueSet/kept')).status, 405, 'and still read-only');
  await again.close();

  const next = await startServer({
    folder,
    guide: guideOf({ kept: 'Kept', changed: 'New', fresh: 'Fresh' }),
  });
  t.teardown(() => next.close());
  const read = async (id: string) => (await next.send('GET', `/ValueSet/${id}`)).body;
  t.match(await read('kept'), { title: 'Kept', meta: { versionId: '1' } });
  t.match(await read('changed'), { title: 'New', meta: { versionId: '2' } });
  t.match(await read('fresh'), { title: 'Fresh', meta: { versionId: '1' } });
  t.equal((await next.send('GET', '/ValueSet/gone')).status, 410);
  t.equal((await next.send('GET', '/ValueSet?_summary=count')).body.total, 3);
  const gone = { resourceType: 'ValueSet', id: 'gone', status: 'active' };
  t.equal((await next.send('PUT', '/ValueSet/gone', { body: gone })).status, 201, 'its id is free again');
});

t.test('what a client has under the id of an artefact stays, and stays the client’s', async (t) => {
  const folder = t.testdir();
  const own = { resourceType: 'ValueSet', id: 'mine', title: 'The clinic’s', status: 'active' };
  const before = await startServer({ folder });
  await before.send('PUT', '/ValueSet/mine', { body: own });
  await before.close();

  const guide = guideOf({ mine: 'The guide’s', other: 'Other' });
  const held = await startServer({ folder, guide });
  t.match((await held.send('GET', '/ValueSet/mine')).body, { title: 'The clinic’s' });
  t.match((await held.send('GET', '/ValueSet/other')).body, { title: 'Other' });
  t.equal((await held.send('DELETE', '/ValueSet/mine')).status, 204);
  await held.close();

  const freed = await startServer({ folder, guide });
  t.teardown(() => freed.close());
  t.match((await freed.send('GET', '/ValueSet/mine')).body, {
    title: 'The guide’s',
    meta: { versionId: '3' },
  });
  t.equal((await freed.send('DELETE', '/ValueSet/mine')).status, 405);
});
