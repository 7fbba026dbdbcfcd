/**
 * Properties of concepts: how a CodeSystem declares them, and whether the values of its concepts are as declared.
 * https://hl7.org/fhir/R4/codesystem.html#properties
 */
import type { Issue } from '../../core/issue.ts';
import { choiceKey } from '../../fhir/choice-key.ts';
import { objectsOf, type Resource } from '../../fhir/resource.ts';
import { isAbsolute } from '../checks/url.ts';
import { ruleIssue } from '../finding.ts';

/** A concept at any depth, and where it stands. */
export interface PlacedConcept {
  readonly concept: Record<string, unknown>;
  readonly place: string;
}

/** Properties that HL7 defines, in R4 or since, with their types. https://hl7.org/fhir/R4/codesystem.html#defined-props */
const defined: ReadonlyMap<unknown, string> = new Map([
  ['status', 'code'],
  ['inactive', 'boolean'],
  ['deprecated', 'dateTime'],
  ['effectiveDate', 'dateTime'],
  ['deprecationDate', 'dateTime'],
  ['retirementDate', 'dateTime'],
  ['notSelectable', 'boolean'],
  ['parent', 'code'],
  ['child', 'code'],
  ['partOf', 'code'],
  ['synonym', 'code'],
  ['alternateCode', 'code'],
  ['comment', 'string'],
  ['definition', 'string'],
  ['itemWeight', 'decimal'],
  ['order', 'decimal'],
]);
const namespace = 'http://hl7.org/fhir/concept-properties#';

/** Those whose values are codes of the system itself. */
const internal: ReadonlySet<unknown> = new Set(['parent', 'child', 'partOf', 'synonym']);

/** What HL7 defines of this name, when a URI names a property of HL7's. */
const nameIn = (uri: unknown): string | undefined =>
  typeof uri === 'string' && uri.startsWith(namespace) ? uri.slice(namespace.length) : undefined;

/** Each property that concepts may have is declared once, and one that HL7 defines as HL7 does. */
export function declarationIssues({ property, content }: Resource): Issue[] {
  const seen = new Set<unknown>();
  return objectsOf(property).flatMap((one, at) => {
    const fault = seen.has(one.code) ? 'declared twice' : declarationFault(one);
    if (content !== 'not-present') seen.add(one.code);
    return fault === undefined
      ? []
      : [ruleIssue('code-system-property', `CodeSystem.property[${at}]`, fault)];
  });
}

function declarationFault({ code, uri, type }: Record<string, unknown>): string | undefined {
  if (typeof uri !== 'string') return undefined;
  if (!isAbsolute(uri)) return 'named by a URI that is not absolute';
  const name = nameIn(uri);
  const wanted = defined.get(name);
  if (wanted === undefined) return undefined;
  if (type !== wanted) return 'defined with another type';
  return code !== name && defined.has(code) ? 'another one than that of its code' : undefined;
}

/** Properties of concepts have the types that the code system declares; codes are those of concepts. */
export function conceptPropertyIssues(system: Resource, concepts: readonly PlacedConcept[]): Issue[] {
  const declared = new Map(objectsOf(system.property).map((one) => [one.code, one]));
  const codes = new Set(concepts.map(({ concept }) => concept.code));
  const isComplete = system.content === 'complete';

  function fault(property: Record<string, unknown>, where: string): Issue | undefined {
    const { code, valueCode } = property;
    const declaration = declared.get(code);
    if (!declaration)
      return defined.has(code)
        ? undefined
        : asWarning(ruleIssue('code-system-property', where, 'not declared'));
    if (!(choiceKey('value', String(declaration.type)) in property))
      return ruleIssue('code-system-property', where, 'declared with another type');
    if (!isComplete || typeof valueCode !== 'string' || codes.has(valueCode)) return undefined;
    const issue = ruleIssue('code-system-parent', `${where}.value`);
    if (internal.has(nameIn(declaration.uri))) return issue;
    return code === 'parent' || code === 'child' ? asWarning(issue) : undefined;
  }

  return concepts.flatMap(({ concept, place }) =>
    objectsOf(concept.property).flatMap((property, at) =>
      typeof property.code === 'string' ? (fault(property, `${place}.property[${at}]`) ?? []) : [],
    ),
  );
}

const asWarning = (issue: Issue): Issue => ({ ...issue, severity: 'warning' });
