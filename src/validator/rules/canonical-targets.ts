/**
 * Canonical URLs of definitions, where what they lead to is known, lead to a resource of a type that is meant, and
 * profiles are of the type that is spoken of.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf, type Resource } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule, TypeRules } from '../type-rules.ts';
import { canonicalPaths, profiledTypes } from './canonical-paths.ts';
import { membersOf } from './members.ts';

/** How what has a URL is found, by its type. */
const known: Readonly<Record<string, (url: string, context: RuleContext) => object | undefined>> = {
  ValueSet: (url, { valueSet }) => valueSet(url),
  CodeSystem: (url, { codeSystem }) => codeSystem(url),
  SearchParameter: (url, { searchParameter }) => searchParameter(url),
  StructureDefinition: (url, { structure }) => structure(url),
};

/** The type of what a URL leads to, if it is none of those allowed: a code system and a value set may share a URL. */
function otherType(
  url: string,
  allowed: readonly string[],
  { contained }: Resource,
  context: RuleContext,
): string | undefined {
  if (url.startsWith('#')) {
    const type = objectsOf(contained).find(({ id }) => `#${id}` === url)?.resourceType;
    return typeof type === 'string' && !allowed.includes(type) ? type : undefined;
  }
  if (allowed.some((type) => known[type]?.(url, context))) return undefined;
  return Object.keys(known).find((type) => known[type]?.(url, context));
}

function targetRule(paths: Readonly<Record<string, readonly string[]>>): TypeRule {
  const steps = Object.keys(paths).map((path) => path.split('.').slice(1));
  const names = new Set(steps.flatMap((path) => path.slice(-1)));
  const holders = new Set(steps.flatMap((path) => path.slice(0, -1)));
  return (resource, context) =>
    membersOf(resource, names, holders).flatMap(({ value, name, path, place, holder }) => {
      const allowed = Object.hasOwn(paths, path) ? (paths[path] ?? []) : [];
      if (allowed.length === 0) return [];
      const repeats = Array.isArray(value);
      return (repeats ? value : [value]).flatMap((url: unknown, index: number) => {
        if (typeof url !== 'string') return [];
        const step = `${place}.${repeats ? `${name}[${index}]` : name}`;
        const type = otherType(url, allowed, resource, context);
        if (type !== undefined) return [ruleIssue('canonical-type', step, type, allowed.join(', '))];
        return profileIssues(url, profiledTypes[path]?.(holder), step, context);
      });
    });
}

/** A profile is of the type that it stands for, or of one that this specializes. */
function profileIssues(
  url: string,
  type: unknown,
  place: string,
  { structure, model }: RuleContext,
): Issue[] {
  const of = typeof type === 'string' ? structure(url)?.type : undefined;
  if (of === undefined || of === type || model.isA(String(type), of)) return [];
  return [ruleIssue('profile-of-type', place, url, String(type))];
}

export const canonicalTargetRules: TypeRules = Object.fromEntries(
  Object.entries(canonicalPaths).map(([type, paths]) => [type, [targetRule(paths)]]),
);
