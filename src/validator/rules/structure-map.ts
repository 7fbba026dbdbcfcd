/**
 * The variables of a StructureMap: a rule begins from an input of its group, or from what a rule around it or a source
 * or target before it named. The groups of a map are told apart by their names.
 * https://hl7.org/fhir/R4/structuremap-definitions.html#StructureMap.group.rule.source.context
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule } from '../type-rules.ts';

type Element = Record<string, unknown>;

export const structureMapRule: TypeRule = (map, context) => {
  const names = new Set<unknown>();
  return objectsOf(map.group).flatMap((group, index) => {
    const place = `StructureMap.group[${index}]`;
    const isTwice = names.has(group.name);
    names.add(group.name);
    const inputs = new Set(objectsOf(group.input).map(({ name }) => name));
    return [
      ...(isTwice ? [ruleIssue('map-group-duplicate', `${place}.name`)] : []),
      ...rulesIssues(group.rule, inputs, place, context),
    ];
  });
};

function rulesIssues(
  rules: unknown,
  around: ReadonlySet<unknown>,
  place: string,
  context: RuleContext,
): Issue[] {
  return objectsOf(rules).flatMap((rule, index) => {
    const at = `${place}.rule[${index}]`;
    const named = new Set(around);
    // A context may be a type as well.
    const isKnown = (name: unknown) =>
      typeof name !== 'string' || named.has(name) || context.model.type(name) !== undefined;
    const issues = [
      ...objectsOf(rule.source).flatMap((source, one) => {
        const known = isKnown(source.context);
        named.add(source.variable);
        return known ? [] : [ruleIssue('map-variable', `${at}.source[${one}].context`)];
      }),
      ...objectsOf(rule.target).flatMap((target, one) => {
        const own = targetIssues(target, isKnown, `${at}.target[${one}]`);
        named.add(target.variable);
        return own;
      }),
    ];
    return [...issues, ...rulesIssues(rule.rule, named, at, context)];
  });
}

/** @param isKnown whether there is a variable, or a type, of a name */
function targetIssues(target: Element, isKnown: (name: unknown) => boolean, place: string): Issue[] {
  return [
    ...(isKnown(target.context) ? [] : [ruleIssue('map-variable', `${place}.context`)]),
    ...objectsOf(target.parameter).flatMap(({ valueId }, index) =>
      isKnown(valueId) ? [] : [ruleIssue('map-variable', `${place}.parameter[${index}].value`)],
    ),
  ];
}
