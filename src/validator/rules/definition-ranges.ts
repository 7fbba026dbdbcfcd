/**
 * Cardinalities that a definition states of something else: its elements `min` and `max` are a range.
 * https://hl7.org/fhir/R4/operationdefinition-definitions.html#OperationDefinition.parameter.max
 */
import type { Issue } from '../../core/issue.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule, TypeRules } from '../type-rules.ts';
import { membersOf } from './members.ts';

/** By resource type: what leads to such ranges. Of elements of profiles eld-2 and eld-3 speak. */
const holders: Readonly<Record<string, readonly string[]>> = {
  GraphDefinition: ['link', 'target'],
  MessageDefinition: ['focus'],
  OperationDefinition: ['parameter', 'part'],
  StructureMap: ['group', 'rule', 'source'],
};

const names: ReadonlySet<string> = new Set(['max']);

function rangeRule(within: ReadonlySet<string>): TypeRule {
  return (resource) =>
    membersOf(resource, names, within).flatMap(({ value: max, holder: { min }, place }): Issue[] => {
      const least = typeof min === 'number' ? min : 0;
      const isRange = max === '*' || (/^[0-9]+$/.test(String(max)) && Number(max) >= least);
      return isRange && least >= 0 ? [] : [ruleIssue('definition-range', `${place}.max`)];
    });
}

export const rangeRules: TypeRules = Object.fromEntries(
  Object.entries(holders).map(([type, within]) => [type, [rangeRule(new Set(within))]]),
);
