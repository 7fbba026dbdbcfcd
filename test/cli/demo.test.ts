/** `kat-fhir demo`: valid, the same for the same seed, and apart in the direction its parameters set. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { cohort } from '../../src/cli/demo/cohort.ts';
import { arms, dropOut, excludedShare, fallAtEnd } from '../../src/cli/demo/cohort-parameters.ts';
import type { CourseDescription } from '../../src/cli/demo/course-description.ts';
import { startServer } from '../support/server.ts';
import { validator } from '../validator/parts.ts';
import { kat } from './kat.ts';

const folder = mkdtempSync(join(tmpdir(), 'kat-demo-'));
const treated = (many: readonly CourseDescription[], comparator: boolean): CourseDescription[] =>
  many.filter(({ course, protocol }) => course && (protocol === 'infusion-only') === comparator);

t.test('twenty patients: every resource meets what it claims', async (t) => {
  const { code, stdout, stderr } = await kat('demo', '--patients', '20', '--seed', '3', '--output', folder);
  t.equal(code, 0, stderr);
  const file = stdout.trim();
  t.equal(file, join(folder, 'cohort-3.ndjson'));
  const bundles = readFileSync(file, 'utf8').trimEnd().split('\n');
  t.equal(bundles.length, 20);
  for (const line of bundles) {
    const wrong = validator.validate(JSON.parse(line)).filter(({ severity }) => severity === 'error');
    t.same(wrong, []);
  }
});

t.test('the same seed gives the same bytes, another seed others', async (t) => {
  const [one, again, other] = await Promise.all(
    ['5', '5', '6'].map((seed) => kat('demo', '--patients', '3', '--seed', seed)),
  );
  t.equal(one!.stdout, again!.stdout);
  t.equal(one!.stdout.trimEnd().split('\n').length, 3);
  t.not(one!.stdout, other!.stdout);
});

t.test('a patient does not depend on how many others there are', async (t) => {
  t.same([...cohort(5, 9)], [...cohort(8, 9)].slice(0, 5));
});

t.test('the arms differ as their parameters say, with noise', async (t) => {
  const many = [...cohort(1500, 11)];
  const fallOf = ({ scores, course }: CourseDescription): number =>
    course!.medicine.length < course!.planned ? Number.NaN : 1 - scores.at(-1)!.total! / scores[0]!.total!;
  const meanFall = (comparator: boolean): number => {
    const falls = treated(many, comparator)
      .map(fallOf)
      .filter((fall) => !Number.isNaN(fall));
    return falls.reduce((sum, fall) => sum + fall, 0) / falls.length;
  };
  t.ok(Math.abs(meanFall(false) - fallAtEnd['with-therapy'].mean) < 0.03);
  t.ok(Math.abs(meanFall(true) - fallAtEnd['infusion-only'].mean) < 0.03);
  const share = treated(many, true).length / many.filter(({ course }) => course).length;
  t.ok(Math.abs(share - arms['infusion-only']) < 0.05);
});

t.test('some are excluded, some leave with a reason, and none is dosed against the gate', async (t) => {
  const many = [...cohort(1000, 12)];
  const excluded = many.filter(({ course }) => !course);
  t.ok(Math.abs(excluded.length / many.length - excludedShare) < 0.02);
  t.ok(excluded.every(({ screening }) => screening.decision === 'not-eligible'));
  const left = many.filter(({ course }) => course && course.medicine.length < course.planned);
  t.ok(left.length > 0);
  for (const { course } of left) t.ok(course!.end.reason! in dropOut.reasons);
  const sessions = many.flatMap(({ course }) => course?.medicine ?? []);
  t.ok(sessions.every(({ vitals }) => vitals.baseline.systolic < 140 && vitals.baseline.diastolic < 90));
  t.ok(sessions.every(({ vitals }) => vitals.peak.systolic >= vitals.baseline.systolic));
});

t.test('it goes to a server, whose clinic is there once', async (t) => {
  const server = await startServer();
  t.teardown(() => server.close());
  const { code, stdout, stderr } = await kat(
    'demo',
    '--patients',
    '3',
    '--seed',
    '4',
    '--server',
    server.url,
  );
  t.equal(code, 0, stderr);
  t.match(stdout, /^\d+ resources stored\n$/);
  t.equal((await server.send('GET', '/Patient?_summary=count')).body.total, 3);
  t.equal((await server.send('GET', '/Organization?_summary=count')).body.total, 1);
});

t.test('what is not a number is a matter of usage', async (t) => {
  t.equal((await kat('demo', '--patients', 'many')).code, 2);
  t.equal((await kat('demo', '--output', folder, '--server', 'http://127.0.0.1:9')).code, 2);
  t.equal((await kat('demo', '--patients', '1', '--server', 'http://127.0.0.1:9/fhir')).code, 3);
});
