/** $protocol-check over HTTP, on a story of the examples. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { said, stored, transaction } from '../support/clinic.ts';
import { deviation } from '../support/course.ts';
import { startServer } from '../support/server.ts';
import { sessionToCome } from '../support/session-to-come.ts';

const server = await startServer({ guide: 'shipped' });
t.teardown(() => server.close());

interface Part {
  readonly name: string;
  readonly valueCode?: string;
  readonly valueString?: string;
  readonly valueDateTime?: string;
  readonly valueReference?: { readonly reference: string };
}
interface Answered {
  readonly parameter: readonly { readonly name: string; readonly part: readonly Part[] }[];
}

const story = join(import.meta.dirname, '..', '..', 'examples', 'trd-iv-six', 'bundle.json');
const loaded = await server.send('POST', '', { body: readFileSync(story, 'utf8') });
t.equal(loaded.status, 200, 'the story is stored');

const idOf = async (query: string): Promise<string> =>
  (await server.send('GET', query)).body.entry[0].resource.id;
const results = (body: Answered) =>
  body.parameter
    .filter(({ name }) => name === 'result')
    .map(({ part }) =>
      Object.fromEntries(
        part.map((one) => [
          one.name,
          one.valueCode ?? one.valueString ?? one.valueDateTime ?? one.valueReference?.reference,
        ]),
      ),
    );
const answered = (body: ReturnType<typeof JSON.parse>, name: string, key: string) =>
  body.parameter.find((one: { name: string }) => one.name === name)?.[key];

t.test('a course that followed its protocol has no error', async (t) => {
  const id = await idOf('/CarePlan?_count=1');
  const { status, body } = await server.send('GET', `/CarePlan/${id}/$protocol-check`);
  t.equal(status, 200);
  const broken = results(body).filter((one) => one.status === 'fail' && one.severity === 'error');
  t.same(broken, []);
  const unstated = results(body).filter(({ text }) => text?.startsWith('No protocol states'));
  t.same(unstated, [], 'every rule has the parameters of the guide to judge by');
  t.ok(new Set(results(body).map(({ rule }) => rule)).has('R17'));
});

t.test('asked for one rule, it answers for that rule', async (t) => {
  const course = await idOf(
    '/Procedure?code=https://w3id.org/kat-fhir/CodeSystem/kat-session-type|course&_count=1',
  );
  const { body } = await server.send('GET', `/Procedure/${course}/$protocol-check?rule=R17&status=pass`);
  const found = results(body);
  t.ok(found.length > 0);
  t.ok(found.every(({ rule, status }) => rule === 'R17' && status === 'pass'));
});

t.test('a session is no course', async (t) => {
  const session = await idOf(
    '/Procedure?code=https://w3id.org/kat-fhir/CodeSystem/kat-session-type|medicine&_count=1',
  );
  t.equal((await server.send('GET', `/Procedure/${session}/$protocol-check`)).status, 400);
});

t.test('the whole server is asked for the courses that run', async (t) => {
  const { status, body } = await server.send('GET', '/$protocol-check');
  t.equal(status, 200);
  t.same(results(body), [], 'the course of the story has ended');
  t.equal(answered(body, 'courses', 'valueInteger'), 0);
});

t.test('a plan whose course has not begun: no rule is kept or broken yet', async (t) => {
  await stored(server, { resourceType: 'Patient', id: 'new' });
  const plan = { resourceType: 'CarePlan', id: 'new', status: 'draft', intent: 'plan' };
  await stored(server, { ...plan, subject: { reference: 'Patient/new' } });
  const { status, body } = await server.send('GET', '/CarePlan/new/$protocol-check');
  t.equal(status, 200);
  t.equal(results(body).length, 22);
  for (const one of results(body))
    t.match(one, {
      status: 'not-yet',
      text: 'The course of the plan has not begun',
      evidence: 'CarePlan/new',
    });
  t.equal(answered(body, 'courses', 'valueInteger'), 0);
  t.equal((await server.send('GET', '/CarePlan/none/$protocol-check')).status, 404);
});

t.test('a code that is no rule, or no outcome, is refused', async (t) => {
  const id = await idOf('/CarePlan?_count=1');
  for (const query of ['rule=R23', 'status=broken', 'rule=R01&rule=r02'])
    t.equal((await server.send('GET', `/CarePlan/${id}/$protocol-check?${query}`)).status, 400, query);
  t.equal((await server.send('GET', '/$protocol-check?_count=0')).status, 400);
});

t.test('each verdict says what shows it, what decided and who may change that', async (t) => {
  const { all, before, session } = sessionToCome('told');
  all.delete('Observation/risk-1');
  all.delete('Observation/risk-2');
  all.delete('DocumentReference/note');
  const recorded = {
    ...deviation('R14', 'Procedure/medicine-1-told'),
    id: 'told',
    patient: { reference: 'Patient/pat-told' },
  };
  const answer = await transaction(server, [...before(), ...session(), recorded]);
  t.equal(answer.status, 200, said(answer));
  const { body } = await server.send('GET', '/CarePlan/plan-told/$protocol-check');
  const found = results(body);
  for (const one of found) t.match(one.evidence, /^[A-Z]\w+\/[\w-]+$/, `${one.rule} ${one.status}`);
  t.same(
    new Set(found.map(({ status }) => status)),
    new Set(['pass', 'fail', 'not-applicable', 'not-yet', 'overridden']),
  );
  const keys = found.map(({ rule }) => rule);
  t.same(keys, keys.toSorted(), 'rule after rule');
  const [overridden] = found.filter(({ status }) => status === 'overridden');
  t.match(overridden, { rule: 'R14', deviation: 'DetectedIssue/told', severity: 'warning' });
  const [{ part }] = body.parameter.filter(
    ({ part = [] }: Answered['parameter'][number]) =>
      part.some(({ valueCode }) => valueCode === 'R14') && part.some(({ valueCode }) => valueCode === 'fail'),
  );
  const [parameter] = part.filter(({ name }: Part) => name === 'parameter');
  t.same(
    Object.fromEntries(parameter.part.map((one: Part) => [one.name, one.valueCode ?? one.valueString])),
    {
      name: 'same-day',
      value: 'true',
      source: 'Convention of the guide; no standard found',
      owner: 'Medical director of the clinic',
    },
  );
  const outcome = answered(body, 'outcome', 'resource');
  const issue = outcome.issue.find(
    ({ details }: { details: { coding: { code: string }[] } }) => details.coding[0]?.code === 'R14',
  );
  t.match(issue.diagnostics, 'Concerns Procedure/medicine-2-told');
  t.match(issue.diagnostics, 'Parameter same-day = true');
});

t.test('what is due is judged as of the time that is asked for', async (t) => {
  const { before, session } = sessionToCome('due', { sessions: 2 });
  t.equal((await transaction(server, [...before(), ...session()])).status, 200);
  const at = async (time: string) => {
    const { body } = await server.send('GET', `/Procedure/course-due/$protocol-check?rule=R05&at=${time}`);
    return results(body).find(({ status }) => status !== 'pass');
  };
  t.match(await at('2026-06-05T00:00:00Z'), { status: 'not-yet', due: '2026-06-07T12:00:00.000Z' });
  t.match(await at('2026-06-08T00:00:00Z'), {
    status: 'fail',
    severity: 'warning',
    text: 'Integration is overdue',
  });
});

t.test('the report over the whole server goes page by page, each running course once', async (t) => {
  const names = ['a', 'b', 'c'];
  for (const name of names) {
    const answer = await transaction(server, sessionToCome(name, { sessions: 1 }).before());
    t.equal(answer.status, 200, said(answer));
  }
  const seen: (string | undefined)[][] = [];
  for (let url: string | undefined = '/$protocol-check?_count=2&rule=R17&rule=R04'; url; ) {
    const { status, body } = await server.send('GET', url);
    t.equal(status, 200);
    const courses = [...new Set(results(body).map(({ course }) => course))];
    t.equal(answered(body, 'courses', 'valueInteger'), courses.length);
    t.ok(
      results(body).every(({ rule }) => rule === 'R17' || rule === 'R04'),
      'of the rules asked for',
    );
    seen.push(courses);
    url = answered(body, 'next', 'valueUrl');
  }
  t.same(
    seen.map(({ length }) => length),
    [2, 2, 1],
  );
  t.same(new Set(seen.flat()), new Set([...names, 'told', 'due'].map((name) => `CarePlan/plan-${name}`)));
});
