/**
 * The expressions of constraints are FHIRPath, and name elements that are there.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.constraint.expression
 */
import type { Issue } from '../../core/issue.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext } from '../type-rules.ts';
import type { ElementCase } from './element-case.ts';

export function constraintIssues({ element, types, place, context }: ElementCase): Issue[] {
  return (element.constraint ?? []).flatMap(({ expression }, index) =>
    expressionIssues(expression, types, `${place}.constraint[${index}].expression`, context),
  );
}

/** @param types of the focus: one for which the expression has a meaning is enough */
export function expressionIssues(
  expression: unknown,
  types: readonly string[] | undefined,
  place: string,
  { judgeExpression }: RuleContext,
): Issue[] {
  if (typeof expression !== 'string') return [];
  const verdicts = (types ?? [undefined]).map((type) => judgeExpression(expression, type));
  if (verdicts.includes('fine')) return [];
  if (verdicts.includes('not-judged')) return [ruleIssue('expression-not-judged', place)];
  const key = verdicts.includes('no-fhirpath') ? 'expression-malformed' : 'expression-unknown-name';
  return [ruleIssue(key, place)];
}

/** An expression whose focus is not known has to parse. */
export function malformedIssues(
  expression: string,
  place: string,
  { judgeExpression }: RuleContext,
): Issue[] {
  const verdict = judgeExpression(expression, undefined);
  if (verdict === 'no-fhirpath') return [ruleIssue('expression-malformed', place)];
  return verdict === 'not-judged' ? [ruleIssue('expression-not-judged', place)] : [];
}
