/**
 * What each story says of the rules is what the server says: the table under "What the rules say" against
 * $protocol-check, on a server that refuses what breaks a rule gravely.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type Answer, startServer } from '../support/server.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');
const names = readdirSync(examples).toSorted();
const read = (story: string, file: string): string => readFileSync(join(examples, story, file), 'utf8');

/** Rule and outcome (`R09 overridden`), with how often. */
type Outcomes = Record<string, number>;

/** The rows `| rule | outcome | times | why |` of the section. */
function toldBy(story: string): Outcomes {
  const [, section = ''] = read(story, 'README.md').split('## What the rules say\n');
  const [rules = ''] = section.split('\n## ');
  if (rules.trim() === '') throw new Error(`${story} does not tell what the rules say`);
  const rows = rules.matchAll(/^\| (R\d\d) \| (fail|overridden|alert) \| (\d+) \| .+ \|$/gm);
  return Object.fromEntries(
    [...rows].map(([, rule, outcome, times]) => [`${rule} ${outcome}`, Number(times)]),
  );
}

const server = await startServer({ guide: 'shipped', environment: { PROTOCOL_MODE: 'enforce' } });
t.teardown(() => server.close());

const get = async (path: string): Promise<Answer['body']> => (await server.send('GET', path)).body;
const total = async (search: string): Promise<number> => (await get(`${search}&_summary=count`)).total;

/** What is stored of a type; a story has one plan and one patient. */
const storedAs = (stored: Answer, type: string): string | undefined =>
  stored.body.entry
    .map(({ response }: { response: { location: string } }) => response.location)
    .map((location: string) => new RegExp(`${type}/[^/]+`).exec(location)?.[0])
    .find(Boolean);

async function saidByServer(plan: string | undefined, patient: string): Promise<Outcomes> {
  const outcomes: Outcomes = {};
  const count = (key: string, times = 1) => {
    if (times > 0) outcomes[key] = (outcomes[key] ?? 0) + times;
  };
  if (plan) {
    const { parameter } = await get(`/${plan}/$protocol-check?status=fail&status=overridden`);
    for (const { name, part } of parameter) {
      if (name !== 'result') continue;
      const valueOf = (of: string) => part.find((one: { name: string }) => one.name === of).valueCode;
      count(`${valueOf('rule')} ${valueOf('status')}`);
    }
  }
  count('R18 alert', await total(`/Flag?patient=${patient}`));
  return outcomes;
}

for (const name of names) {
  t.test(name, async (t) => {
    const text = read(name, 'bundle.json');
    const stored = await server.send('POST', '', {
      body: text,
      headers: { prefer: 'return=OperationOutcome' },
    });
    t.equal(stored.status, 200, 'stored where grave breaches are refused');
    const patient = storedAs(stored, 'Patient')!;
    t.same(await saidByServer(storedAs(stored, 'CarePlan'), patient), toldBy(name));

    const sent = (JSON.parse(text).entry as { resource: { resourceType: string } }[]).filter(
      ({ resource }) => resource.resourceType === 'Observation',
    );
    t.equal(await total(`/Observation?patient=${patient}`), sent.length, 'no score is left to compute');
    t.notMatch(stored.text, 'score-mismatch', 'every score sent is what the answers add up to');
  });
}
