/** The goals of a plan as goals of the subject, proposed. https://hl7.org/fhir/R4/plandefinition-definitions.html#PlanDefinition.goal */
import type { PlanDefinition, PlanDefinitionGoalTarget, Reference } from '@medplum/fhirtypes';
import type { Resource } from '../../fhir/resource.ts';
import { type Calendar, offsetOf } from './calendar.ts';

/** @param nameFor a free id of a contained resource */
export function planGoals(
  plan: PlanDefinition,
  subject: Reference,
  calendar: Calendar,
  nameFor: (name: string) => string,
): Resource[] {
  return (plan.goal ?? []).map((goal, n) => ({
    resourceType: 'Goal',
    id: nameFor(`goal-${n + 1}`),
    lifecycleStatus: 'proposed',
    ...(goal.category ? { category: [goal.category] } : {}),
    ...(goal.priority ? { priority: goal.priority } : {}),
    description: goal.description,
    subject,
    ...(goal.target ? { target: goal.target.map((target) => targetOf(target, calendar)) } : {}),
  }));
}

/** What is due after a time is due on a day. */
function targetOf({ due, ...rest }: PlanDefinitionGoalTarget, calendar: Calendar): Record<string, unknown> {
  const after = offsetOf(due, undefined);
  return {
    ...rest,
    ...(after ? { dueDate: calendar.text(calendar.start + after.low).slice(0, 10) } : {}),
  };
}
