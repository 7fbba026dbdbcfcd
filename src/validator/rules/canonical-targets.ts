/**
 * Canonical URLs of definitions, where what they lead to is known, lead to a resource of a type that is meant; a
 * fragment leads to one that is contained.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import { ruleIssue } from '../finding.ts';
import type { RuleContext, TypeRule, TypeRules } from '../type-rules.ts';
import { membersOf } from './members.ts';

type Targets = Readonly<Record<string, readonly string[]>>;

/** By resource type: its canonical URLs, and the types they may lead to. */
const canonicals: Readonly<Record<string, Targets>> = {
  ActivityDefinition: { profile: ['StructureDefinition'], library: ['Library'] },
  CapabilityStatement: {
    profile: ['StructureDefinition'],
    supportedProfile: ['StructureDefinition'],
  },
  ConceptMap: { sourceCanonical: ['ValueSet'], targetCanonical: ['ValueSet'] },
  Measure: { library: ['Library'] },
  MeasureReport: { measure: ['Measure'] },
  OperationDefinition: { valueSet: ['ValueSet'], targetProfile: ['StructureDefinition'] },
  PlanDefinition: {
    definitionCanonical: ['ActivityDefinition', 'PlanDefinition', 'Questionnaire'],
    library: ['Library'],
  },
  Questionnaire: { answerValueSet: ['ValueSet'] },
  QuestionnaireResponse: { questionnaire: ['Questionnaire'] },
  ValueSet: { valueSet: ['ValueSet'] },
};

/** The types of what is known by a URL: a code system and a value set may share one. */
function typesAt(url: string, context: RuleContext): string[] {
  const known = [
    ['ValueSet', context.valueSet(url)],
    ['CodeSystem', context.codeSystem(url)],
    ['SearchParameter', context.searchParameter(url)],
    ['StructureDefinition', context.structure(url)],
  ] as const;
  return known.flatMap(([type, found]) => (found ? [type] : []));
}

function targetRule(targets: Targets): TypeRule {
  const names = new Set(Object.keys(targets));
  return (resource, context) =>
    membersOf(resource, names).flatMap(({ name, value, place }) => {
      const allowed = targets[name] ?? [];
      const repeats = Array.isArray(value);
      return (repeats ? value : [value]).flatMap((url: unknown, index: number) => {
        if (typeof url !== 'string') return [];
        const step = `${place}.${repeats ? `${name}[${index}]` : name}`;
        if (url.startsWith('#'))
          return allowed.some((type) => context.find(url, type))
            ? []
            : [ruleIssue('reference-unresolved', step)];
        const types = typesAt(url, context);
        const [type] = types;
        if (type === undefined || types.some((one) => allowed.includes(one))) return [];
        return [ruleIssue('canonical-type', step, type, allowed.join(', '))];
      });
    });
}

export const canonicalTargetRules: TypeRules = Object.fromEntries(
  Object.entries(canonicals).map(([type, targets]) => [type, [targetRule(targets)]]),
);
