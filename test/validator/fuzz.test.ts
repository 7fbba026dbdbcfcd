/** Whatever is done to a resource, the validator answers, soon, and the same twice. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import { exampleInstances } from '../conformance/examples.ts';
import { registry, validator, validatorOver } from './parts.ts';

const rounds = 20_000;
/** Every how many mutants a validator that has seen nothing else is asked too. */
const freshEvery = 2_000;
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
  // Own members of these names, which only a parser makes.
  JSON.parse('{"__proto__":{"resourceType":"Patient"},"constructor":{"prototype":null},"toString":1}'),
  JSON.parse(`${'{"extension":['.repeat(200)}${']}'.repeat(200)}`),
  JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`),
  '2024-13-45T99:99:99Z',
  '0000',
  'a'.repeat(300_000),
  `${' '.repeat(50_000)}x`,
  `<div xmlns="http://www.w3.org/1999/xhtml">${'<p>'.repeat(3_000)}</div>`,
];

const names = [
  'contained',
  'extension',
  'resourceType',
  'value',
  'reference',
  'meta',
  'text',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '',
  '_',
  'a.b[0]',
];

/** Sets a member whatever its name; an assignment to `__proto__` would not. */
function setMember(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

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
      if (way < 0.2 && Array.isArray(holder)) holder.splice(Number(key), 1);
      else if (way < 0.2) delete holder[key];
      else if (way < 0.3) holder[`_${key}`] = structuredClone(pick(next, odd));
      else if (way < 0.4) setMember(holder, pick(next, names), structuredClone(pick(next, odd)));
      else if (way < 0.5) holder[key] = Array.isArray(child) ? child[0] : [child, child];
      else holder[key] = structuredClone(pick(next, odd));
      break;
    }
  }
  return copy;
}

function guideExamples(): Resource[] {
  const folder = 'test/cases/invariants';
  const passing = readdirSync(folder).filter((file) => file.endsWith('-pass.json'));
  return passing.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Resource);
}

t.test(`${rounds} mutated resources: no exception, no second lost, the same verdict twice`, async (t) => {
  const next = random(20261123);
  const pool = [
    ...[...exampleInstances('node_modules/hl7.fhir.r4.core')].map(({ resource }) => resource),
    ...guideExamples(),
  ].filter((resource) => JSON.stringify(resource).length < 20_000);
  let slowest = 0;
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const mutant = mutate(pick(next, pool), next);
    const before = JSON.stringify(mutant);
    const start = performance.now();
    const first = validator.validate(mutant);
    slowest = Math.max(slowest, performance.now() - start);
    if (first.some(({ severity }) => severity === 'error')) refused++;
    // Knowing the text changes how it is looked at, not what is found.
    const second = validator.validate(mutant, { text: before });
    if (JSON.stringify(first) !== JSON.stringify(second))
      t.fail(`another verdict the second time, round ${round}`);
    if (round % freshEvery === 0) {
      const fresh = validatorOver(registry).validate(mutant);
      if (JSON.stringify(first) !== JSON.stringify(fresh))
        t.fail(`another verdict of a fresh validator, round ${round}`);
    }
    if (JSON.stringify(mutant) !== before) t.fail(`the resource was changed, round ${round}`);
  }
  t.ok(slowest < 1000, `the slowest took ${slowest.toFixed(0)} ms`);
  t.ok(refused > rounds / 2, `${refused} refused`);
});
