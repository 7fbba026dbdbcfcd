/**
 * The expression of a SearchParameter, for each type that it is for.
 * https://hl7.org/fhir/R4/searchparameter.html
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf, type Resource } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule } from '../type-rules.ts';
import { expressionIssues } from './constraint-expressions.ts';
import { typesAt } from './element-types.ts';

export const searchParameterRule: TypeRule = (parameter, context) => {
  const { base, expression } = parameter;
  const types = (Array.isArray(base) ? base : []).filter((type) => typeof type === 'string');
  const issues = types.flatMap((type) =>
    expressionIssues(expression, [type], 'SearchParameter.expression', context),
  );
  return [
    ...issues.slice(0, 1),
    ...countIssues(parameter),
    ...componentIssues(parameter, context),
    ...derivedIssues(parameter, types, context),
  ];
};

/** What is composed has parts: one alone would be a parameter of its own. */
const countIssues = ({ type, component }: Resource): Issue[] =>
  type === 'composite' && objectsOf(component).length < 2
    ? [ruleIssue('cardinality-min', 'SearchParameter', 'component', '2')]
    : [];

/** Where the expression of a composite is a plain path: what its components begin from. */
const plainPath = /^[A-Za-z]+(?:\.[a-z][A-Za-z]*)*$/;

function componentIssues({ expression, component }: Resource, context: RuleContext): Issue[] {
  const isPlain = typeof expression === 'string' && plainPath.test(expression);
  const found = isPlain ? typesAt(expression, context.model) : 'unknown';
  const types = typeof found === 'string' ? undefined : found;
  return objectsOf(component).flatMap((one, index) =>
    expressionIssues(one.expression, types, `SearchParameter.component[${index}].expression`, context),
  );
}

/** What derives from another parameter is of its type, and for no types of resources that it is not for. */
function derivedIssues(
  { derivedFrom, type }: Resource,
  types: readonly string[],
  context: RuleContext,
): Issue[] {
  const origin = typeof derivedFrom === 'string' ? context.searchParameter(derivedFrom) : undefined;
  if (!origin) return [];
  const issues: Issue[] = [];
  const bases: readonly string[] = origin.base ?? [];
  const covers = (name: string) =>
    bases.includes(name) || bases.includes('Resource') || bases.includes('DomainResource');
  if (!types.every(covers)) {
    issues.push(ruleIssue('search-derived', 'SearchParameter.base', 'not all of these base types'));
  }
  if (type !== undefined && type !== origin.type) {
    issues.push(ruleIssue('search-derived', 'SearchParameter.type', 'another type'));
  }
  return issues;
}
