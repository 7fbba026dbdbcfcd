/**
 * The mutation score of the guide: every demand of its profiles and extensions, broken one at a time on instances that
 * are right, must be found where it was broken, and none may remain untried.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StructureDefinition } from '@medplum/fhirtypes';
import t from 'tap';
import { isResource, type Resource } from '../../src/fhir/resource.ts';
import {
  extensionMutants,
  type Mutant,
  type MutationKind,
  profileMutants,
} from '../support/profile-mutations.ts';
import { registry, validator } from './parts.ts';

const guide = 'https://w3id.org/kat-fhir/StructureDefinition/';
const cases = 'test/cases/invariants';

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const structures = ['profiles/structure-definitions', 'profiles/extensions'].flatMap((folder) =>
  readdirSync(folder).map((file) => {
    const { url } = readJson(join(folder, file)) as { url: string };
    return registry.structure(url) as StructureDefinition;
  }),
);

/** Instances of the guide that are right: those of the invariants, a whole one of other profiles, and the story. */
function instances(): Resource[] {
  const passing = [cases, 'test/cases/profiles'].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => !file.endsWith('-fail.json'))
      .map((file) => readJson(join(folder, file))),
  );
  const story = readJson('examples/trd-iv-six/bundle.json') as { entry: { resource: unknown }[] };
  const measures = readdirSync('profiles/measures').map((file) => readJson(join('profiles/measures', file)));
  return [...passing, ...measures, ...story.entry.map(({ resource }) => resource)].filter(isResource);
}

const errorsOf = (resource: Resource) =>
  validator.validate(resource).filter(({ severity }) => severity === 'error' || severity === 'fatal');

/** Whether a finding stands on an element, or on a part of it. */
const isAt = (expression: string, element: string): boolean =>
  expression === element ||
  (expression.startsWith(element) && /^[.[]/.test(expression.slice(element.length)));

const holderOf = (expression: string) => expression.slice(0, expression.lastIndexOf('.'));

/** Of what is too often there, the element that has it is wrong; of a part of an extension, the extension. */
const isWhere = (expression: string, at: string, { kind, rule, lacks }: Mutant): boolean =>
  (lacks ? at === expression : isAt(at, expression)) ||
  ((kind === 'max' || rule.includes('#Extension.')) && at === holderOf(expression));

t.test('every demand of every profile, once broken, is found where it was broken', async (t) => {
  const score = new Map<MutationKind, { made: number; found: number }>();
  const tried = new Set<string>();
  for (const resource of instances()) {
    const claimed = resource.meta?.profile?.filter((url) => url.startsWith(guide)) ?? [];
    t.same(errorsOf(resource), [], `${resource.resourceType} ${resource.id} is right before`);
    const mutants =
      claimed.length === 0
        ? [extensionMutants(registry, resource, (url) => url.startsWith(guide))]
        : claimed.map((url) =>
            profileMutants(registry, registry.structure(url) as StructureDefinition, resource),
          );
    for (const mutantsOfOne of mutants) {
      for (const mutant of mutantsOfOne) {
        const { kind, rule, expression } = mutant;
        const count = score.get(kind) ?? { made: 0, found: 0 };
        score.set(kind, count);
        count.made++;
        tried.add(`${rule} ${kind}`);
        const errors = errorsOf(mutant.resource);
        if (errors.some(({ expression: at = '' }) => isWhere(expression, at, mutant))) count.found++;
        else {
          const said = errors.map(({ key, expression: at }) => `${key} @ ${at}`).join(', ');
          t.fail(`${kind} of ${rule} at ${expression}; said: ${said || 'nothing'}`);
        }
      }
    }
  }
  const totals = [...score.values()];
  const made = totals.reduce((sum, count) => sum + count.made, 0);
  const found = totals.reduce((sum, count) => sum + count.found, 0);
  for (const [kind, count] of score) t.comment(`${kind}: ${count.found} of ${count.made} found`);
  t.comment(`mutation score: ${((100 * found) / made).toFixed(1)} % of ${made}`);
  t.equal(found, made);
  t.same(
    structures.flatMap((structure) => demandsOf(structure)).filter((demand) => !tried.has(demand)),
    [],
    'no demand remains untried',
  );
});

/**
 * What a definition itself demands under pain of an error, as rule and kind. What tells a slice apart that need not be
 * there is no demand: without it, an occurrence is simply another one.
 */
function demandsOf(structure: StructureDefinition): string[] {
  const optional = (structure.snapshot?.element ?? [])
    .filter(({ path = '', sliceName, min }) => sliceName !== undefined && min === 0 && !path.endsWith('[x]'))
    .map(({ id }) => id);
  const isTold = (id: string) => optional.some((slice) => id === slice || id.startsWith(`${slice}.`));
  return (structure.differential?.element ?? []).flatMap((element) => {
    const { id = '', min = 0, max, binding, type = [], path = '' } = element;
    const kinds: MutationKind[] = [];
    if (min > 0) kinds.push('min');
    if (max === '0' || max === '1') kinds.push('max');
    if (type.length > 0 && !id.includes(':')) kinds.push('type');
    if (type.some(({ code, targetProfile = [] }) => code === 'Reference' && targetProfile.length > 0))
      kinds.push('target');
    if (binding?.strength === 'required') kinds.push('binding');
    const fixes = Object.keys(element).some((name) => /^(fixed|pattern)[A-Z]/.test(name));
    if (fixes && path !== 'Extension.url' && !isTold(id)) kinds.push('fixed');
    return kinds.map((kind) => `${structure.id}#${id} ${kind}`);
  });
}

t.test('every invariant of every profile, once broken, is found on its element', async (t) => {
  const constraints = structures.flatMap((structure) =>
    (structure.differential?.element ?? []).flatMap(({ path = '', constraint = [] }) =>
      constraint.map(({ key = '', severity }) => ({ key, severity, path })),
    ),
  );
  t.ok(constraints.length > 20);
  let found = 0;
  for (const { key, severity, path } of constraints) {
    const broken = readJson(join(cases, `${key}-f1-fail.json`)) as Resource;
    const issues = validator.validate(broken).filter((issue) => issue.key === key);
    const places = issues.map((issue) => [issue.severity, issue.expression?.replace(/\[\d+\]/g, '')]);
    if (places.some(([how, where]) => how === severity && where === path)) found++;
    else t.fail(`${key} is not found on ${path}`);
  }
  t.comment(`invariants: ${found} of ${constraints.length} found`);
});
