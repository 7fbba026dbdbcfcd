/** $protocol-check over HTTP, on a story of the examples. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startServer } from '../support/server.ts';

const server = await startServer({ guide: 'shipped' });
t.teardown(() => server.close());

interface Part {
  readonly name: string;
  readonly valueCode?: string;
  readonly valueString?: string;
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
    .map(({ part }) => Object.fromEntries(part.map((one) => [one.name, one.valueCode ?? one.valueString])));

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
  t.equal(body.parameter.at(-1).name, 'outcome');
});
