/** The elements of a request that are worked out: first as its activity says, then as the plan does. */
import type { Resource } from '../../fhir/resource.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { planFinding } from './finding.ts';
import type { PlanStep } from './plan-step.ts';
import { type ElementModel, setElement } from './set-element.ts';

export function applyDynamicValues(
  request: Resource,
  { definition, action, expression }: Pick<PlanStep, 'definition' | 'action' | 'expression'>,
  evaluation: Evaluation,
  definitions: ElementModel,
): void {
  const ofActivity = definition?.resourceType === 'ActivityDefinition' ? definition.dynamicValue : undefined;
  const all = [
    ...(ofActivity ?? []).map((value) => ({ ...value, at: expression })),
    ...(action.dynamicValue ?? []).map((value, n) => ({ ...value, at: `${expression}.dynamicValue[${n}]` })),
  ];
  for (const { path, expression: text, at } of all) {
    const values = evaluate(text, at, evaluation);
    // Nothing to set is nothing wrong.
    if (!values || values.length === 0) continue;
    if (path === undefined || !setElement(request, path, values, definitions))
      evaluation.issues.push(planFinding('apply-path', `${at}.path`));
  }
}
