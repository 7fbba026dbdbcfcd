/**
 * A CodeSystem as a whole: what its content says, what it has, and how many.
 * https://hl7.org/fhir/R4/codesystem.html#content
 */
import type { Issue } from '../../core/issue.ts';
import { isObject, type Resource } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule } from '../type-rules.ts';
import { conceptPropertyIssues, declarationIssues, type PlacedConcept } from './code-system-properties.ts';

export const codeSystemRule: TypeRule = (system, context) => {
  const { codeExists } = context;
  const { content, supplements } = system;
  const concepts = placed(system.concept, 'CodeSystem');
  const issues: Issue[] = [];
  if ((supplements !== undefined) !== (content === 'supplement')) {
    issues.push(ruleIssue('code-system-content', 'CodeSystem.content'));
  }
  // Whether case matters is told by the system itself.
  if (supplements !== undefined && system.caseSensitive !== undefined)
    issues.push(ruleIssue('supplement-element', 'CodeSystem.caseSensitive', 'caseSensitive'));
  if (content === 'not-present' && concepts.length > 0) {
    issues.push(ruleIssue('code-system-not-present', 'CodeSystem.concept[0]'));
  }
  issues.push(
    ...countIssues(system, concepts.length),
    ...declarationIssues(system),
    ...conceptPropertyIssues(system, concepts),
  );
  if (!isWhole(system, context)) issues.push(ruleIssue('code-system-value-set', 'CodeSystem.valueSet'));
  const [base] = typeof supplements === 'string' ? supplements.split('|') : [];
  if (base === undefined) return issues;
  for (const { concept, place } of concepts) {
    if (typeof concept.code !== 'string' || codeExists(base, concept.code) !== false) continue;
    issues.push(ruleIssue('code-unknown', `${place}.code`, base));
  }
  return issues;
};

/** The value set of a code system holds all of its codes and no others. */
function isWhole({ url, valueSet }: Resource, context: RuleContext): boolean {
  const set = typeof valueSet === 'string' ? context.valueSet(valueSet) : undefined;
  if (set === undefined) return true;
  const includes = set.compose?.include ?? [];
  const [only] = includes;
  if (only === undefined || includes.length > 1 || set.compose?.exclude !== undefined) return false;
  return only.system === url && !only.concept && !only.filter && !only.valueSet;
}

function placed(concepts: unknown, parent: string): PlacedConcept[] {
  return (Array.isArray(concepts) ? concepts : []).flatMap((concept: unknown, index) => {
    if (!isObject(concept)) return [];
    const place = `${parent}.concept[${index}]`;
    return [{ concept, place }, ...placed(concept.concept, place)];
  });
}

/** The count is that of all concepts of the system: a grammar, or a part of a system, lists fewer. */
function countIssues({ content, count, compositional }: Resource, listed: number): Issue[] {
  const inFull = content === 'complete' && compositional !== true;
  const isPart = content === 'fragment' || content === 'example';
  if (typeof count !== 'number' || (content !== 'complete' && !isPart)) return [];
  if (inFull ? listed === count : listed <= count) return [];
  const issue = ruleIssue('code-system-count', 'CodeSystem.count');
  return [isPart ? { ...issue, severity: 'warning' } : issue];
}
