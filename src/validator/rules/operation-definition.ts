/**
 * The parameters of an OperationDefinition: those of one direction, and the parts of one parameter, are told apart by
 * their names; overloads speak of parameters that are there; only what holds codes is bound to them.
 * https://hl7.org/fhir/R4/operationdefinition.html
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf } from '../../fhir/resource.ts';
import { isBindable } from '../checks/binding.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule } from '../type-rules.ts';

export const operationDefinitionRule: TypeRule = ({ parameter, overload }) => {
  const names = new Set(objectsOf(parameter).map(({ name }) => name));
  return [
    ...parameterIssues(parameter, 'OperationDefinition.parameter'),
    ...objectsOf(overload).flatMap(({ parameterName }, at) =>
      (Array.isArray(parameterName) ? parameterName : []).flatMap((name: unknown, index: number) =>
        names.has(name)
          ? []
          : [ruleIssue('operation-overload', `OperationDefinition.overload[${at}].parameterName[${index}]`)],
      ),
    ),
  ];
};

function parameterIssues(parameters: unknown, place: string): Issue[] {
  const seen = new Set<string>();
  return objectsOf(parameters).flatMap(({ name, use, type, binding, part }, index) => {
    const path = `${place}[${index}]`;
    const key = `${String(use)} ${String(name)}`;
    const issues = parameterIssues(part, `${path}.part`);
    if (name !== undefined && seen.has(key)) issues.push(ruleIssue('operation-parameter', `${path}.name`));
    if (binding !== undefined && typeof type === 'string' && !isOpen(type) && !isBindable(type))
      issues.push(ruleIssue('profile-binding', `${path}.binding`, type));
    seen.add(key);
    return issues;
  });
}

/** Types that stand for any. */
const isOpen = (type: string) => type === 'Any' || type === 'Element' || type === 'Type';
