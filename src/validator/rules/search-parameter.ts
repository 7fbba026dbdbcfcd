/**
 * The expression of a SearchParameter, for each type that it is for.
 * https://hl7.org/fhir/R4/searchparameter.html
 */
import type { TypeRule } from '../type-rules.ts';
import { expressionIssues } from './constraint-expressions.ts';

export const searchParameterRule: TypeRule = ({ base, expression }, context) => {
  const types = (Array.isArray(base) ? base : []).filter((type) => typeof type === 'string');
  const issues = types.flatMap((type) =>
    expressionIssues(expression, [type], 'SearchParameter.expression', context),
  );
  return issues.slice(0, 1);
};
