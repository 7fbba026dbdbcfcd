/** Chains, `_has` and includes find in the store exactly what the oracle finds by looking at every resource. */
import fc from 'fast-check';
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import { definitions, startServer } from '../support/server.ts';
import { expectedOf, type World } from './oracle-query.ts';
import { systemOfPath } from './surroundings.ts';

const registry = definitions();
const ids = ['1', '2', '3'];
const some = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 6 });
const reference = (...types: string[]) =>
  fc.record({
    reference: fc
      .tuple(some(...types), some(...ids), some('', '', '/_history/1'))
      .map(([type, id, version]) => `${type}/${id}${version}`),
  });
const code = some('a', 'b').map((value) => ({ coding: [{ system: 'urn:c', code: value }] }));
const day = some('2024-01-01', '2024-06', '2025');

/** What each type may hold: references in every direction, circles among them. */
const shapes: Readonly<Record<string, fc.Arbitrary<object>>> = {
  Patient: fc.record({
    active: maybe(fc.boolean()),
    birthDate: maybe(day),
    name: maybe(some('Ann', 'Bob').map((family) => [{ family }])),
    generalPractitioner: maybe(reference('Practitioner', 'Organization').map((one) => [one])),
    managingOrganization: maybe(reference('Organization')),
  }),
  Practitioner: fc.record({
    active: maybe(fc.boolean()),
    name: maybe(some('Ann', 'Cy').map((text) => [{ text }])),
  }),
  Organization: fc.record({ name: some('Ann', 'Org'), partOf: maybe(reference('Organization')) }),
  Encounter: fc.record({
    status: some('finished', 'planned'),
    class: fc.constant({ code: 'AMB' }),
    subject: maybe(reference('Patient')),
    partOf: maybe(reference('Encounter')),
  }),
  Observation: fc.record({
    status: some('final', 'amended'),
    code,
    subject: maybe(reference('Patient', 'Group')),
    encounter: maybe(reference('Encounter')),
    performer: maybe(reference('Practitioner', 'Organization', 'Patient').map((one) => [one])),
    hasMember: maybe(reference('Observation').map((one) => [one])),
    effectiveDateTime: maybe(day),
  }),
};

const resource: fc.Arbitrary<Resource> = some(...Object.keys(shapes)).chain((resourceType) =>
  fc
    .tuple(some(...ids), shapes[resourceType]!)
    .map(([id, rest]) => JSON.parse(JSON.stringify({ resourceType, id, ...rest })) as Resource),
);

/** Ends of chains, by type. */
const ends: Readonly<Record<string, readonly [string, string][]>> = {
  Patient: [
    ['active', 'true'],
    ['active:not', 'true'],
    ['birthdate', 'ge2024-06'],
    ['name', 'an'],
    ['name:missing', 'true'],
    ['_id', '1,2'],
  ],
  Practitioner: [
    ['name', 'ann'],
    ['active:missing', 'false'],
  ],
  Organization: [['name:contains', 'n']],
  Encounter: [
    ['status', 'finished'],
    ['class', 'AMB'],
  ],
  Observation: [
    ['code', 'urn:c|a'],
    ['date', 'lt2025'],
    ['status:not', 'final'],
  ],
};

/** Links: type, parameter, target; with and without the type named. */
const links: readonly (readonly [string, string, string])[] = [
  ['Patient', 'general-practitioner', 'Practitioner'],
  ['Patient', 'general-practitioner', 'Organization'],
  ['Patient', 'organization', 'Organization'],
  ['Organization', 'partof', 'Organization'],
  ['Encounter', 'patient', 'Patient'],
  ['Encounter', 'subject', 'Patient'],
  ['Encounter', 'part-of', 'Encounter'],
  ['Observation', 'subject', 'Patient'],
  ['Observation', 'patient', 'Patient'],
  ['Observation', 'encounter', 'Encounter'],
  ['Observation', 'performer', 'Practitioner'],
  ['Observation', 'performer', 'Patient'],
  ['Observation', 'has-member', 'Observation'],
];

type Dice = Iterator<number>;
const pick = <T>(list: readonly T[], dice: Dice): T => list[dice.next().value % list.length]!;

/** A condition on a type: chained and reverse chained to some depth. */
function condition(type: string, depth: number, dice: Dice): [string, string] {
  const forward = links.filter(([source]) => source === type);
  const backward = links.filter(([, , target]) => target === type);
  const way = depth === 0 ? 0 : dice.next().value % 5;
  if (way <= 1 && forward.length > 0 && depth > 0) {
    const [, code, target] = pick(forward, dice);
    const [name, value] = condition(target, depth - 1, dice);
    return [`${code}:${target}.${name}`, value];
  }
  if (way > 1 && backward.length > 0 && depth > 0) {
    const [source, code] = pick(backward, dice);
    const [name, value] = condition(source, depth - 1, dice);
    return [`_has:${source}:${code}:${name}`, value];
  }
  return pick(ends[type]!, dice);
}

function include(type: string, dice: Dice): [string, string][] {
  const forward = links.filter(([source]) => source === type);
  const backward = links.filter(([, , target]) => target === type);
  const pairs: [string, string][] = [];
  if (forward.length > 0 && dice.next().value % 2) {
    const [source, code] = pick(forward, dice);
    pairs.push(['_include', dice.next().value % 4 ? `${source}:${code}` : '*']);
  }
  if (backward.length > 0 && dice.next().value % 2) {
    const [source, code] = pick(backward, dice);
    pairs.push(['_revinclude', `${source}:${code}`]);
  }
  for (let more = dice.next().value % 3; more > 0; more--) {
    const [source, code, target] = pick(links, dice);
    const value = dice.next().value % 2 ? `${source}:${code}` : `${source}:${code}:${target}`;
    pairs.push([dice.next().value % 2 ? '_include:iterate' : '_revinclude:iterate', value]);
  }
  return pairs;
}

t.test('random chains over random resources', async (t) => {
  let searches = 0;
  let hits = 0;
  let brought = 0;
  const server = await startServer({ environment: { VALIDATION: 'base' } });
  t.teardown(() => server.close());
  const stored = new Map<string, Resource>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(resource, { minLength: 8, maxLength: 14 }),
      fc.infiniteStream(fc.nat()),
      async (drawn, dice) => {
        const fresh = new Map(drawn.map((one) => [`${one.resourceType}/${one.id}`, one]));
        const entry = [...fresh].map(([url, body]) => ({ resource: body, request: { method: 'PUT', url } }));
        const gone = [...stored.keys()].filter((key) => !fresh.has(key) && dice.next().value % 2);
        for (const url of gone) entry.push({ request: { method: 'DELETE', url } } as never);
        const body = { resourceType: 'Bundle', type: 'transaction', entry };
        const written = await server.send('POST', '', { body });
        if (written.status !== 200) throw new Error(written.text);
        for (const url of gone) stored.delete(url);
        for (const [key, one] of fresh) stored.set(key, one);
        const world: World = {
          resources: [...stored.values()],
          bases: [server.url],
          now: 0,
          systemOf: systemOfPath(registry),
          definitionAt: (url) => registry.searchParameter(url),
          compartment: (type) => registry.patientCompartmentParameters(type),
          definitions: (type) => registry.searchParameters(type).filter(({ expression }) => expression),
        };
        for (let search = 0; search < 16; search++) {
          const type = pick(Object.keys(shapes), dice);
          const pairs = Array.from({ length: dice.next().value % 5 ? 1 : 2 }, () =>
            condition(type, dice.next().value % 4, dice),
          ).concat(include(type, dice));
          const patients = ids.filter((id) => stored.has(`Patient/${id}`));
          const belongs = type === 'Patient' || registry.patientCompartmentParameters(type).length > 0;
          const patient = belongs && dice.next().value % 3 === 0 ? pick(patients, dice) : undefined;
          const expected = expectedOf(type, pairs, world, patient);
          const within = patient === undefined ? '' : `/Patient/${patient}`;
          const path = `${within}/${type}?${new URLSearchParams(pairs)}`;
          // Asked twice: the second answer may come from the cache.
          for (let time = 0; time < 2; time++) {
            const { status, body, text } = await server.send('GET', path);
            if (status !== 200) throw new Error(`${path}: ${text}`);
            const keys = (mode: string) =>
              (body.entry ?? [])
                .filter((one: { search: { mode: string } }) => one.search.mode === mode)
                .map(({ resource }: { resource: Resource }) => `${resource.resourceType}/${resource.id}`)
                .sort();
            const got = { matches: keys('match'), included: keys('include') };
            const wanted = { matches: [...expected.matches].sort(), included: [...expected.included].sort() };
            if (JSON.stringify(got) !== JSON.stringify(wanted)) {
              throw new Error(
                `${path}\n${JSON.stringify({ got, wanted })}\n${JSON.stringify(world.resources)}`,
              );
            }
          }
          searches++;
          hits += expected.matches.size;
          brought += expected.included.size;
        }
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
  t.equal(searches, 960);
  t.ok(hits > searches / 5, `${hits} found`);
  t.ok(brought > searches / 12, `${brought} included`);
});
