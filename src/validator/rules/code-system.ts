/**
 * A CodeSystem as a whole: what its content says and what it has.
 * https://hl7.org/fhir/R4/codesystem.html#content
 */
import type { Issue } from '../../core/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
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
  issues.push(...propertyIssues(system, concepts, 'CodeSystem'));
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

/** Properties that every code system has. https://hl7.org/fhir/R4/codesystem.html#defined-props */
const everywhere = new Set([
  'inactive',
  'status',
  'deprecated',
  'deprecationDate',
  'notSelectable',
  'parent',
  'child',
]);

/** Properties of concepts have the types that the code system declares. */
function propertyIssues(system: Resource, concepts: readonly unknown[], path: string): Issue[] {
  const declared = new Map<unknown, unknown>();
  for (const one of Array.isArray(system.property) ? system.property : []) {
    if (isObject(one)) declared.set(one.code, one.type);
  }
  return concepts.flatMap((concept, index) => {
    if (!isObject(concept)) return [];
    const place = `${path}.concept[${index}]`;
    const own: unknown[] = Array.isArray(concept.property) ? concept.property : [];
    const issues = own.flatMap((property, at) => {
      if (!isObject(property) || typeof property.code !== 'string') return [];
      const where = `${place}.property[${at}]`;
      const type = declared.get(property.code);
      if (type === undefined) {
        return everywhere.has(property.code)
          ? []
          : [ruleIssue('code-system-property', where, 'not declared')];
      }
      const key = `value${String(type).charAt(0).toUpperCase()}${String(type).slice(1)}`;
      return key in property ? [] : [ruleIssue('code-system-property', where, 'declared with another type')];
    });
    const inner: unknown[] = Array.isArray(concept.concept) ? concept.concept : [];
    return [...issues, ...propertyIssues(system, inner, place)];
  });
}
