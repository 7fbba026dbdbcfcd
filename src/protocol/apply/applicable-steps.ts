/**
 * Which steps of a plan apply to the subject: those whose conditions hold, in groups whose conditions hold. A condition
 * that cannot be evaluated keeps its step, and stays on it for the clinician to judge.
 */
import type { PlanDefinitionActionCondition } from '@medplum/fhirtypes';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { PlanStep } from './plan-step.ts';

/** The steps that apply, with the steps within them that apply; groups that lost all their steps go too. */
export function applicableSteps(steps: readonly PlanStep[], evaluation: Evaluation): PlanStep[] {
  return steps.flatMap((step) => {
    if (!holds(step, evaluation)) return [];
    const within = applicableSteps(step.steps, evaluation);
    const isWhole = within.length === step.steps.length;
    if (step.action.selectionBehavior === 'all-or-none' && !isWhole) return [];
    if (step.steps.length > 0 && within.length === 0 && step.definition === undefined) return [];
    return [{ ...step, steps: within }];
  });
}

/** Conditions that the plan keeps: those to start or to stop by, and those nobody could evaluate here. */
export function remainingConditions(
  { action, expression }: PlanStep,
  evaluation: Evaluation,
): PlanDefinitionActionCondition[] {
  const silent = { ...evaluation, issues: [] };
  return (action.condition ?? []).filter(
    ({ kind, expression: text }, n) =>
      kind !== 'applicability' || evaluate(text, `${expression}.condition[${n}]`, silent) === undefined,
  );
}

function holds({ action, expression }: PlanStep, evaluation: Evaluation): boolean {
  return (action.condition ?? []).every((condition, n) => {
    if (condition.kind !== 'applicability') return true;
    const values = evaluate(condition.expression, `${expression}.condition[${n}]`, evaluation);
    return values === undefined || (values.length === 1 && values[0]?.value === true);
  });
}
