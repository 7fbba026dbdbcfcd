/**
 * A CodeSystem as a whole: what its content says and what it has.
 * https://hl7.org/fhir/R4/codesystem.html#content
 */
import type { Issue } from '../../core/issue.ts';
import { isObject } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule } from '../type-rules.ts';

export const codeSystemRule: TypeRule = (system, { codeExists }) => {
  const issues: Issue[] = [];
  const { content, supplements } = system;
  const concepts: unknown[] = Array.isArray(system.concept) ? system.concept : [];
  if (supplements !== undefined && content !== 'supplement') {
    issues.push(ruleIssue('code-system-content', 'CodeSystem.content', 'supplement'));
  }
  if (content === 'not-present' && concepts.length > 0) {
    issues.push(ruleIssue('code-system-not-present', 'CodeSystem.concept[0]'));
  }
  if (typeof supplements !== 'string') return issues;
  const [base = ''] = supplements.split('|');
  concepts.forEach((concept, index) => {
    if (!isObject(concept) || typeof concept.code !== 'string') return;
    if (codeExists(base, concept.code) === false) {
      issues.push(ruleIssue('code-unknown', `CodeSystem.concept[${index}].code`, base));
    }
  });
  return issues;
};
