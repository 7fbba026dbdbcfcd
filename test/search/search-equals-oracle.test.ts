/** A search finds exactly what the oracle says it should, over random resources and over the examples of HL7. */

import type { SearchParameter } from '@medplum/fhirtypes';
import fc from 'fast-check';
import t from 'tap';
import { openRegistry } from '../../src/fhir/open-registry.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { createIndexer } from '../../src/search/create-indexer.ts';
import { createSearchParser } from '../../src/search/create-search-parser.ts';
import { createTypeParameters } from '../../src/search/type-parameters.ts';
import { meets } from '../support/memory-executor.ts';
import { exampleResources } from './example-resources.ts';
import { find, matches, type Question, type Surroundings } from './oracle.ts';
import { queryOf, questionsFrom } from './questions.ts';
import { randomResource } from './random-resources.ts';
import { systemOfPath } from './surroundings.ts';

const registry = openRegistry();
const bases = ['http://local/fhir'];
const now = Date.parse('2026-01-01T00:00:00Z');
const indexer = createIndexer({
  registry,
  compile: createExpressionCompiler(registry.model),
  localBases: bases,
});
const parse = createSearchParser({ registry, localBases: bases, clock: { now: () => now } });

const parametersOf = createTypeParameters(registry);
const examples = exampleResources();

const surroundings: Surroundings = {
  bases,
  now,
  systemOf: systemOfPath(registry),
  definitionAt: (url) => registry.searchParameter(url),
};

/** What the oracle can judge; composites have tests of their own. */
function judged(type: string): SearchParameter[] {
  const definitions = registry
    .searchParameters(type)
    .filter(({ expression, type: kind }) => expression && kind !== 'composite' && kind !== 'special')
    .filter(({ code }) => code !== '_lastUpdated' && parametersOf(type).has(code!));
  // Where packages define a parameter twice, the later one counts.
  return [...new Map(definitions.map((definition) => [definition.code, definition])).values()];
}

/** Not asked: types that a reference never leads to. */
function offered(type: string, { definition, modifier }: Question): boolean {
  if (modifier === undefined || !registry.isResourceType(modifier)) return true;
  return parametersOf(type).get(definition.code!)!.targets.includes(modifier);
}

function indexed(resource: Resource) {
  return { id: resource.id ?? '', updated: 0, entries: indexer.index(resource) };
}

t.test('random searches over random resources', (t) => {
  let hits = 0;
  let searches = 0;
  fc.assert(
    fc.property(
      fc.array(randomResource, { minLength: 8, maxLength: 12 }),
      fc.infiniteStream(fc.nat()),
      (resources, dice) => {
        const pick = <T>(list: readonly T[]): T => list[dice.next().value % list.length]!;
        const type = pick(resources).resourceType;
        const same = resources.filter((resource) => resource.resourceType === type);
        const entries = same.map(indexed);
        const definitions = judged(type).filter((definition) =>
          same.some((resource) => find(resource, definition).length > 0),
        );
        for (let search = 0; search < 12; search++) {
          const questions = Array.from({ length: 1 + (dice.next().value % 3) }, () => {
            const definition = pick(definitions);
            const pool = same.flatMap((resource) => find(resource, definition));
            const first = pick(
              questionsFrom(pick(pool), definition).filter((question) => offered(type, question)),
            );
            const others = pool
              .flatMap((found) => questionsFrom(found, definition))
              .filter(({ modifier }) => modifier === first.modifier && modifier !== 'missing');
            const more = dice.next().value % 3 === 0 && others.length > 0 ? [...pick(others).values] : [];
            return { ...first, values: [...first.values, ...more] };
          });
          const query = questions.map(queryOf);
          const { where } = parse(type, query, 'strict');
          for (const [i, resource] of same.entries()) {
            const expected = questions.every((question) => matches(resource, question, surroundings));
            if (meets(where, entries[i]!) !== expected) {
              throw new Error(
                `${expected ? 'missed' : 'wrongly found'} by ${JSON.stringify(query)}: ${JSON.stringify(resource)}`,
              );
            }
            if (expected) hits++;
            searches++;
          }
        }
      },
    ),
    { numRuns: 400 },
  );
  t.ok(searches > 5000, `${searches} pairs of search and resource`);
  t.ok(hits > searches / 20, `${hits} of them match`);
  t.end();
});

t.test(
  'searches made of their own values over the examples of HL7',
  { skip: !examples && 'the examples are not installed' },
  (t) => {
    const byType = Map.groupBy(examples ?? [], (resource) => resource.resourceType);
    const wrong: string[] = [];
    let pairs = 0;
    for (const [type, all] of byType) {
      const same = all.slice(0, 6);
      const entries = same.map(indexed);
      for (const definition of judged(type)) {
        const questions = same
          .flatMap((resource) => find(resource, definition).slice(0, 1))
          .flatMap((found) => questionsFrom(found, definition))
          .filter((question) => offered(type, question));
        const distinct = new Map(questions.map((question) => [queryOf(question).join('='), question]));
        for (const question of [...distinct.values()].slice(0, 16)) {
          const { where } = parse(type, [queryOf(question)], 'strict');
          for (const [i, resource] of same.entries()) {
            pairs++;
            if (meets(where, entries[i]!) !== matches(resource, question, surroundings)) {
              wrong.push(`${type}/${resource.id}?${queryOf(question).join('=')}`);
            }
          }
        }
      }
    }
    t.same(wrong, []);
    t.ok(pairs > 20_000, `${pairs} pairs of search and resource`);
    t.end();
  },
);
