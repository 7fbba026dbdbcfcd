/**
 * Elements whose text is FHIRPath: those that are by definition, and every Expression that says it is. What they begin
 * from, and the functions a program adds, are not known here: they have to parse.
 * https://hl7.org/fhir/R4/metadatatypes.html#Expression
 */
import type { Issue } from '../../core/issue.ts';
import type { TypeRule, TypeRules } from '../type-rules.ts';
import { malformedIssues } from './constraint-expressions.ts';
import { membersOf } from './members.ts';

/** By resource type: the names of its elements that are FHIRPath. */
const elements: Readonly<Record<string, readonly string[]>> = {
  ActivityDefinition: [],
  EventDefinition: [],
  EvidenceVariable: [],
  GraphDefinition: ['path'],
  Measure: [],
  PlanDefinition: [],
  Questionnaire: [],
  RequestGroup: [],
  ResearchElementDefinition: [],
  StructureMap: ['condition', 'check', 'logMessage'],
  TestScript: ['expression', 'compareToSourceExpression'],
};

/** A form is large, and has expressions in extensions only. */
const holders: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Questionnaire', new Set(['item', 'extension', 'valueExpression'])],
]);

/** A variable of a TestScript, which is filled in when it is run. */
const placeholder = '${';

function fhirPathRule(own: readonly string[], within: ReadonlySet<string> | undefined): TypeRule {
  const names = new Set([...own, 'expression']);
  return (resource, context) =>
    membersOf(resource, names, within).flatMap(({ name, value, holder, place }): Issue[] => {
      const isFhirPath = own.includes(name) || holder.language === 'text/fhirpath';
      if (!isFhirPath || typeof value !== 'string' || value.includes(placeholder)) return [];
      return malformedIssues(value, `${place}.${name}`, context);
    });
}

export const fhirPathRules: TypeRules = Object.fromEntries(
  Object.entries(elements).map(([type, own]) => [type, [fhirPathRule(own, holders.get(type))]]),
);
