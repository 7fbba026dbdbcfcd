/**
 * Where a definition lets its extension stand: on what an expression selects, or on another extension. The path of an
 * element may be that of another version of FHIR.
 * https://hl7.org/fhir/R4/defining-extensions.html#context
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { objectsOf } from '../../fhir/resource.ts';
import { isAbsolute } from '../checks/url.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext } from '../type-rules.ts';
import { malformedIssues } from './constraint-expressions.ts';

/** By the type of the context. */
const judges: ReadonlyMap<unknown, (expression: string, place: string, context: RuleContext) => Issue[]> =
  new Map([
    [
      'extension',
      (expression: string, place: string) =>
        isAbsolute(expression) ? [] : [ruleIssue('extension-context-url', place)],
    ],
    ['fhirpath', malformedIssues],
  ]);

export function contextIssues(structure: StructureDefinition, surroundings: RuleContext): Issue[] {
  if (structure.type !== 'Extension' && structure.context !== undefined)
    return [ruleIssue('extension-context-type', 'StructureDefinition.context[0]')];
  const invariants: unknown[] = Array.isArray(structure.contextInvariant) ? structure.contextInvariant : [];
  return [
    ...objectsOf(structure.context).flatMap(({ type, expression }, index) =>
      typeof expression === 'string'
        ? (judges.get(type)?.(expression, `StructureDefinition.context[${index}].expression`, surroundings) ??
          [])
        : [],
    ),
    ...invariants.flatMap((expression, index) =>
      typeof expression === 'string'
        ? malformedIssues(expression, `StructureDefinition.contextInvariant[${index}]`, surroundings)
        : [],
    ),
  ];
}
