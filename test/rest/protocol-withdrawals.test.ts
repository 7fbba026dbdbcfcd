/** What holds a course up is taken away: deleted, or said not to hold. The rules are asked what breaks by it. */
import t from 'tap';
import { said, stored, transaction } from '../support/clinic.ts';
import { deviation } from '../support/course.ts';
import { keysOf, type RunningServer, startServer } from '../support/server.ts';
import { sessionToCome } from '../support/session-to-come.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

const [enforce, advise] = await Promise.all(
  ['enforce', 'advise'].map((mode) =>
    startServer({ guide: 'shipped', environment: { VALIDATION: 'base', PROTOCOL_MODE: mode } }),
  ),
);
const servers: Readonly<Record<string, RunningServer>> = { enforce: enforce!, advise: advise! };
t.teardown(() => Promise.all(Object.values(servers).map((server) => server.close())));

const told = { prefer: 'return=OperationOutcome' };
const ruleKeys = (outcome: Any) => keysOf(outcome).filter((key) => /^R\d\d$/.test(key));

/** A course of three sessions, all held. */
async function heldCourse(server: RunningServer, name: string) {
  const { all } = sessionToCome(name);
  const answer = await transaction(server, [...all.values()]);
  if (answer.status !== 200) throw new Error(said(answer));
  return all;
}
const urlOf = ({ resourceType, id }: Any) => `/${resourceType}/${id}`;

/** What is taken away, and what breaks by it. */
const supports: Readonly<Record<string, readonly string[]>> = {
  'Consent/consent': ['R02'],
  'Observation/decision': ['R01'],
  'Procedure/preparation-1': ['R03'],
  'Procedure/integration-1': ['R05', 'R06', 'R17'],
  'Procedure/medicine-2': ['R17', 'R19'],
  'Observation/readiness-2': ['R13'],
  'Observation/pulse-2-pre-discharge': ['R08'],
  'CareTeam/team': ['R10'],
  'Task/review': ['R20'],
};

for (const [key, broken] of Object.entries(supports))
  t.test(`enforce: ${key} is not deleted while the course rests on it`, async (t) => {
    const server = servers.enforce!;
    const all = await heldCourse(server, `del-${key.replaceAll(/\W/g, '-').toLowerCase()}`);
    const path = urlOf(all.get(key));
    const answer = await server.send('DELETE', path);
    t.equal(answer.status, 422);
    const errors = answer.body.issue.filter(({ severity }: Any) => severity === 'error');
    t.ok(errors.length > 0);
    t.same([...new Set(ruleKeys(answer.body))].toSorted(), broken);
    t.match(errors[0].diagnostics, /Concerns \w+\//, 'it is said what breaks');
    t.equal((await server.send('GET', path)).status, 200, 'it is still there');
  });

t.test('enforce: what nothing rests on is deleted', async (t) => {
  const server = servers.enforce!;
  const all = await heldCourse(server, 'free');
  const refused = { ...all.get('Consent/consent'), id: 'refused-free', status: 'rejected' };
  await stored(server, refused);
  for (const resource of [refused, all.get('DocumentReference/note'), all.get('Observation/pulse-2-during')])
    t.equal((await server.send('DELETE', urlOf(resource))).status, 204, urlOf(resource));
});

t.test('enforce: a course goes as a whole, and its parts with a recorded deviation', async (t) => {
  const server = servers.enforce!;
  const all = await heldCourse(server, 'whole');
  const entry = (resource: Any, method: string) => ({
    ...(method === 'PUT' ? { resource } : {}),
    request: { method, url: urlOf(resource).slice(1) },
  });
  const send = (entries: readonly Any[]) =>
    server.send('POST', '', { body: { resourceType: 'Bundle', type: 'transaction', entry: entries } });
  const consent = entry(all.get('Consent/consent'), 'DELETE');
  const alone = await send([consent]);
  t.equal(alone.status, 422);
  t.same(alone.body.issue[0].expression, ['Bundle.entry[0]']);
  const recorded = {
    ...deviation('R02', ''),
    id: 'whole',
    patient: { reference: 'Patient/pat-whole' },
    implicated: [1, 2, 3].map((n) => ({ reference: `Procedure/medicine-${n}-whole` })),
  };
  const overridden = await send([consent, entry(recorded, 'PUT')]);
  t.equal(overridden.status, 200, said(overridden));
  t.equal((await server.send('DELETE', '/DetectedIssue/whole')).status, 422, 'nor is the deviation');
  const gone = await send(
    [...all.values()].filter(({ id }) => !id.startsWith('consent')).map((one) => entry(one, 'DELETE')),
  );
  t.equal(gone.status, 200, said(gone));
});

t.test('enforce: that something does not hold is said, and never refused', async (t) => {
  const server = servers.enforce!;
  const all = await heldCourse(server, 'fact');
  const states: readonly (readonly [string, string, string])[] = [
    ['Consent/consent', 'inactive', 'R02'],
    ['Observation/decision', 'entered-in-error', 'R01'],
    ['Procedure/integration-1', 'not-done', 'R06'],
  ];
  for (const [key, status, rule] of states) {
    const resource = { ...all.get(key), status };
    const path = urlOf(resource);
    const { body, ...answer } = await server.send('PUT', path, { body: resource, headers: told });
    t.equal(answer.status, 200, key);
    const issues = body.issue.filter(({ details }: Any) => details.coding?.[0].code === rule);
    t.ok(issues.length > 0, rule);
    t.ok(issues.every(({ severity }: Any) => severity !== 'error'));
    const again = await server.send('PUT', path, { body: resource, headers: told });
    t.notOk(ruleKeys(again.body).includes(rule), 'once');
  }
});

t.test('advise: what breaks by a deletion is said to those who ask', async (t) => {
  const server = servers.advise!;
  const all = await heldCourse(server, 'advised');
  const answer = await server.send('DELETE', urlOf(all.get('Consent/consent')), { headers: told });
  t.equal(answer.status, 200);
  t.ok(ruleKeys(answer.body).includes('R02'));
  t.ok(answer.body.issue.every(({ severity }: Any) => severity !== 'error'));
  t.equal((await server.send('DELETE', urlOf(all.get('Observation/decision')))).status, 204);
  t.equal((await server.send('GET', urlOf(all.get('Observation/decision')))).status, 410);
});
