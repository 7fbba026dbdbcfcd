/**
 * A CodeSystem as a whole: what its content says, what it has, and how many.
 * https://hl7.org/fhir/R4/codesystem.html#content
 */
import type { Issue } from '../../core/issue.ts';
import { isObject, type Resource } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule } from '../type-rules.ts';

type Element = Record<string, unknown>;

/** A concept at any depth, and where it stands. */
interface PlacedConcept {
  readonly concept: Element;
  readonly place: string;
}

export const codeSystemRule: TypeRule = (system, context) => {
  const { codeExists } = context;
  const { content, supplements } = system;
  const concepts = placed(system.concept, 'CodeSystem');
  const issues: Issue[] = [];
  if ((supplements !== undefined) !== (content === 'supplement')) {
    issues.push(ruleIssue('code-system-content', 'CodeSystem.content'));
  }
  if (content === 'not-present' && concepts.length > 0) {
    issues.push(ruleIssue('code-system-not-present', 'CodeSystem.concept[0]'));
  }
  issues.push(
    ...countIssues(system, concepts.length),
    ...declarationIssues(system.property),
    ...propertyIssues(system, concepts),
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
  const isPart = inFull || content === 'complete' || content === 'fragment' || content === 'example';
  if (typeof count !== 'number' || !isPart || (inFull ? listed === count : listed <= count)) return [];
  return [ruleIssue('code-system-count', 'CodeSystem.count')];
}

/** Properties that every code system has. https://hl7.org/fhir/R4/codesystem.html#defined-props */
const everywhere: ReadonlyMap<unknown, string> = new Map([
  ['inactive', 'boolean'],
  ['status', 'code'],
  ['deprecated', 'dateTime'],
  ['deprecationDate', 'dateTime'],
  ['notSelectable', 'boolean'],
  ['parent', 'code'],
  ['child', 'code'],
]);
const defined = 'http://hl7.org/fhir/concept-properties#';

/** A property that HL7 defines is declared with the type that HL7 gives it. */
function declarationIssues(properties: unknown): Issue[] {
  return (Array.isArray(properties) ? properties : []).flatMap((one, at) => {
    if (!isObject(one) || typeof one.uri !== 'string' || !one.uri.startsWith(defined)) return [];
    const type = everywhere.get(one.uri.slice(defined.length));
    return type === undefined || one.type === type
      ? []
      : [ruleIssue('code-system-property', `CodeSystem.property[${at}]`, 'defined with another type')];
  });
}

/** Properties of concepts have the types that the code system declares; codes are those of concepts. */
function propertyIssues(system: Resource, concepts: readonly PlacedConcept[]): Issue[] {
  const declared = new Map<unknown, unknown>();
  for (const one of Array.isArray(system.property) ? system.property : []) {
    if (isObject(one)) declared.set(one.code, one.type);
  }
  const codes = new Set(concepts.map(({ concept }) => concept.code));
  const isComplete = system.content === 'complete';
  return concepts.flatMap(({ concept, place }) => {
    const own: unknown[] = Array.isArray(concept.property) ? concept.property : [];
    return own.flatMap((property, at) => {
      if (!isObject(property) || typeof property.code !== 'string') return [];
      const where = `${place}.property[${at}]`;
      const type = declared.get(property.code);
      if (type === undefined && !everywhere.has(property.code))
        return [ruleIssue('code-system-property', where, 'not declared')];
      const key = `value${String(type).charAt(0).toUpperCase()}${String(type).slice(1)}`;
      if (type !== undefined && !(key in property))
        return [ruleIssue('code-system-property', where, 'declared with another type')];
      const { valueCode } = property;
      if (!isComplete || typeof valueCode !== 'string' || codes.has(valueCode)) return [];
      return isHierarchy(property.code) ? [ruleIssue('code-system-parent', `${where}.value`)] : [];
    });
  });
}

const isHierarchy = (code: string) => code === 'parent' || code === 'child';
