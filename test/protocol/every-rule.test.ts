/**
 * Every rule has a course that keeps it, one that breaks it and one that overrides it; and a course with one fault is
 * flagged by exactly the rules that the fault touches.
 */
import { readFileSync } from 'node:fs';
import type { CodeSystem } from '@medplum/fhirtypes';
import fc from 'fast-check';
import t from 'tap';
import { check, deviation, rulesThat } from '../support/course.ts';
import { courseFaults } from '../support/course-faults.ts';
import { type WholeDescription, wholeCourse } from '../support/whole-course.ts';

const file = new URL('../../terminology/code-systems/CodeSystem-kat-rule.json', import.meta.url);
const keys = (JSON.parse(readFileSync(file, 'utf8')) as CodeSystem).concept!.map(({ code }) => code!);

const kept = await rulesThat('pass', wholeCourse());
const broken = new Set<string>();
const overridden = new Set<string>();

t.test('a whole course breaks no rule', async (t) => {
  t.same(await rulesThat('fail', wholeCourse()), []);
});

for (const fault of courseFaults)
  t.test(`${fault.name}: broken, and overridden once somebody answers for it`, async (t) => {
    const resources = wholeCourse({ sessions: 4 });
    fault.apply(resources, 2, 4);
    const failing = await rulesThat('fail', resources);
    t.same(failing, fault.breaks.toSorted());
    for (const key of failing) broken.add(key);
    const [key = ''] = fault.breaks;
    const recorded = deviation(key, fault.resource(2, 4));
    resources.set('DetectedIssue/deviation', { ...recorded, mitigation: [] });
    t.same(await rulesThat('overridden', resources), [], 'not while nobody answers for it');
    resources.set('DetectedIssue/deviation', recorded);
    t.same(await rulesThat('overridden', resources), [key]);
    overridden.add(key);
  });

t.test('a rule is asked when something is written that its breaches name', async (t) => {
  for (const { name, apply } of courseFaults) {
    const resources = wholeCourse({ sessions: 4 });
    apply(resources, 2, 4);
    for (const { rule, verdicts } of await check(resources)) {
      const failing = verdicts.filter(({ status }) => status === 'fail');
      const { on, concerns = () => true } = rule;
      const missed = failing
        .flatMap((verdict) => verdict.resources)
        .filter((one) => !on.includes(one.split('/')[0]!) || !concerns(resources.get(one)));
      t.same(missed, [], `${rule.key}: ${name}`);
    }
  }
});

t.test('each rule of the guide is kept, broken and overridden above', async (t) => {
  t.same(kept, keys, 'kept');
  t.same([...broken].toSorted(), keys, 'broken');
  t.same([...overridden].toSorted(), keys, 'overridden');
});

/** Doses that each way allows from the first session on. */
const doses = {
  iv: fc.integer({ min: 10, max: 60 }),
  im: fc.integer({ min: 10, max: 130 }),
  sublingual: fc.integer({ min: 25, max: 100 }),
  esketamine: fc.constantFrom(28, 56),
} as const;

const courses = fc.constantFrom('iv', 'im', 'sublingual', 'esketamine').chain(
  (way): fc.Arbitrary<WholeDescription> =>
    fc.record({
      way: fc.constant(way),
      milligrams: doses[way],
      kilograms: fc.integer({ min: 45, max: 100 }),
      sessions: fc.integer({ min: 4, max: 8 }),
      preparations: fc.integer({ min: 1, max: 3 }),
    }),
);

t.test('generated courses keep every rule', async (t) => {
  await fc.assert(
    fc.asyncProperty(courses, async (description) => {
      t.same(await rulesThat('fail', wholeCourse(description)), []);
    }),
    { numRuns: 40 },
  );
});

t.test(
  'a generated course with one fault is flagged by the rules that it touches, and by no other',
  async () => {
    const faults = fc.constantFrom(...courseFaults);
    await fc.assert(
      fc.asyncProperty(courses, faults, fc.nat(), async (description, fault, seed) => {
        const { sessions = 4 } = description;
        // Where preparation is cancelled, none is left.
        const resources = wholeCourse(
          fault.breaks.includes('R03') ? { ...description, preparations: 1 } : description,
        );
        fault.apply(resources, 1 + (seed % (fault.before ? sessions - 1 : sessions)), sessions);
        const found = await rulesThat('fail', resources);
        if (found.join() !== fault.breaks.toSorted().join())
          throw new Error(`${fault.name}: ${found.join()} instead of ${fault.breaks.toSorted().join()}`);
      }),
      { numRuns: 300 },
    );
  },
);
