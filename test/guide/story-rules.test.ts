/**
 * What each story says of the rules is what the server says: the table under "What the rules say" against
 * $protocol-check, on a server that refuses what breaks a rule gravely.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startServer } from '../support/server.ts';
import { type Outcomes, storedAs, toldByRules } from '../support/told-by-rules.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');
const names = readdirSync(examples).toSorted();
const read = (story: string, file: string): string => readFileSync(join(examples, story, file), 'utf8');

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

const total = async (search: string): Promise<number> =>
  (await server.send('GET', `${search}&_summary=count`)).body.total;

/** With the alerts that were raised as it was stored; in a story that has ended nothing is still to come. */
async function saidByServer(plan: string | undefined, patient: string): Promise<Outcomes> {
  const told = plan === undefined ? {} : await toldByRules(server, plan, ['fail', 'overridden', 'not-yet']);
  const alerts = await total(`/Flag?patient=${patient}`);
  return alerts > 0 ? { ...told, 'R18 alert': alerts } : told;
}

for (const name of names) {
  t.test(name, async (t) => {
    const text = read(name, 'bundle.json');
    const stored = await server.send('POST', '', {
      body: text,
      headers: { prefer: 'return=OperationOutcome' },
    });
    t.equal(stored.status, 200, 'stored where grave breaches are refused');
    const patient = storedAs(stored.body, 'Patient')!;
    t.same(await saidByServer(storedAs(stored.body, 'CarePlan'), patient), toldBy(name));

    const sent = (JSON.parse(text).entry as { resource: { resourceType: string } }[]).filter(
      ({ resource }) => resource.resourceType === 'Observation',
    );
    t.equal(await total(`/Observation?patient=${patient}`), sent.length, 'no score is left to compute');
    t.notMatch(stored.text, 'score-mismatch', 'every score sent is what the answers add up to');
  });
}
