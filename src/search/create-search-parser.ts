/**
 * The search parser: query text → SearchRequest. Nothing is dropped in silence: what is not understood is refused,
 * or, under lenient handling, named in an issue.
 * https://hl7.org/fhir/R4/search.html
 */
import { type Clock, systemClock } from '../core/clock.ts';
import { FhirError, refuse } from '../core/fhir-error.ts';
import type { Issue } from '../core/issue.ts';
import type { Registry } from '../fhir/registry.ts';
import { createCanonicalUnits } from '../terminology/canonical-units.ts';
import { codeExpansions } from './code-expansion.ts';
import { type Compartment, typesWithin, withinCompartment } from './compartment.ts';
import { conditionOf } from './condition.ts';
import type { Condition, ConditionContext } from './condition-context.ts';
import { includesOf, revincludesOf, targetsOf } from './include-parameter.ts';
import { impliedSort } from './ordered-codes.ts';
import { commonParameters, conditionOver } from './over-types.ts';
import { parameterKinds } from './params/kinds.ts';
import type { CodeExpansion } from './params/token.ts';
import { allConditions, planOf, scopesOf } from './patient-binding.ts';
import { requireAnswerable } from './plan-cost.ts';
import { defaultCount, notConditions, resultParameters, type Shape } from './result-parameters.ts';
import type { Include, SearchParser } from './search-request.ts';
import { tooManyValues } from './search-value.ts';
import { searchedTypes } from './searched-types.ts';
import { createTypeParameters, type ParametersOf } from './type-parameters.ts';

export interface SearchParserOptions {
  readonly registry: Registry;
  /** Own base URLs, without a slash at the end: references that begin with one are local. */
  readonly localBases?: readonly string[];
  /** What `ap` on a date measures from. */
  readonly clock?: Clock;
  /** The parameters to search by; absent: those of the registry. */
  readonly parametersOf?: ParametersOf;
  /** What value sets and hierarchies that ship come to; absent: made of the registry. */
  readonly expandCodes?: CodeExpansion;
  /** What to say of a parameter that is not ready yet: how far its values are indexed. */
  readonly pending?: ConditionContext['pending'];
}

/** Values in all parameters together: enough for a list of resources, few enough to answer while others wait. */
const mostValues = 10_000;
/** Parameters, each of which narrows what the others find. */
const mostParameters = 1000;

/** What lenient handling may ignore. */
const ignorable: ReadonlySet<string> = new Set(['unknown-parameter', 'unknown-modifier']);

const includeName = /^_(rev)?include(?::(.*))?$/;
/** The second is what STU3 called it. */
const iterating: ReadonlySet<string> = new Set(['iterate', 'recurse']);

export function createSearchParser(options: SearchParserOptions): SearchParser {
  const { registry, localBases = [], clock = systemClock, pending } = options;
  const parametersOf = options.parametersOf ?? createTypeParameters(registry);
  const kinds = parameterKinds({
    localBases,
    clock,
    expandCodes: options.expandCodes ?? codeExpansions(registry).shipped,
    canonicalUnits: createCanonicalUnits(),
  });

  return (resourceType, pairs, handling, compartment) => {
    requireFewValues(pairs);
    const asked = searchedTypes(resourceType, pairs, registry);
    const { types, selection } = compartment ? typesWithin(compartment, asked, registry) : asked;
    const { applied: typesApplied, rest } = asked;
    const common = commonParameters(types, parametersOf);
    const subject = selection.length === 0 ? 'The whole system' : types.join(', ');
    const contexts = types.map((resourceType, i): ConditionContext => {
      const parameters = common[i]!;
      return { registry, kinds, resourceType, subject, parameters, parametersOf, pending, depth: 0 };
    });
    const answer = { registry, types, parametersOf };
    const shape: Shape = { sort: [], count: defaultCount, total: 'none', countOnly: false };
    const conditions: Condition[] = [];
    const includes: Include[] = [];
    const revincludes: Include[] = [];
    const applied: (readonly [string, string])[] = typesApplied ? [typesApplied] : [];
    const issues: Issue[] = [];

    /** Understands one parameter; answers with its value as applied. */
    const apply = (name: string, value: string): string => {
      if (value === '') throw refuse('unknown-parameter', 'A search parameter has no value');
      const result = Object.hasOwn(resultParameters, name) ? resultParameters[name] : undefined;
      if (result) return result(value, shape, answer);
      const include = includeName.exec(name);
      if (include) {
        const [, reverse, modifier] = include;
        if (modifier !== undefined && !iterating.has(modifier)) {
          throw refuse('unknown-modifier', 'Includes have one modifier: iterate');
        }
        const iterate = modifier !== undefined;
        if (reverse) revincludes.push(...revincludesOf(value, iterate, answer));
        else includes.push(...includesOf(value, iterate, answer));
      } else conditions.push(conditionOver(name, contexts, (context) => conditionOf(name, value, context)));
      return value;
    };

    const [only] = contexts.length === 1 ? contexts : [];
    const members = compartment && withinCompartment(compartment, types, parametersOf, registry);
    for (const [name, value] of rest) {
      if (notConditions.has(name)) continue;
      try {
        applied.push([name, apply(name, value)]);
      } catch (error) {
        if (handling === 'strict' || !(error instanceof FhirError)) throw error;
        if (!error.issues.every(({ key }) => ignorable.has(key))) throw error;
        issues.push(...error.issues.map((issue) => ({ ...issue, severity: 'warning' as const })));
      }
    }

    if (shape.subset?.by === 'text' && includes.length + revincludes.length > 0) {
      throw refuse('invalid-parameter', "'_summary=text' cannot be combined with includes");
    }
    requireAnswerable(conditions.map(({ node }) => node));
    const scopes = new Set([
      ...ownScopes(compartment, contexts, conditions, registry),
      ...conditions.flatMap((condition) => condition.reads),
      ...includes.flatMap((include) => targetsOf(include, answer)),
      ...revincludes.map((include) => include.sourceType),
    ]);
    const where = only ? planOf(conditions, only.parameters, members) : allConditions(conditions, members);
    return {
      type: selection,
      where,
      ...shape,
      sort: shape.sort.length > 0 ? shape.sort : impliedSort(where),
      includes,
      revincludes,
      scopes: [...scopes],
      applied,
      issues,
    };
  };
}

/** @throws FhirError `search-too-large` */
function requireFewValues(pairs: readonly (readonly [name: string, value: string])[]): void {
  if (pairs.length > mostParameters) throw tooManyValues(mostParameters);
  let values = pairs.length;
  for (const [, value] of pairs)
    for (let comma = value.indexOf(','); comma !== -1; comma = value.indexOf(',', comma + 1)) values++;
  if (values > mostValues) throw tooManyValues(mostValues);
}

/** What the matches depend on, bound to patients where the search is: `Observation@1`. */
function ownScopes(
  compartment: Compartment | undefined,
  contexts: readonly ConditionContext[],
  conditions: readonly Condition[],
  registry: Registry,
): string[] {
  if (compartment?.type === 'Patient')
    return contexts.map(({ resourceType }) => `${resourceType}@${compartment.id}`);
  const [only] = contexts.length === 1 ? contexts : [];
  return only
    ? scopesOf(only.resourceType, conditions, only.parameters, registry)
    : contexts.map(({ resourceType }) => resourceType);
}
