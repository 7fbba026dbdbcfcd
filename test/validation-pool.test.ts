/** Threads give the answers that the main thread gives, in order, and leave the event loop free. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import t from 'tap';
import type { Resource } from '../src/fhir/resource.ts';
import { createValidationPool } from '../src/validation-pool.ts';
import type { SourcedResource } from '../src/validator/validator.ts';
import { exampleInstances } from './conformance/examples.ts';
import { validator } from './validator/parts.ts';

const sourced = (resource: Resource): SourcedResource => ({ resource, text: JSON.stringify(resource) });

const examples = [...exampleInstances('node_modules/hl7.fhir.r4.core')]
  .slice(0, 200)
  .map(({ resource }) => sourced(resource));

t.test('many resources have the findings that each has by itself', async (t) => {
  const pool = createValidationPool(validator, { threads: 2, threshold: 0 });
  t.teardown(() => pool.close());
  const options = { unknownProfile: 'error', now: Date.parse('2026-11-23') } as const;
  const [answers, again] = await Promise.all([
    pool.validateMany(examples, options),
    pool.validateMany(examples.slice(0, 20), options),
  ]);
  const expected = examples.map(({ resource }) => validator.validate(resource, options));
  t.same(answers, expected);
  t.same(again, expected.slice(0, 20));
  t.ok(
    answers.some((findings) => findings.length > 0),
    'there was something to find',
  );
});

t.test('few resources stay on the main thread', async (t) => {
  const asked: unknown[] = [];
  const pool = createValidationPool({
    validate(resource) {
      asked.push(resource);
      return [];
    },
  });
  t.teardown(() => pool.close());
  const few = examples.slice(0, 3);
  await pool.validateMany(few);
  t.same(
    asked,
    few.map(({ resource }) => resource),
  );
});

t.test('no resources, no findings', async (t) => {
  const pool = createValidationPool(validator, { threads: 1, threshold: 0 });
  t.teardown(() => pool.close());
  t.same(await pool.validateMany([]), []);
});

t.test('a large bundle as one resource does not hold up the event loop', async (t) => {
  const entry = Array.from({ length: 20_000 }, (_, n) => ({
    fullUrl: `https://kat.test/Patient/p${n}`,
    resource: { resourceType: 'Patient', id: `p${n}`, birthDate: n % 2 ? '1980-01-01' : 'never' },
  }));
  const bundle = sourced({ resourceType: 'Bundle', type: 'collection', entry } as unknown as Resource);
  const pool = createValidationPool(validator);
  t.teardown(() => pool.close());
  await pool.validateMany([bundle]);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const [findings] = await pool.validateMany([bundle]);
  delay.disable();
  t.equal(findings?.filter(({ severity }) => severity === 'error').length, 10_000);
  const longest = delay.max / 1e6;
  t.comment(`held up for ${longest.toFixed(0)} ms`);
  t.ok(longest < 200);
});

t.test('jobs under way are refused when the pool closes', async (t) => {
  const pool = createValidationPool(validator, { threads: 1, threshold: 0 });
  const refused = t.rejects(pool.validateMany(examples));
  await pool.close();
  await refused;
});
