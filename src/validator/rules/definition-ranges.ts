/**
 * Cardinalities that a definition states of something else: its elements `min` and `max` are a range.
 * https://hl7.org/fhir/R4/operationdefinition-definitions.html#OperationDefinition.parameter.max
 */
import type { Issue } from '../../core/issue.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule, TypeRules } from '../type-rules.ts';
import { membersOf } from './members.ts';

/** The types in which every `max` is the end of such a range; of elements of profiles eld-2 and eld-3 speak. */
const types = ['GraphDefinition', 'MessageDefinition', 'OperationDefinition', 'StructureMap'];

const names: ReadonlySet<string> = new Set(['max']);

const rangeRule: TypeRule = (resource) =>
  membersOf(resource, names).flatMap(({ value: max, holder: { min }, place }): Issue[] => {
    const least = typeof min === 'number' ? min : 0;
    const isRange = max === '*' || (/^[0-9]+$/.test(String(max)) && Number(max) >= least);
    return isRange && least >= 0 ? [] : [ruleIssue('definition-range', `${place}.max`)];
  });

export const rangeRules: TypeRules = Object.fromEntries(types.map((type) => [type, [rangeRule]]));
