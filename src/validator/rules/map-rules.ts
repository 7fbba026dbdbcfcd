/**
 * The rules of a StructureMap: each begins from a variable that is there, goes to elements that there are, makes what it
 * names of targets only, and calls groups and rules with what they take.
 * https://hl7.org/fhir/R4/structuremap-definitions.html#StructureMap.group.rule
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext } from '../type-rules.ts';
import type { MapNames } from './map-names.ts';
import { transformedTypes, transformIssues } from './map-transforms.ts';
import type { MapTypes } from './map-types.ts';
import type { Variables } from './map-variables.ts';

type Element = Record<string, unknown>;

/** What the rules of one map share. */
export interface MapParts {
  readonly names: MapNames;
  readonly types: MapTypes;
  readonly context: RuleContext;
}

export function ruleIssues(rules: unknown, around: Variables, place: string, parts: MapParts): Issue[] {
  return objectsOf(rules).flatMap((rule, index) => {
    const at = `${place}.rule[${index}]`;
    const variables = around.copy();
    return [
      ...objectsOf(rule.source).flatMap((one, i) =>
        sourceIssues(one, variables, `${at}.source[${i}]`, parts),
      ),
      ...objectsOf(rule.target).flatMap((one, i) =>
        targetIssues(one, variables, `${at}.target[${i}]`, parts),
      ),
      ...ruleIssues(rule.rule, variables, at, parts),
      ...objectsOf(rule.dependent).flatMap((one, i) =>
        dependentIssues(one, variables, `${at}.dependent[${i}]`, parts),
      ),
    ];
  });
}

function sourceIssues(source: Element, variables: Variables, place: string, parts: MapParts): Issue[] {
  const { element, type, variable } = source;
  const known = variables.get(source.context);
  const from = known ? known.types : parts.types.named(source.context);
  const held = element === undefined ? from : parts.types.element(from, element);
  const narrowed = type === undefined ? held : parts.types.named(type);
  variables.add({ name: variable, isTarget: known?.isTarget ?? false, types: narrowed });
  if (!known && !isType(source.context, parts)) return [ruleIssue(unknownKey(parts), `${place}.context`)];
  if (held?.length === 0) return [ruleIssue('map-path', `${place}.element`)];
  const isPossible =
    !held || !narrowed || narrowed.some((one) => held.some((other) => related(one, other, parts)));
  return isPossible ? [] : [ruleIssue('type', `${place}.type`, 'The source', held.join(', '))];
}

const related = (one: string, other: string, { context: { model } }: MapParts) =>
  model.isA(one, other) || model.isA(other, one);

function targetIssues(target: Element, variables: Variables, place: string, parts: MapParts): Issue[] {
  const { element, variable } = target;
  const known = variables.get(target.context);
  const into = known ? known.types : parts.types.named(target.context);
  const held = element === undefined ? into : parts.types.element(into, element);
  const issues = transformIssues(target, variables, place, parts.context);
  variables.add({ name: variable, isTarget: true, types: transformedTypes(target, held, parts.types) });
  if (target.context === undefined) return issues;
  const isMeant = known ? known.isTarget : isType(target.context, parts);
  if (!isMeant) return [ruleIssue(known ? 'map-context' : unknownKey(parts), `${place}.context`), ...issues];
  return held?.length === 0 ? [ruleIssue('map-path', `${place}.element`), ...issues] : issues;
}

/** A context may be a type as well. */
const isType = (name: unknown, { context: { model } }: MapParts) =>
  typeof name !== 'string' || model.type(name) !== undefined;

/** Where a map says nothing of types, any name may be that of one. */
const unknownKey = ({ types }: MapParts) => (types.areTold ? 'map-context' : 'map-variable');

function dependentIssues(
  { name, variable }: Element,
  variables: Variables,
  place: string,
  { names }: MapParts,
): Issue[] {
  if (typeof name !== 'string') return [];
  if (!names.hasGroup(name) && !names.hasRule(name)) return [ruleIssue('map-group', `${place}.name`)];
  const given: unknown[] = Array.isArray(variable) ? variable : [];
  const targets = names.targets(name);
  if (targets !== undefined && targets.length !== given.length)
    return [ruleIssue('map-parameters', place, name, String(targets.length))];
  return given.flatMap((one, index): Issue[] => {
    const known = variables.get(one);
    const fits = known !== undefined && (known.isTarget || targets?.[index] !== true);
    return fits ? [] : [ruleIssue('map-context', `${place}.variable[${index}]`)];
  });
}
