/**
 * Canonical URLs of definitions, where what they lead to is known, lead to a resource of a type that is meant.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import type { Resource } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule, TypeRules } from '../type-rules.ts';
import { membersOf } from './members.ts';
import { objectsIn } from './objects-in.ts';

interface Canonicals {
  /** The types of resources that each may lead to. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
  /** The names of the elements that lead to them. */
  readonly within?: readonly string[];
}

/** By resource type. */
const canonicals: Readonly<Record<string, Canonicals>> = {
  ActivityDefinition: { targets: { profile: ['StructureDefinition'], library: ['Library'] } },
  CapabilityStatement: {
    targets: { profile: ['StructureDefinition'], supportedProfile: ['StructureDefinition'] },
    within: ['rest', 'resource'],
  },
  ConceptMap: { targets: { sourceCanonical: ['ValueSet'], targetCanonical: ['ValueSet'] } },
  Measure: { targets: { library: ['Library'] } },
  MeasureReport: { targets: { measure: ['Measure'] } },
  OperationDefinition: {
    targets: { valueSet: ['ValueSet'], targetProfile: ['StructureDefinition'] },
    within: ['parameter', 'part', 'binding'],
  },
  PlanDefinition: {
    targets: {
      definitionCanonical: ['ActivityDefinition', 'PlanDefinition', 'Questionnaire'],
      library: ['Library'],
    },
    within: ['action'],
  },
  Questionnaire: {
    targets: { derivedFrom: ['Questionnaire'], answerValueSet: ['ValueSet'] },
    within: ['item'],
  },
  QuestionnaireResponse: { targets: { questionnaire: ['Questionnaire'] } },
  ValueSet: { targets: { valueSet: ['ValueSet'] }, within: ['compose', 'include', 'exclude'] },
};

/** How what has a URL is found, by its type. */
const known: Readonly<Record<string, (url: string, context: RuleContext) => object | undefined>> = {
  ValueSet: (url, { valueSet }) => valueSet(url),
  CodeSystem: (url, { codeSystem }) => codeSystem(url),
  SearchParameter: (url, { searchParameter }) => searchParameter(url),
  StructureDefinition: (url, { structure }) => structure(url),
};

/** The type of what a URL leads to, if it is none of those allowed: a code system and a value set may share a URL. */
function otherType(
  url: string,
  allowed: readonly string[],
  { contained }: Resource,
  context: RuleContext,
): string | undefined {
  if (url.startsWith('#')) {
    const type = objectsIn(contained).find(({ id }) => `#${id}` === url)?.resourceType;
    return typeof type === 'string' && !allowed.includes(type) ? type : undefined;
  }
  if (allowed.some((type) => known[type]?.(url, context))) return undefined;
  return Object.keys(known).find((type) => known[type]?.(url, context));
}

function targetRule({ targets, within = [] }: Canonicals): TypeRule {
  const names = new Set(Object.keys(targets));
  const holders = new Set(within);
  return (resource, context) =>
    membersOf(resource, names, holders).flatMap(({ name, value, place }) => {
      const allowed = targets[name] ?? [];
      const repeats = Array.isArray(value);
      return (repeats ? value : [value]).flatMap((url: unknown, index: number) => {
        const type = typeof url === 'string' ? otherType(url, allowed, resource, context) : undefined;
        const step = repeats ? `${name}[${index}]` : name;
        return type === undefined
          ? []
          : [ruleIssue('canonical-type', `${place}.${step}`, type, allowed.join(', '))];
      });
    });
}

export const canonicalTargetRules: TypeRules = Object.fromEntries(
  Object.entries(canonicals).map(([type, own]) => [type, [targetRule(own)]]),
);
