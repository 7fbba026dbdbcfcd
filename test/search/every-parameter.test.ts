/** Every search parameter of R4 can be asked, and every example of HL7 can be indexed by all of them. */
import t from 'tap';
import { FhirError } from '../../src/core/fhir-error.ts';
import { openRegistry } from '../../src/fhir/open-registry.ts';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { createIndexer } from '../../src/search/create-indexer.ts';
import { createSearchParser } from '../../src/search/create-search-parser.ts';
import type { Parameter, ParameterType } from '../../src/search/parameter.ts';
import { createTypeParameters } from '../../src/search/type-parameters.ts';
import { exampleResources } from './example-resources.ts';

const registry = openRegistry();
const compile = createExpressionCompiler(registry.model);
const indexer = createIndexer({ registry, compile, localBases: [] });
const parse = createSearchParser({ registry });
const parametersOf = createTypeParameters(registry);
const examples = exampleResources();

const sample: Readonly<Record<Exclude<ParameterType, 'composite' | 'special'>, string>> = {
  token: 'http://loinc.org|44261-6',
  reference: 'http://example.org/fhir/Patient/1',
  string: 'Peter',
  date: 'ge2026-01',
  number: 'lt5.4',
  quantity: '5.4|http://unitsofmeasure.org|mg',
  uri: 'http://example.org/x',
};

function sampleOf({ type, components }: Parameter): string {
  if (type === 'composite') return components.map(({ parameter }) => sampleOf(parameter)).join('$');
  return sample[type as keyof typeof sample];
}

t.test('every parameter that has an expression is offered, on every type it applies to', (t) => {
  let offered = 0;
  for (const type of registry.resourceTypes) {
    const definitions = registry
      .searchParameters(type)
      .filter(({ expression, type: kind }) => expression !== undefined && kind !== 'special');
    const expected = new Set(definitions.map(({ code }) => code!));
    // A number that the extension pack defines on the date of birth.
    if (type === 'Patient') expected.delete('age');
    const actual = parametersOf(type);
    if (expected.size !== actual.size || ![...expected].every((code) => actual.has(code))) t.fail(type);
    offered += actual.size;
  }
  t.ok(offered > 2500, `${offered} parameters of ${registry.resourceTypes.length} types`);
  t.end();
});

t.test('every parameter takes a value of its type, and whether it is missing', (t) => {
  for (const type of registry.resourceTypes) {
    for (const parameter of parametersOf(type).values()) {
      const { code } = parameter;
      const pairs: [string, string][] = [
        [code, sampleOf(parameter)],
        // "All parameters (except combination)" have this modifier.
        ...(parameter.type === 'composite' ? [] : [[`${code}:missing`, 'true'] as [string, string]]),
      ];
      for (const [name, value] of pairs) {
        try {
          const { where, applied } = parse(type, [[name, value]], 'strict');
          if (where.kind === 'all' || where.kind === 'none') {
            if (code !== '_id' && code !== '_lastUpdated') t.fail(`${type}?${name} asks for nothing`);
          }
          if (applied.length !== 1) t.fail(`${type}?${name} is not applied`);
        } catch (error) {
          t.fail(`${type}?${name}: ${error}`);
        }
      }
    }
  }
  t.pass('all were understood');
  t.end();
});

t.test('every sortable parameter sorts, every other is refused', (t) => {
  for (const type of registry.resourceTypes) {
    for (const { code, type: kind, indexedAs } of parametersOf(type).values()) {
      try {
        parse(type, [['_sort', `-${code}`]], 'strict');
      } catch (error) {
        const refused = error instanceof FhirError && error.status === 400;
        const unsortable = kind === 'composite' || indexedAs[0]!.code !== code;
        if (!refused || !unsortable) t.fail(`${type}?_sort=${code}: ${error}`);
      }
    }
  }
  t.pass('all were understood');
  t.end();
});

t.test('every expression compiles for its type', (t) => {
  let expressions = 0;
  for (const type of registry.resourceTypes) {
    for (const { parts, name } of parametersOf(type).values()) {
      for (const { expression } of parts) {
        expressions++;
        try {
          compile(expression, type);
        } catch (error) {
          t.fail(`${name}: ${error}`);
        }
      }
    }
  }
  t.ok(expressions > 2500, `${expressions} expressions`);
  t.end();
});

t.test('indexing never fails on an example', { skip: !examples && 'the examples are not installed' }, (t) => {
  let indexed = 0;
  for (const resource of examples ?? []) {
    try {
      const { terms } = indexer.index(resource);
      if (terms.length > 0) indexed++;
      t.equal(
        new Set(terms).size,
        terms.length,
        `${resource.resourceType}/${resource.id}: terms are distinct`,
      );
    } catch (error) {
      t.fail(`${resource.resourceType}/${resource.id}: ${error}`);
    }
  }
  t.ok(indexed > 400, `${indexed} of ${examples?.length} examples have terms`);
  t.end();
});
