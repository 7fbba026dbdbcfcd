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
import { codeExpansion } from './code-expansion.ts';
import { conditionOf } from './condition.ts';
import type { Condition } from './condition-context.ts';
import { includeOf, revincludeOf, targetsOf } from './include-parameter.ts';
import { parameterKinds } from './params/kinds.ts';
import { planOf, scopesOf } from './patient-binding.ts';
import { compartmentOf } from './patient-compartment.ts';
import { defaultCount, notConditions, resultParameters, type Shape } from './result-parameters.ts';
import type { Include, SearchParser } from './search-request.ts';
import { createTypeParameters } from './type-parameters.ts';

export interface SearchParserOptions {
  readonly registry: Registry;
  /** Own base URLs, without a slash at the end: references that begin with one are local. */
  readonly localBases?: readonly string[];
  /** What `ap` on a date measures from. */
  readonly clock?: Clock;
}

/** What lenient handling may ignore. */
const ignorable: ReadonlySet<string> = new Set(['unknown-parameter', 'unknown-modifier']);

const includeName = /^_(rev)?include(?::(.*))?$/;
/** The second is what STU3 called it. */
const iterating: ReadonlySet<string> = new Set(['iterate', 'recurse']);

export function createSearchParser(options: SearchParserOptions): SearchParser {
  const { registry, localBases = [], clock = systemClock } = options;
  const parametersOf = createTypeParameters(registry);
  const kinds = parameterKinds({
    localBases,
    clock,
    expandCodes: codeExpansion(registry),
    canonicalUnits: createCanonicalUnits(),
  });

  return (resourceType, pairs, handling, patient) => {
    if (!registry.isResourceType(resourceType)) {
      throw refuse('unknown-type', 'R4 has no such resource type');
    }
    const parameters = parametersOf(resourceType);
    const context = { registry, kinds, resourceType, parameters, parametersOf, depth: 0 };
    const shape: Shape = { sort: [], count: defaultCount, total: 'none', countOnly: false };
    const conditions: Condition[] = [];
    const includes: Include[] = [];
    const revincludes: Include[] = [];
    const applied: [string, string][] = [];
    const issues: Issue[] = [];

    /** Understands one parameter; answers with its value as applied. */
    const apply = (name: string, value: string): string => {
      if (value === '') throw refuse('unknown-parameter', 'A search parameter has no value');
      const result = Object.hasOwn(resultParameters, name) ? resultParameters[name] : undefined;
      if (result) return result(value, shape, parameters, context);
      const include = includeName.exec(name);
      if (include) {
        const [, reverse, modifier] = include;
        if (modifier !== undefined && !iterating.has(modifier)) {
          throw refuse('unknown-modifier', 'Includes have one modifier: iterate');
        }
        const iterate = modifier !== undefined;
        if (reverse) revincludes.push(revincludeOf(value, iterate, context));
        else includes.push(includeOf(value, iterate, context));
      } else conditions.push(conditionOf(name, value, context));
      return value;
    };

    const compartment =
      patient === undefined ? undefined : compartmentOf(patient, resourceType, parameters, registry);
    for (const [name, value] of pairs) {
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
    const scopes = new Set([
      ...(compartment
        ? [`${resourceType}@${patient}`]
        : scopesOf(resourceType, conditions, parameters, registry)),
      ...conditions.flatMap((condition) => condition.reads),
      ...includes.flatMap((include) => targetsOf(include, context)),
      ...revincludes.map((include) => include.sourceType),
    ]);
    return {
      type: resourceType,
      where: planOf(conditions, parameters, compartment),
      ...shape,
      includes,
      revincludes,
      scopes: [...scopes],
      applied,
      issues,
    };
  };
}
