/**
 * Thousands of searches over HL7's examples, made of the values these hold, alone, chained and reverse chained: each
 * finds what the oracle finds, from the store and from the cache, while resources come and go.
 */
import type { SearchParameter } from '@medplum/fhirtypes';
import fc from 'fast-check';
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import { createTypeParameters } from '../../src/search/type-parameters.ts';
import { exampleResources } from '../search/example-resources.ts';
import { find, inGrams, type Question } from '../search/oracle.ts';
import { expectedOf, type World } from '../search/oracle-query.ts';
import { queryOf, questionsFrom } from '../search/questions.ts';
import { systemOfPath } from '../search/surroundings.ts';
import { definitions, type RunningServer, startServer } from '../support/server.ts';

const registry = definitions();
const parametersOf = createTypeParameters(registry);
const examples = exampleResources();
/** Beside the 5,200 of `test/interactions/search-equals-oracle.test.ts`. */
const searches = 2000;
// Milliseconds, for slow machines.
t.setTimeout(110_000);
/** Enough for every shape; the oracle looks at each for every link of a chain. */
const ofEachType = 4;
/** After so many a resource is deleted, or one that was deleted is back. */
const between = 25;

type Pair = readonly [string, string];
type Pick = <T>(list: readonly T[]) => T;

/** What the oracle can judge; composites have tests of their own. */
function judged(type: string): SearchParameter[] {
  const asked = registry
    .searchParameters(type)
    .filter(({ expression, type: kind, code }) => {
      return expression && kind !== 'composite' && kind !== 'special' && code !== '_lastUpdated';
    })
    .filter(({ code }) => parametersOf(type).has(code!))
    .map((definition) => [definition.code, definition] as const);
  // Where packages define a parameter twice, the later one counts.
  return [...new Map(asked).values()];
}

/** A condition that one of the resources of a type may well meet. */
function condition(same: readonly Resource[], pick: Pick): Pair | undefined {
  const resource = pick(same);
  const filled = judged(resource.resourceType).filter((one) => find(resource, one).length > 0);
  if (filled.length === 0) return undefined;
  const definition = pick(filled);
  const { targets } = parametersOf(resource.resourceType).get(definition.code!)!;
  // Of the units the oracle converts masses.
  const isAskable = ({ modifier, values }: Question) =>
    (modifier === undefined || !registry.isResourceType(modifier) || targets.includes(modifier)) &&
    (definition.type !== 'quantity' || values.every(([, , code]) => !code || inGrams(code) !== undefined));
  const questions = questionsFrom(pick(find(resource, definition)), definition).filter(isAskable);
  return questions.length === 0 ? undefined : queryOf(pick(questions));
}

/** The references that lead from one example to another: source, parameter, target. */
function linksAmong(resources: readonly Resource[], world: World) {
  const known = new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
  return resources.flatMap((source) =>
    judged(source.resourceType)
      .filter(({ type, code }) => type === 'reference' && code !== '_id')
      .flatMap((definition) =>
        find(source, definition).flatMap(({ value }) => {
          const target = known.get(String(typeof value === 'string' ? value : value.reference));
          const leads =
            target && expectedOf(target.resourceType, [['_id', target.id!]], world).matches.size > 0;
          return leads && isTarget(definition, target) ? [{ source, code: definition.code!, target }] : [];
        }),
      ),
  );
}

const isTarget = ({ target = [] }: SearchParameter, { resourceType }: Resource): boolean =>
  target.length === 0 || (target as string[]).includes(resourceType);

async function loaded(server: RunningServer): Promise<Resource[]> {
  const stored: Resource[] = [];
  const named = examples!.filter(({ resourceType, id }) => id !== undefined && resourceType !== 'Bundle');
  const some = [...Map.groupBy(named, ({ resourceType }) => resourceType).values()].flatMap((same) =>
    same.slice(0, ofEachType),
  );
  const entry = some.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  const { body } = await server.send('POST', '', { body: { resourceType: 'Bundle', type: 'batch', entry } });
  body.entry.forEach(({ response }: { response: { status: string } }, index: number) => {
    if (response.status.startsWith('20')) stored.push(entry[index]!.resource);
  });
  return stored;
}

t.test(
  'searches find what they should, whatever is cached',
  { skip: !examples && 'the examples are not installed' },
  async (t) => {
    const server = await startServer({ environment: { VALIDATION: 'base' } });
    t.teardown(() => server.close());
    const stored = await loaded(server);
    t.ok(stored.length > 250, `${stored.length} resources`);
    const present = [...stored];
    const searchable = new Map(
      registry.resourceTypes.map((type) => [
        type,
        registry.searchParameters(type).filter(({ expression }) => expression),
      ]),
    );
    const world: World = {
      resources: present,
      bases: [server.url],
      now: Date.now(),
      systemOf: systemOfPath(registry),
      definitionAt: (url) => registry.searchParameter(url),
      compartment: (type) => registry.patientCompartmentParameters(type),
      definitions: (type) => searchable.get(type) ?? [],
    };
    const links = linksAmong(stored, world);
    t.ok(links.length > 150, `${links.length} links`);

    const [seed] = fc.sample(fc.nat(), 1);
    let state = seed! >>> 0;
    const dice = (): number => {
      // A linear congruential generator: a failure names the seed.
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 8;
    };
    const pick: Pick = (list) => list[dice() % list.length]!;
    const byType = Map.groupBy(stored, ({ resourceType }) => resourceType);
    const types = [...byType.keys()];

    const question = (): { type: string; pair: Pair | undefined } => {
      const way = dice() % 5;
      const link = pick(links);
      if (way === 0) {
        const inner = condition([link.target], pick);
        const pair = inner && ([`${link.code}:${link.target.resourceType}.${inner[0]}`, inner[1]] as const);
        return { type: link.source.resourceType, pair };
      }
      if (way === 1) {
        const inner = condition([link.source], pick);
        const pair =
          inner && ([`_has:${link.source.resourceType}:${link.code}:${inner[0]}`, inner[1]] as const);
        return { type: link.target.resourceType, pair };
      }
      const type = pick(types);
      return { type, pair: condition(byType.get(type)!, pick) };
    };

    let asked = 0;
    let found = 0;
    let hits = 0;
    while (asked < searches) {
      const { type, pair } = question();
      if (!pair) continue;
      const further = dice() % 3 === 0 ? condition(byType.get(type)!, pick) : undefined;
      const pairs = further ? [pair, further] : [pair];
      const query = new URLSearchParams([...pairs, ['_count', '1000']] as [string, string][]);
      const path = `/${type}?${query}`;
      const wanted = [...expectedOf(type, pairs, world).matches].sort();
      for (let time = 0; time < 2; time++) {
        const { status, body, headers } = await server.send('GET', path);
        const got = (body.entry ?? [])
          .map(({ resource }: { resource: Resource }) => `${type}/${resource.id}`)
          .sort();
        if (headers.get('x-cache') === 'hit') hits++;
        if (status !== 200 || JSON.stringify(got) !== JSON.stringify(wanted))
          throw new Error(`seed ${seed}: ${path}\n${JSON.stringify({ status, got, wanted })}`);
      }
      asked++;
      found += wanted.length;
      if (asked % between === 0) {
        const changed = pick(stored);
        const url = `/${changed.resourceType}/${changed.id}`;
        const place = present.indexOf(changed);
        if (place >= 0) {
          present.splice(place, 1);
          await server.send('DELETE', url);
        } else {
          present.push(changed);
          await server.send('PUT', url, { body: changed });
        }
      }
    }
    t.ok(found > searches / 4, `${found} found by ${asked} searches`);
    t.ok(hits > searches / 2, `${hits} answers came from the cache`);
  },
);
