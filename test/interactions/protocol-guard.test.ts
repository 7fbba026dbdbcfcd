/** What the rules read when something of a course is written: through indexes only, and no more in a longer course. */
import t from 'tap';
import { courseJudge } from '../../src/interactions/course-judge.ts';
import { protocolGuard } from '../../src/interactions/protocol-guard.ts';
import { transact } from '../../src/interactions/transact.ts';
import { writeVersion } from '../../src/interactions/write-version.ts';
import type { StoreQuery } from '../../src/search/plan.ts';
import { said, transaction } from '../support/clinic.ts';
import { startServer } from '../support/server.ts';
import { sessionToCome } from '../support/session-to-come.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources of any type
type Any = any;

// Its own guard is off, so that only the one of the test reads.
const server = await startServer({
  guide: 'shipped',
  environment: { VALIDATION: 'base', PROTOCOL_MODE: 'off' },
});
t.teardown(() => server.close());
const { services } = server;

/** What a guard that has seen nothing yet asks the store for when a resource is written. */
async function askedFor(resource: Any): Promise<{ queries: StoreQuery[]; reads: number }> {
  const queries: StoreQuery[] = [];
  let reads = 0;
  await transact(services, async (work) => {
    const { resourceType, id } = resource;
    const current = await work.transaction.read(resourceType, id);
    const text = JSON.stringify(resource);
    await writeVersion(services, work, { method: 'PUT', resource, text, id }, current);
    await protocolGuard(courseJudge('advise'))(services, {
      ...work,
      transaction: {
        ...work.transaction,
        search(query) {
          queries.push(query);
          return work.transaction.search(query);
        },
        read(type, one) {
          reads++;
          return work.transaction.read(type, one);
        },
      },
    });
  });
  return { queries, reads };
}

async function storedCourse(name: string, sessions: number) {
  const story = sessionToCome(name, { sessions });
  const answer = await transaction(server, [...story.before(), ...story.session()]);
  if (answer.status !== 200) throw new Error(said(answer));
  return story.all;
}

const short = await storedCourse('short', 2);
const long = await storedCourse('long', 8);
const keys = [
  ...['Procedure/medicine-2', 'Procedure/integration-1', 'Procedure/course', 'CarePlan/plan'],
  ...['MedicationAdministration/dose-2', 'Encounter/visit-medicine-2', 'MedicationRequest/order'],
  ...['Observation/pressure-2-during', 'Observation/risk-2', 'AdverseEvent/event', 'DocumentReference/note'],
];
/** Reading a table of the store from end to end. */
const scan = /SCAN [rxsoip]\b/;

for (const key of keys)
  t.test(`${key.split('/')[0]}: the rules read through indexes`, async (t) => {
    const { queries, reads } = await askedFor(long.get(key));
    t.ok(queries.length > 0);
    for (const query of queries)
      t.notMatch((await services.store.steps(query)).join('\n'), scan, String(query.type));
    const few = await askedFor(short.get(key));
    t.ok(queries.length <= few.queries.length, 'as many searches in a course four times as long');
    t.ok(reads <= few.reads, 'as many reads');
  });

t.test('what is part of no course asks for nothing but whether there is one', async (t) => {
  const subject = { reference: 'Patient/elsewhere' };
  const { queries } = await askedFor({ ...long.get('Encounter/visit-medicine-2'), id: 'elsewhere', subject });
  t.same(
    queries.map(({ type }) => type),
    ['Procedure'],
  );
});

t.test('what no rule is about asks for nothing', async (t) => {
  for (const key of ['Patient/pat', 'Consent/consent', 'CareTeam/team', 'Task/review']) {
    const { queries, reads } = await askedFor(long.get(key));
    t.same([queries.length, reads], [0, 0], key);
  }
});
