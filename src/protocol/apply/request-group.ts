/**
 * The steps of a plan as a RequestGroup: groups as they were, each piece of work as a reference to its request, with
 * when it is due. https://hl7.org/fhir/R4/requestgroup.html
 */
import type { PlanDefinitionActionCondition, Reference } from '@medplum/fhirtypes';
import type { Resource } from '../../fhir/resource.ts';
import { everyStep, isWork, type PlanStep } from './plan-step.ts';

export interface GroupInput {
  readonly id: string;
  /** Those that are to come. */
  readonly steps: readonly PlanStep[];
  readonly canonical: string | undefined;
  readonly subject: Reference;
  readonly encounter: Reference | undefined;
  readonly author: Reference | undefined;
  readonly authored: string | undefined;
  readonly conditions: (step: PlanStep) => readonly PlanDefinitionActionCondition[];
  /** When a step is due: elements of the action. */
  readonly timing: (step: PlanStep) => Readonly<Record<string, unknown>>;
}

/** Elements that an action of a plan and one of a group have in common. */
const shared = ['title', 'description', 'textEquivalent', 'priority', 'code', 'documentation'] as const;
const behaviours = [
  'groupingBehavior',
  'selectionBehavior',
  'requiredBehavior',
  'precheckBehavior',
  'cardinalityBehavior',
] as const;

export function requestGroup(input: GroupInput): Resource {
  const { id, steps, canonical, subject, encounter, author, authored } = input;
  const present = new Set([...everyStep(steps)].map((step) => step.id));
  const optional = { encounter, authoredOn: authored, author };
  return {
    resourceType: 'RequestGroup',
    id,
    ...(canonical === undefined ? {} : { instantiatesCanonical: [canonical] }),
    status: 'draft',
    intent: 'plan',
    subject,
    ...defined(optional),
    ...(steps.length === 0 ? {} : { action: steps.map((step) => actionOf(step, present, input)) }),
  };
}

function actionOf(step: PlanStep, present: ReadonlySet<string>, input: GroupInput): Record<string, unknown> {
  const { action, steps } = step;
  const condition = input.conditions(step);
  const related = (action.relatedAction ?? [])
    .map((one) => ({ ...one, actionId: `${step.prefix}${one.actionId}` }))
    .filter(({ actionId }) => present.has(actionId));
  const own = isWork(step) ? { resource: { reference: `#${step.id}` } } : {};
  const within = steps.map((child) => actionOf(child, present, input));
  return {
    id: step.id,
    ...defined(Object.fromEntries(shared.map((name) => [name, action[name]]))),
    ...(condition.length === 0 ? {} : { condition }),
    ...(related.length === 0 ? {} : { relatedAction: related }),
    ...input.timing(step),
    ...(action.type === undefined ? {} : { type: action.type }),
    ...defined(Object.fromEntries(behaviours.map((name) => [name, action[name]]))),
    // An action is a request or a group, never both.
    ...(within.length === 0 ? own : { action: [...(isWork(step) ? [own] : []), ...within] }),
  };
}

function defined(elements: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(elements).filter(([, value]) => value !== undefined));
}
