/** Whatever is done to a resource, the validator answers, soon, and the same twice. */
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import { exampleInstances } from '../conformance/examples.ts';
import { validator } from './parts.ts';

const rounds = 20_000;
const odd: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  ' ',
  'x',
  '#',
  '#x',
  'Patient/1',
  'http://x',
  'urn:uuid:x',
  '2024-02-30',
  '\u0000',
  '<div>',
  [],
  {},
  [[]],
  [null],
  [{}],
  { extension: [{}] },
  { reference: 1 },
  { coding: [null] },
  { resourceType: 'Patient' },
  { resourceType: 7 },
  { url: 'x' },
  [{ url: 'http://x', valueString: 1 }],
  'x'.repeat(10_000),
  '__proto__',
  { constructor: 1 },
];

/** The same numbers in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const pick = <T>(next: () => number, list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

/** Changes one to three places of a copy. */
function mutate(resource: Resource, next: () => number): unknown {
  const copy = structuredClone(resource) as unknown;
  for (let times = 1 + Math.floor(next() * 3); times > 0; times--) {
    let holder = copy as Record<string, unknown>;
    for (;;) {
      const keys = Object.keys(holder);
      if (keys.length === 0) break;
      const key = pick(next, keys);
      const child = holder[key];
      if (typeof child === 'object' && child !== null && next() < 0.7) {
        holder = child as Record<string, unknown>;
        continue;
      }
      const way = next();
      if (way < 0.2) delete holder[key];
      else if (way < 0.3) holder[`_${key}`] = structuredClone(pick(next, odd));
      else if (way < 0.4)
        holder[pick(next, ['contained', 'extension', 'resourceType', 'value', 'reference', 'meta', 'text'])] =
          structuredClone(pick(next, odd));
      else holder[key] = structuredClone(pick(next, odd));
      break;
    }
  }
  return copy;
}

t.test(`${rounds} mutated resources: no exception, no second lost, the same verdict twice`, async (t) => {
  const next = random(20261123);
  const pool = [...exampleInstances('node_modules/hl7.fhir.r4.core')]
    .map(({ resource }) => resource)
    .filter((resource) => JSON.stringify(resource).length < 20_000);
  let slowest = 0;
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const mutant = mutate(pick(next, pool), next);
    const before = JSON.stringify(mutant);
    const start = performance.now();
    const first = validator.validate(mutant);
    slowest = Math.max(slowest, performance.now() - start);
    if (first.some(({ severity }) => severity === 'error')) refused++;
    const second = validator.validate(mutant);
    if (JSON.stringify(first) !== JSON.stringify(second))
      t.fail(`another verdict the second time, round ${round}`);
    if (JSON.stringify(mutant) !== before) t.fail(`the resource was changed, round ${round}`);
  }
  t.ok(slowest < 1000, `the slowest took ${slowest.toFixed(0)} ms`);
  t.ok(refused > rounds / 2, `${refused} refused`);
});
