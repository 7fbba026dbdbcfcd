/**
 * Elements that name others of the same resource by their ids: goals and actions of a plan.
 * https://hl7.org/fhir/R4/plandefinition-definitions.html#PlanDefinition.action.goalId
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf, type Resource } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule, TypeRules } from '../type-rules.ts';
import { type Member, membersOf } from './members.ts';

interface Naming {
  /** The element that names another. */
  readonly name: string;
  /** The ids that there are to name. */
  readonly ids: (resource: Resource) => readonly unknown[];
}

const actionHolders = new Set(['action', 'relatedAction']);

const actionIds = (resource: Resource) =>
  membersOf(resource, new Set(['id']), new Set(['action'])).map(({ value }: Member) => value);
const goalIds = ({ goal }: Resource) => objectsOf(goal).map(({ id }) => id);

const actions: Naming = { name: 'actionId', ids: actionIds };

/** Whether any action has a member of a name, itself or in what it says of a related one: few do. */
function areNamed(holder: Record<string, unknown>, name: string): boolean {
  for (const action of objectsOf(holder.action)) {
    if (name in action || areNamed(action, name)) return true;
    for (const related of objectsOf(action.relatedAction)) if (name in related) return true;
  }
  return false;
}

function namingRule(namings: readonly Naming[]): TypeRule {
  return (resource) =>
    namings.flatMap(({ name, ids }): Issue[] => {
      if (!areNamed(resource, name)) return [];
      const named = membersOf(resource, new Set([name]), actionHolders);
      const known = new Set(ids(resource));
      return named.flatMap(({ value, place }) => {
        const repeats = Array.isArray(value);
        return (repeats ? value : [value]).flatMap((id: unknown, index: number) =>
          typeof id !== 'string' || known.has(id)
            ? []
            : [ruleIssue('local-id-unknown', `${place}.${repeats ? `${name}[${index}]` : name}`)],
        );
      });
    });
}

export const localIdRules: TypeRules = {
  PlanDefinition: [namingRule([actions, { name: 'goalId', ids: goalIds }])],
  RequestGroup: [namingRule([actions])],
};
