/**
 * The actions of a PlanDefinition as steps: each with an id that is its own within the whole, what defines it at hand,
 * and the actions of a plan within the plan in its place. https://hl7.org/fhir/R4/plandefinition.html
 */
import type {
  ActivityDefinition,
  PlanDefinition,
  PlanDefinitionAction,
  Questionnaire,
  Resource,
} from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { planFinding } from './finding.ts';

export interface PlanStep {
  /** The action's own id, or its place. */
  readonly id: string;
  readonly action: PlanDefinitionAction;
  /** Where it stands, `PlanDefinition.action[0].action[2]`. */
  readonly expression: string;
  /** URL of the plan it belongs to with its id as the fragment; undefined when the plan has no URL. */
  readonly uri: string | undefined;
  /** What it asks for; undefined for a group, and for what is told in words only. */
  readonly definition: ActivityDefinition | Questionnaire | undefined;
  readonly steps: readonly PlanStep[];
  /** What stands before an id that its `relatedAction` names. */
  readonly prefix: string;
}

/** The definition of a canonical URL, with or without a version; undefined when it is not known. */
export type Resolve = (canonical: string) => Promise<Resource | undefined>;

/** Plans may hold plans; one that holds itself ends here. */
const maxDepth = 8;
const maxSteps = 1000;

interface Expansion {
  readonly resolve: Resolve;
  readonly issues: Issue[];
  readonly taken: Set<string>;
}

/** The steps of a plan; what cannot be followed is said in the issues. */
export function planSteps(plan: PlanDefinition, resolve: Resolve, issues: Issue[]): Promise<PlanStep[]> {
  return stepsOf(plan, '', 'PlanDefinition', 0, { resolve, issues, taken: new Set() });
}

function stepsOf(
  plan: PlanDefinition,
  prefix: string,
  at: string,
  depth: number,
  expansion: Expansion,
): Promise<PlanStep[]> {
  const stepOf = async (
    action: PlanDefinitionAction,
    expression: string,
    level: number,
  ): Promise<PlanStep> => {
    const { taken, issues, resolve } = expansion;
    const place = expression.replace(/\D+/g, '-').replace(/^-|-$/g, '');
    const id = freeId(`${prefix}${action.id ?? `action-${place}`}`, taken);
    const base = { id, action, expression, prefix };
    const uri = plan.url === undefined ? undefined : `${plan.url}#${action.id ?? place}`;
    if (level >= maxDepth || taken.size > maxSteps) {
      issues.push(planFinding('apply-depth', expression));
      return { ...base, uri, definition: undefined, steps: [] };
    }
    if (action.transform !== undefined)
      issues.push(planFinding('apply-transform', `${expression}.transform`));
    const steps = await inOrder(action.action ?? [], (child, n) =>
      stepOf(child, `${expression}.action[${n}]`, level + 1),
    );
    const { definitionCanonical: canonical } = action;
    const definition =
      canonical === undefined ? undefined : await (containedIn(plan, canonical) ?? resolve(canonical));
    if (canonical !== undefined && definition === undefined)
      issues.push(planFinding('apply-definition-unknown', `${expression}.definitionCanonical`));
    switch (definition?.resourceType) {
      case 'PlanDefinition': {
        const inner = await stepsOf(definition, `${id}.`, expression, level + 1, expansion);
        return { ...base, uri, definition: undefined, steps: [...steps, ...inner] };
      }
      case 'ActivityDefinition':
      case 'Questionnaire':
        return { ...base, uri, definition, steps };
      default:
        return { ...base, uri, definition: undefined, steps };
    }
  };
  return inOrder(plan.action ?? [], (action, n) => stepOf(action, `${at}.action[${n}]`, depth));
}

/** What a plan brings along itself, named by `#id`. */
function containedIn({ contained }: PlanDefinition, canonical: string): Resource | undefined {
  return canonical.startsWith('#') ? contained?.find(({ id }) => id === canonical.slice(1)) : undefined;
}

/** All steps, each before those within it. */
export function* everyStep(steps: readonly PlanStep[]): Generator<PlanStep> {
  for (const step of steps) {
    yield step;
    yield* everyStep(step.steps);
  }
}

/** A step that is a piece of work of its own, and no mere group. */
export function isWork(step: PlanStep): boolean {
  return step.definition !== undefined || step.steps.length === 0;
}

async function inOrder<T, R>(items: readonly T[], map: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) results.push(await map(item, index));
  return results;
}

/** Ids of contained resources are ids of FHIR, and each is there once. */
function freeId(name: string, taken: Set<string>): string {
  const sound = name.replace(/[^A-Za-z0-9\-.]/g, '-').slice(0, 56) || 'action';
  let id = sound;
  for (let n = 2; taken.has(id); n++) id = `${sound}-${n}`;
  taken.add(id);
  return id;
}
