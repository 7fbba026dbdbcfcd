/**
 * Thousands of random searches over random resources, through the store and through the cache: each finds exactly what
 * the oracle finds by looking at every resource, and its pages hold each of these once.
 */
import type { SearchParameter } from '@medplum/fhirtypes';
import fc from 'fast-check';
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Services } from '../../src/interactions/interaction.ts';
import { search } from '../../src/interactions/search.ts';
import { transact } from '../../src/interactions/transact.ts';
import { writeVersion } from '../../src/interactions/write-version.ts';
import { type Found, find } from '../search/oracle.ts';
import { expectedOf, type World } from '../search/oracle-query.ts';
import { prefixes, queryOf, questionsFrom } from '../search/questions.ts';
import { randomResource } from '../search/random-resources.ts';
import { systemOfPath } from '../search/surroundings.ts';
import { definitions, startServer } from '../support/server.ts';

const base = 'http://local/fhir';
const worlds = 5;
const searchesPerWorld = 1040;
const resourcesPerType = 9;

const registry = definitions();
const systemOf = systemOfPath(registry);

/** What the oracle can judge: the last definition of each code, if it can be searched by at all. */
function judged(services: Services, type: string): SearchParameter[] {
  const known = registry
    .searchParameters(type)
    .filter(({ code, expression }) => expression && code !== '_lastUpdated')
    .filter(({ code }) => services.parametersOf(type).has(code!));
  return [...new Map(known.map((definition) => [definition.code, definition])).values()];
}

/** Numbered by type, so that references find each other. */
function numbered(drawn: readonly Resource[]): Resource[] {
  const counts = new Map<string, number>();
  return drawn.flatMap((resource) => {
    const count = (counts.get(resource.resourceType) ?? 0) + 1;
    counts.set(resource.resourceType, count);
    return count > resourcesPerType ? [] : [{ ...resource, id: String(count) }];
  });
}

async function store(services: Services, resources: readonly Resource[]): Promise<void> {
  await transact(services, async (work) => {
    for (const resource of resources) {
      const { resourceType, id } = resource as Resource & { id: string };
      const current = await work.transaction.read(resourceType, id);
      const text = JSON.stringify(resource);
      await writeVersion(services, work, { method: 'PUT', resource, text, id }, current);
    }
  });
}

/** The guide's questionnaires are found as well. */
async function alreadyThere(services: Services): Promise<Map<string, Resource>> {
  const query = { type: 'Questionnaire', where: { kind: 'all' }, sort: [], limit: 1000 } as const;
  const { rows } = await services.store.search(query);
  return new Map(rows.map(({ type, id, body }) => [`${type}/${id}`, JSON.parse(body!) as Resource]));
}

type Pair = [name: string, value: string];

/** Makes up conditions from what is there to be found. */
function questioner(services: Services, world: World, next: () => number) {
  const pick = <T>(list: readonly T[]): T => list[next() % list.length]!;
  const byType = Map.groupBy(world.resources, ({ resourceType }) => resourceType);
  const askable = new Map(
    [...byType].map(([type, resources]) => {
      const asked = judged(services, type).flatMap((definition) => {
        const found = resources.flatMap((resource) => find(resource, definition));
        return found.length > 0 ? [{ definition, found }] : [];
      });
      return [type, asked];
    }),
  );

  function direct(type: string): Pair {
    const { definition, found } = pick(askable.get(type)!);
    if (definition.type === 'composite') return composite(type, definition) ?? direct(type);
    const questions = questionsFrom(pick(found), definition).filter(({ modifier }) =>
      offered(type, definition, modifier),
    );
    const first = pick(questions);
    const others = questions.filter(({ modifier }) => modifier === first.modifier && modifier !== 'missing');
    const more = next() % 3 === 0 && others.length > 0 ? pick(others).values : [];
    const [name, value] = queryOf({ ...first, values: [...first.values, ...more] });
    return next() % 4 === 0 ? (asFilter(definition, name, value) ?? [name, value]) : [name, value];
  }

  function offered(type: string, definition: SearchParameter, modifier: string | undefined): boolean {
    if (modifier === undefined || !registry.isResourceType(modifier)) return true;
    return services.parametersOf(type).get(definition.code!)!.targets.includes(modifier);
  }

  /** Halves that may be of one element, or of two. */
  function composite(type: string, { code, component = [] }: SearchParameter): Pair | undefined {
    const halves = component.map(({ definition = '' }) => {
      const part = registry.searchParameter(definition)!;
      const values = world.resources
        .filter(({ resourceType }) => resourceType === type)
        .flatMap((resource) => deepValues(resource))
        .filter((found) => suits(found, part));
      const questions = values
        .flatMap((found) => questionsFrom(found, part))
        .filter(({ modifier }) => modifier === undefined);
      return questions.length > 0 ? queryOf(pick(questions))[1] : undefined;
    });
    // The first half is a code, or one with its system.
    if (halves.includes(undefined) || /^\||\|$/.test(halves[0]!)) return undefined;
    return [code!, halves.join('$')];
  }

  /** The same as a filter, where one condition is one comparison. */
  function asFilter({ type, code }: SearchParameter, name: string, value: string): Pair | undefined {
    if (name !== code || /[\\,"()\s[\]]/.test(value)) return undefined;
    if (type === 'date' || type === 'number' || type === 'quantity') {
      const prefix = prefixes.find((one) => one !== '' && value.startsWith(one)) ?? '';
      return ['_filter', `${name} ${prefix || 'eq'} ${value.slice(prefix.length)}`];
    }
    return type === 'token' ? ['_filter', `${name} eq ${value}`] : undefined;
  }

  const links: readonly (readonly [source: string, code: string, target: string])[] = [
    ['Observation', 'subject', 'Patient'],
    ['Observation', 'patient', 'Patient'],
    ['Observation', 'performer', 'Patient'],
    ['RiskAssessment', 'subject', 'Patient'],
    ['QuestionnaireResponse', 'subject', 'Patient'],
    ['QuestionnaireResponse', 'patient', 'Patient'],
  ];

  function condition(type: string, depth: number): Pair {
    const way = next() % 5;
    const forward = links.filter(([source]) => source === type);
    const backward = links.filter(([, , target]) => target === type);
    if (depth > 0 && way === 0 && forward.length > 0) {
      const [, code, target] = pick(forward);
      const [name, value] = condition(target, depth - 1);
      if (!name.startsWith('_filter')) return [`${code}:${target}.${name}`, value];
    }
    if (depth > 0 && way === 1 && backward.length > 0) {
      const [source, code] = pick(backward);
      const [name, value] = condition(source, depth - 1);
      if (!name.startsWith('_filter')) return [`_has:${source}:${code}:${name}`, value];
    }
    return direct(type);
  }

  return (): { readonly type: string; readonly pairs: readonly Pair[] } => {
    const type = pick([...byType.keys()]);
    return { type, pairs: Array.from({ length: 1 + (next() % 3 === 0 ? 1 : 0) }, () => condition(type, 2)) };
  };
}

function suits({ type }: Found, part: SearchParameter): boolean {
  if (part.type === 'token') return type === 'CodeableConcept' || type === 'Coding';
  if (part.type === 'quantity') return type === 'Quantity';
  return part.type === 'string' && type === 'string';
}

/** Every code, quantity and string in a resource, wherever it stands. */
function deepValues(value: unknown, key = ''): Found[] {
  if (Array.isArray(value)) return value.flatMap((item) => deepValues(item, key));
  if (typeof value === 'string') return key === 'valueString' ? [{ type: 'string', value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  const type = /quantity$/i.test(key)
    ? 'Quantity'
    : /^(code|valueCodeableConcept)$/.test(key)
      ? 'CodeableConcept'
      : '';
  const inner = Object.entries(value).flatMap(([name, item]) => deepValues(item, name));
  return type === '' ? inner : [{ type, value }, ...inner];
}

/** `Observation/1` of the matches, page by page. */
async function keysFound(
  services: Services,
  type: string,
  pairs: readonly Pair[],
  count: number,
): Promise<string[]> {
  const keys: string[] = [];
  let parameters: readonly (readonly [string, string])[] = [...pairs, ['_count', String(count)]];
  for (;;) {
    const context = { baseUrl: base, preferReturn: 'minimal', handling: 'strict' } as const;
    const { body } = await search(services, context, { type, parameters });
    const bundle = JSON.parse(String(body));
    for (const { resource } of bundle.entry ?? []) keys.push(`${resource.resourceType}/${resource.id}`);
    const next = bundle.link.find(({ relation }: { relation: string }) => relation === 'next');
    if (!next) return keys;
    parameters = [['_cursor', new URL(next.url).searchParams.get('_cursor')!]];
  }
}

t.test('random searches find what the oracle finds, with the cache and without', async (t) => {
  const server = await startServer({ environment: { VALIDATION: 'base', PUBLIC_BASE_URL: base } });
  t.teardown(() => server.close());
  const { services } = server;
  const uncached: Services = { ...services, cache: { ...services.cache, get: async () => undefined } };
  const seed = Date.now();
  t.comment(`seed ${seed}`);
  const stored = await alreadyThere(services);
  /** Kinds of conditions under which something was found. */
  const found = new Set<string>();
  let searches = 0;
  let hits = 0;
  let several = 0;
  for (let turn = 0; turn < worlds; turn++) {
    const [drawn] = fc.sample(fc.array(randomResource, { minLength: 50, maxLength: 50 }), {
      numRuns: 1,
      seed: seed + turn,
    });
    const fresh = numbered(drawn!);
    await store(services, fresh);
    for (const resource of fresh) stored.set(`${resource.resourceType}/${resource.id}`, resource);
    const resources = [...stored.values()];
    const world: World = {
      resources,
      bases: [base],
      now: services.clock.now(),
      systemOf,
      definitionAt: (url) => registry.searchParameter(url),
      definitions: (type) => registry.searchParameters(type).filter(({ expression }) => expression),
      compartment: (type) => registry.patientCompartmentParameters(type),
    };
    const dice = fc.sample(fc.nat(), { numRuns: 400_000, seed: seed + turn })[Symbol.iterator]();
    const question = questioner(services, world, () => dice.next().value!);
    // Kinds that are rarely drawn may take some more searches in the end.
    const isMore = () => turn === worlds - 1 && everyKind.some((kind) => !found.has(kind));
    for (let i = 0; i < searchesPerWorld || (i < 4 * searchesPerWorld && isMore()); i++) {
      const { type, pairs } = question();
      const expected = [...expectedOf(type, withoutFilter(pairs), world).matches].sort();
      const sort = services.parametersOf(type).has('date')
        ? ['_id', '-_lastUpdated', 'date', '-date']
        : ['_id', '-_id'];
      const asked: Pair[] = i % 4 === 0 ? [...pairs, ['_sort', sort[i % sort.length]!]] : [...pairs];
      const count = i % 5 === 0 ? 2 : 50;
      const answers = [
        await keysFound(services, type, asked, count),
        await keysFound(services, type, asked, count),
        await keysFound(uncached, type, asked, count),
      ];
      for (const answer of answers) {
        if (JSON.stringify([...answer].sort()) === JSON.stringify(expected)) continue;
        const told = {
          type,
          asked,
          found: answer,
          expected,
          resources: resources.filter((one) => one.resourceType === type),
        };
        throw new Error(JSON.stringify(told));
      }
      searches++;
      if (expected.length > 0) for (const [name] of pairs) found.add(kindOf(services, type, name));
      hits += expected.length > 0 ? 1 : 0;
      several += expected.length > 1 ? 1 : 0;
    }
  }
  t.ok(searches >= 5000, `${searches} searches, each asked three times`);
  t.same(
    everyKind.filter((kind) => !found.has(kind)),
    [],
    'under every kind of condition something was found',
  );
  t.ok(hits > searches / 3, `${hits} found something, ${several} more than one`);
});

/** `token`, `token:not`, `_has`, `_filter` or `chain`. */
function kindOf(services: Services, type: string, name: string): string {
  if (name.startsWith('_has:')) return '_has';
  if (name === '_filter') return name;
  if (name.includes('.')) return 'chain';
  const [code = '', modifier] = name.split(':');
  const kind = services.parametersOf(type).get(code)!.type;
  if (modifier === undefined) return kind;
  return `${kind}:${registry.isResourceType(modifier) ? '[type]' : modifier}`;
}

const everyKind = [
  ...['token', 'token:not', 'token:text', 'token:of-type', 'token:missing', 'string', 'string:exact'],
  ...[
    'string:contains',
    'uri',
    'uri:above',
    'uri:below',
    'reference',
    'reference:identifier',
    'reference:[type]',
  ],
  ...['date', 'number', 'quantity', 'composite', 'chain', '_has', '_filter'],
];

/** A filter of one comparison as the parameter that it stands for. */
function withoutFilter(pairs: readonly Pair[]): Pair[] {
  return pairs.map(([name, value]) => {
    if (name !== '_filter') return [name, value];
    const [code = '', operator = '', ...rest] = value.split(' ');
    const compared = rest.join(' ');
    return [code, operator === 'eq' ? compared : `${operator}${compared}`];
  });
}
