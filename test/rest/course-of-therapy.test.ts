/** The main job, end to end: a course of therapy is posted, validated, stored, found and cached. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { type ChildServer, startChild } from '../support/child-server.ts';

interface Entry {
  fullUrl?: string;
  resource: Resource;
  search?: { mode: string };
  response?: { status: string; location: string };
}
interface Bundle {
  entry?: Entry[];
  total?: number;
}
interface Resource {
  resourceType: string;
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: resources of many types are looked into
  [element: string]: any;
}

const story = readFileSync(new URL('../../examples/trd-iv-six/bundle.json', import.meta.url), 'utf8');
const json = { 'content-type': 'application/fhir+json' };
const functionSystem = 'https://w3id.org/kat-fhir/CodeSystem/kat-performer-function';
const profileBase = 'https://w3id.org/kat-fhir/StructureDefinition';

let server: ChildServer;

t.before(async () => {
  server = await startChild({ DATA_DIR: mkdtempSync(join(tmpdir(), 'kat-course-')) });
});
t.teardown(() => server.end('SIGTERM'));

async function get(path: string): Promise<{ cache: string | null; bundle: Bundle }> {
  const response = await fetch(`${server.url}/${path}`);
  const bundle = (await response.json()) as Bundle;
  if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(bundle)}`);
  return { cache: response.headers.get('x-cache'), bundle };
}

async function post(path: string, resource: unknown): Promise<{ status: number; body: Resource }> {
  const body = typeof resource === 'string' ? resource : JSON.stringify(resource);
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers: json, body });
  return { status: response.status, body: (await response.json()) as Resource };
}

function matches(bundle: Bundle): Resource[] {
  return (bundle.entry ?? [])
    .filter((entry) => entry.search?.mode === 'match')
    .map((entry) => entry.resource);
}

function submitted(type: string, profile?: string): Resource[] {
  const { entry } = JSON.parse(story) as Required<Bundle>;
  return entry
    .map(({ resource }) => resource)
    .filter((resource) => resource.resourceType === type)
    .filter((resource) => !profile || resource.meta?.profile?.includes(`${profileBase}/${profile}`));
}

t.test('the course is stored as one transaction, one 201 for each entry', async (t) => {
  const { status, body } = await post('', story);
  t.equal(status, 200);
  const statuses = body.entry.map((entry: Entry) => entry.response?.status);
  t.equal(statuses.length, (JSON.parse(story) as Required<Bundle>).entry.length);
  t.ok(statuses.every((text: string) => text.startsWith('201')));
});

t.test('it is found by the searches of those who use it', async (t) => {
  const [patient] = matches((await get('Patient')).bundle);
  const plans = matches((await get(`CarePlan?patient=${patient!.id}`)).bundle);
  t.equal(plans.length, submitted('CarePlan').length);

  const [course] = matches((await get(`Procedure?_profile=${profileBase}/kat-course`)).bundle);
  const sessions = (await get(`Procedure?part-of=Procedure/${course!.id}&_include=Procedure:encounter`))
    .bundle;
  t.equal(matches(sessions).length, submitted('Procedure').length - 1, 'every session of the course');
  t.ok(matches(sessions).every((session) => session.partOf[0].reference === `Procedure/${course!.id}`));
  const encounters = sessions.entry!.filter((entry) => entry.search?.mode === 'include');
  const referred = new Set(matches(sessions).flatMap((session) => session.encounter?.reference ?? []));
  t.same(new Set(encounters.map(({ resource }) => `Encounter/${resource.id}`)), referred);
  t.ok(referred.size >= 6);
});

t.test('scores come newest first, from the cache the second time, and never stale', async (t) => {
  const [patient] = matches((await get('Patient')).bundle);
  const query = `Observation?patient=${patient!.id}&code=http://loinc.org|44261-6&_sort=-date`;
  const first = await get(query);
  const dates = submitted('Observation', 'kat-outcome-score')
    .filter((score) => score.code.coding.some((coding: { code: string }) => coding.code === '44261-6'))
    .map((score) => String(score.effectiveDateTime));
  t.ok(dates.length >= 7, 'a baseline and one after each session');
  const newestFirst = dates.toSorted((a, b) => Date.parse(b) - Date.parse(a));
  t.same(
    matches(first.bundle).map((score) => score.effectiveDateTime),
    newestFirst,
  );
  t.equal(first.cache, 'miss');

  const second = await get(query);
  t.equal(second.cache, 'hit');
  t.same(second.bundle, first.bundle);

  const newest = matches(first.bundle)[0]!;
  const { id: _id, meta: _meta, ...score } = newest;
  const later = {
    ...score,
    meta: { profile: newest.meta.profile },
    effectiveDateTime: '2026-11-20T10:00:00Z',
  };
  t.equal((await post('/Observation', later)).status, 201);

  const third = await get(query);
  t.not(third.cache, 'hit');
  t.same(
    matches(third.bundle).map((found) => found.effectiveDateTime),
    ['2026-11-20T10:00:00Z', ...newestFirst],
  );
});

function withoutTherapist(session: Resource): Resource {
  const isTherapist = (performer: Resource): boolean =>
    performer.function?.coding?.some(
      (coding: Resource) => coding.system === functionSystem && coding.code === 'therapist',
    );
  return {
    ...session,
    performer: session.performer.filter((performer: Resource) => !isTherapist(performer)),
  };
}

t.test(
  'a medicine session without a therapist is refused by the name of the rule, with its place',
  async (t) => {
    const [session] = matches((await get(`Procedure?_profile=${profileBase}/kat-medicine-session`)).bundle);
    const text = JSON.stringify(withoutTherapist(session!), null, 2);
    const { status, body } = await post('/Procedure', text);
    t.equal(status, 422);
    t.equal(body.resourceType, 'OperationOutcome');
    const issue = body.issue.find((found: Resource) => found.details.coding[0].code === 'kat-ms-3');
    t.equal(issue.severity, 'error');
    t.same(issue.expression, ['Procedure']);
    const position = Object.fromEntries(
      issue.extension.map((part: Resource) => [part.url.split('-').at(-1), part.valueInteger]),
    );
    t.same(position, { line: 1, col: 1 });
  },
);

t.test('a transaction with such a session among good entries stores nothing', async (t) => {
  const counts = async (): Promise<(number | undefined)[]> =>
    Promise.all(
      ['Patient', 'Procedure', 'Observation'].map(
        async (type) => (await get(`${type}?_summary=count`)).bundle.total,
      ),
    );
  const before = await counts();
  const bundle = JSON.parse(story) as Required<Bundle>;
  const at = bundle.entry.findIndex(({ resource }) =>
    resource.meta?.profile?.includes(`${profileBase}/kat-medicine-session`),
  );
  bundle.entry[at]!.resource = withoutTherapist(bundle.entry[at]!.resource);
  const { status, body } = await post('', bundle);
  t.equal(status, 422);
  const issue = body.issue.find((found: Resource) => found.details.coding[0].code === 'kat-ms-3');
  t.same(issue.expression, [`Bundle.entry[${at}].resource`]);
  t.same(await counts(), before);
});
