/**
 * Canonical URLs of definitions, where what they lead to is known, lead to a resource of a type that is meant, and
 * profiles are of the type that is spoken of.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import type { Issue } from '../../core/issue.ts';
import { isObject, objectsOf, type Resource } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule, TypeRules } from '../type-rules.ts';
import { canonicalPaths, type Holder, profiledTypes } from './canonical-paths.ts';

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
  if (!context.isKnown(url) || allowed.some((type) => known[type]?.(url, context))) return undefined;
  return Object.keys(known).find((type) => known[type]?.(url, context));
}

/** What may be met below an element on the way to canonical URLs. */
interface Step {
  readonly targets: { readonly name: string; readonly path: string; readonly allowed: readonly string[] }[];
  readonly below: { readonly name: string; readonly step: Step }[];
}

/** The ways to the elements of some paths. Elements that hold others of their kind are below themselves. */
function stepsOf(paths: Readonly<Record<string, readonly string[]>>): Step {
  const root: Step = { targets: [], below: [] };
  for (const [path, allowed] of Object.entries(paths)) {
    const names = path.split('.').slice(1);
    const name = names.pop() as string;
    let step = root;
    for (const holder of names) {
      step = stepBelow(step, holder);
    }
    step.targets.push({ name, path, allowed });
  }
  return root;
}

/** The step to an element below another, made when it is the first one. */
function stepBelow({ below }: Step, name: string): Step {
  const known = below.find((one) => one.name === name);
  if (known) return known.step;
  const step: Step = { targets: [], below: [] };
  step.below.push({ name, step });
  below.push({ name, step });
  return step;
}

function targetRule(paths: Readonly<Record<string, readonly string[]>>): TypeRule {
  const root = stepsOf(paths);
  return (resource, context) => {
    const issues: Issue[] = [];
    const judge = (url: unknown, allowed: readonly string[], path: string, holder: Holder, place: string) => {
      if (typeof url !== 'string') return;
      const type = otherType(url, allowed, resource, context);
      if (type === undefined)
        issues.push(...profileIssues(url, profiledTypes[path]?.(holder), place, context));
      else issues.push(ruleIssue('canonical-type', place, type, allowed.join(', ')));
    };
    const visit = (holder: Holder, { targets, below }: Step, place: string): void => {
      for (const { name, path, allowed } of targets) {
        const value = holder[name];
        if (value === undefined) continue;
        if (!Array.isArray(value)) judge(value, allowed, path, holder, `${place}.${name}`);
        else
          value.forEach((url, index) => {
            judge(url, allowed, path, holder, `${place}.${name}[${index}]`);
          });
      }
      for (const { name, step } of below) {
        const value = holder[name];
        if (Array.isArray(value))
          value.forEach((one, index) => {
            if (isObject(one)) visit(one, step, `${place}.${name}[${index}]`);
          });
        else if (isObject(value)) visit(value, step, `${place}.${name}`);
      }
    };
    visit(resource, root, resource.resourceType);
    return issues;
  };
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
