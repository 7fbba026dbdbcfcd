/** The simulated cohort keeps the rules of its protocols, but for the breaches that its parameters mean. */
import t from 'tap';
import { cohort } from '../../src/cli/demo/cohort.ts';
import { dropOut, severeRise } from '../../src/cli/demo/cohort-parameters.ts';
import { courseBundle } from '../../src/cli/demo/course-bundle.ts';
import type { CourseDescription } from '../../src/cli/demo/course-description.ts';
import { startServer } from '../support/server.ts';
import { type Outcomes, storedAs, toldByRules } from '../support/told-by-rules.ts';

const sessionsOf = ({ course }: CourseDescription) => course?.medicine ?? [];
const missed = (one: CourseDescription) => sessionsOf(one).filter(({ integration }) => integration?.notDone);
const isLost = ({ course }: CourseDescription) => course?.end.reason === 'lost-to-follow-up';
const alerts = (one: CourseDescription) => sessionsOf(one).flatMap(({ deviations = [] }) => deviations);

function meantBy(description: CourseDescription): Outcomes {
  const { length: overdue } = missed(description);
  const { length: answered } = alerts(description);
  return {
    ...(overdue > 0 ? { 'R05 fail': overdue } : {}),
    ...(answered > 0 ? { 'R09 overridden': answered } : {}),
    ...(isLost(description) ? { 'R18 fail': 1 } : {}),
  };
}

t.test('forty patients are stored where grave breaches are refused, and break what is meant', async (t) => {
  const server = await startServer({ guide: 'shipped', environment: { PROTOCOL_MODE: 'enforce' } });
  t.teardown(() => server.close());
  const patients = [...cohort(40, 2)];
  const meant = Object.assign({}, ...patients.map(meantBy));
  t.same(
    Object.keys(meant).toSorted(),
    ['R05 fail', 'R09 overridden', 'R18 fail'],
    'each is among the forty',
  );
  for (const description of patients) {
    const { status, body, text } = await server.send('POST', '', { body: courseBundle(description) });
    t.equal(status, 200, status === 200 ? description.key : text.slice(0, 600));
    const plan = storedAs(body, 'CarePlan');
    t.same(plan ? await toldByRules(server, plan) : {}, meantBy(description), description.key);
  }
});

t.test('the shares of what is broken are those of the parameters', async (t) => {
  const many = [...cohort(3000, 13)];
  const sessions = many.flatMap(sessionsOf);
  const severe = many.flatMap(alerts).length / sessions.length;
  t.ok(Math.abs(severe - severeRise.share) < 0.003, `alerts in ${severe} of sessions`);
  const left = many.filter(({ course }) => course?.end.reason);
  const lost = left.filter(isLost);
  t.ok(Math.abs(lost.length / left.length - dropOut.reasons['lost-to-follow-up']) < 0.06);
  t.ok(lost.every(({ scores }) => scores.at(-1)!.total === undefined));
  const inTherapy = lost.filter(({ protocol }) => protocol !== 'infusion-only');
  t.same(
    many.filter((one) => missed(one).length > 0).map(({ key }) => key),
    inTherapy.map(({ key }) => key),
    'the last integration is missed by those who are lost, and by nobody else',
  );
});
