/**
 * A PlanDefinition applied to one subject: a CarePlan with a RequestGroup and dated requests within it. The same input
 * gives the same plan, to the byte. https://hl7.org/fhir/R4/plandefinition-operation-apply.html
 */
import type { CarePlan, PlanDefinition, PlanDefinitionAction } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { operationOutcome } from '../../fhir/operation-outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { ExpressionCompiler } from '../../fhirpath/expression.ts';
import { extensionOf, extensions } from '../codes.ts';
import { numberOf, ruleParameters } from '../rule-parameters.ts';
import {
  activityRequest,
  canonicalOf,
  dateRequest,
  type Occurrence,
  type RequestParties,
} from './activity-request.ts';
import { applicableSteps, remainingConditions } from './applicable-steps.ts';
import type { Calendar } from './calendar.ts';
import type { CourseProgress } from './course-progress.ts';
import { applyDynamicValues } from './dynamic-values.ts';
import type { Evaluation } from './evaluate.ts';
import { performedSteps } from './performed-steps.ts';
import { planGoals } from './plan-goals.ts';
import { planNarrative } from './plan-narrative.ts';
import { everyStep, isWork, type PlanStep, planSteps, type Resolve } from './plan-step.ts';
import { requestGroup } from './request-group.ts';
import { schedule, type Window } from './schedule.ts';
import type { ElementModel } from './set-element.ts';
import { dropUnmetClaims } from './unmet-claims.ts';

export interface PlanInput {
  readonly subject: Resource;
  /** Who and what it is for; `basedOn` is the plan that already runs, if any. */
  readonly parties: RequestParties;
  readonly calendar: Calendar;
  /** The plan that already runs. */
  readonly running: CarePlan | undefined;
  readonly progress: CourseProgress;
  /** Further `%variables`, e.g. `%encounter`. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface PlanDeps {
  readonly resolve: Resolve;
  /** Bounded: the expressions come from clients. */
  readonly compile: ExpressionCompiler;
  readonly definitions: ElementModel;
  /** What is wrong with a resource, that it does not meet the profiles it claims included. */
  readonly findings: (resource: Resource) => readonly Issue[];
  /** Speaks where the plan is silent on its parameters. */
  readonly generalProtocol: PlanDefinition | undefined;
}

export interface AppliedPlan {
  /** With all that belongs to it contained. */
  readonly carePlan: ContainingPlan;
  /** Steps that lie behind, as what they ask for names them. */
  readonly past: ReadonlySet<string>;
  readonly issues: readonly Issue[];
}

export interface ContainingPlan extends Resource {
  contained: Resource[];
}

const protocolProfile = 'https://w3id.org/kat-fhir/StructureDefinition/kat-protocol';
const carePlanProfile = 'https://w3id.org/kat-fhir/StructureDefinition/kat-care-plan';
const messages = 'http://hl7.org/fhir/StructureDefinition/cqf-messages';

export async function applyPlan(
  plan: PlanDefinition,
  input: PlanInput,
  deps: PlanDeps,
): Promise<AppliedPlan> {
  const issues: Issue[] = [];
  const { calendar, parties, running } = input;
  const planned = plannedNumbers(plan, running, deps.generalProtocol);
  const evaluation: Evaluation = {
    compile: deps.compile,
    subject: input.subject,
    variables: { subject: input.subject, ...input.variables, ...planned },
    now: input.now,
    issues,
  };
  const all = await planSteps(plan, deps.resolve, issues);
  const steps = applicableSteps(all, evaluation);
  // Everything belongs to this plan, which holds it: `#`.
  const own = { ...parties, basedOn: [{ reference: '#' }, ...parties.basedOn] };
  const requests = new Map(
    [...everyStep(steps)].filter(isWork).map((step) => {
      const words = { ...wordsOf(step.action), uri: step.uri };
      const request = activityRequest(step.id, step.definition, own, words, step.expression, issues);
      applyDynamicValues(request, step, evaluation, deps.definitions);
      return [step.id, request] as const;
    }),
  );
  const past = performedSteps(steps, requests, { progress: input.progress, calendar, issues });
  const windows = schedule({ steps, all, performed: past, calendar, issues });
  const toCome = withoutPast(steps, new Set(past.keys()));
  const due = [...everyStep(toCome)].filter(isWork);
  for (const step of due) {
    const window = windows.get(step.id);
    const request = requests.get(step.id);
    const { timingTiming } = step.action;
    if (request && window) dateRequest(request, occurrenceOf(window, calendar), timingTiming);
  }
  const names = new Set(requests.keys());
  const nameFor = (name: string): string => {
    let free = name;
    for (let n = 2; names.has(free); n++) free = `${name}-${n}`;
    names.add(free);
    return free;
  };
  const canonical = plan.url === undefined ? undefined : canonicalOf(plan.url, plan.version);
  const group = requestGroup({
    id: nameFor('requests'),
    steps: toCome,
    canonical,
    subject: parties.subject,
    encounter: parties.encounter,
    author: parties.requester,
    authored: parties.authored,
    conditions: (step) => remainingConditions(step, evaluation),
    timing: (step) => timingOf(step, windows.get(step.id), calendar),
  });
  const goals = running ? [] : planGoals(plan, parties.subject, calendar, nameFor);
  const contained = [group, ...due.flatMap(({ id }) => requests.get(id) ?? []), ...goals];
  const spans = due.flatMap(({ id }) => windows.get(id) ?? []);
  const rows = due.map((step): [string, string] => {
    const window = windows.get(step.id);
    return [step.action.title ?? step.id, window ? whenText(occurrenceOf(window, calendar)) : ''];
  });
  const isCourse = plan.meta?.profile?.some((url) => url.split('|')[0] === protocolProfile) ?? false;
  const carePlan: ContainingPlan = {
    resourceType: 'CarePlan',
    ...(isCourse ? { meta: { profile: [carePlanProfile] } } : {}),
    text: planNarrative(plan.title ?? plan.name ?? 'Plan', rows),
    contained,
    ...(isCourse ? { extension: plannedSessions(planned.plannedSessions) } : {}),
    ...(canonical === undefined ? {} : { instantiatesCanonical: [canonical] }),
    ...(running ? { basedOn: parties.basedOn } : {}),
    status: 'draft',
    intent: 'plan',
    ...(isCourse ? { category: [courseCategory] } : {}),
    ...(plan.title === undefined ? {} : { title: plan.title }),
    subject: parties.subject,
    ...(parties.encounter ? { encounter: parties.encounter } : {}),
    ...(spans.length === 0 ? {} : { period: periodOf(spans, calendar) }),
    ...(parties.authored === undefined ? {} : { created: parties.authored }),
    ...(parties.requester ? { author: parties.requester } : {}),
    ...fromRunning(running),
    ...(goals.length === 0 ? {} : { goal: goals.map(({ id }) => ({ reference: `#${id}` })) }),
    activity: [{ reference: { reference: `#${group.id}` } }],
  };
  issues.push(...dropUnmetClaims(carePlan, deps.findings));
  const unique = distinct(issues);
  return {
    carePlan: withOutcome(carePlan, unique, nameFor('outcome')),
    past: new Set([...everyStep(steps)].flatMap(({ id, uri }) => (past.has(id) && uri ? [uri] : []))),
    issues: unique,
  };
}

/** The findings travel in the plan, where software for $apply looks for them. */
function withOutcome(carePlan: ContainingPlan, issues: readonly Issue[], id: string): ContainingPlan {
  if (issues.length === 0) return carePlan;
  const outcome = { ...operationOutcome(issues), id } as unknown as Resource;
  const message = { url: messages, valueReference: { reference: `#${id}` } };
  const extension = [...((carePlan.extension as object[] | undefined) ?? []), message];
  return { ...carePlan, extension, contained: [...carePlan.contained, outcome] };
}

const courseCategory = {
  coding: [
    {
      system: 'https://w3id.org/kat-fhir/CodeSystem/kat-plan-category',
      code: 'ketamine-assisted-therapy',
      display: 'Ketamine-assisted therapy',
    },
  ],
};

/** `%plannedSessions` and `%plannedPreparations`, as far as they are known. */
function plannedNumbers(
  plan: PlanDefinition,
  running: CarePlan | undefined,
  generalProtocol: PlanDefinition | undefined,
): { plannedSessions?: number; plannedPreparations?: number } {
  const parameters = ruleParameters([plan, generalProtocol]);
  const sessions =
    extensionOf(running, extensions.plannedMedicineSessions)?.valuePositiveInt ??
    numberOf(parameters.get('R04', 'sessions-planned'));
  const preparations = numberOf(parameters.get('R03', 'preparation-planned'));
  return {
    ...(sessions === undefined ? {} : { plannedSessions: sessions }),
    ...(preparations === undefined ? {} : { plannedPreparations: preparations }),
  };
}

/** The steps that are to come; groups of which nothing is to come go with what they held. */
function withoutPast(steps: readonly PlanStep[], past: ReadonlySet<string>): PlanStep[] {
  return steps.flatMap((step) => {
    const within = withoutPast(step.steps, past);
    if (step.steps.length === 0) return past.has(step.id) ? [] : [step];
    if (!past.has(step.id) && isWork(step)) return [{ ...step, steps: within }];
    return within.length === 0 ? [] : [{ ...step, definition: undefined, steps: within }];
  });
}

function wordsOf({ title, description, textEquivalent, priority }: PlanDefinitionAction) {
  return { title, description: description ?? textEquivalent, priority };
}

export function occurrenceOf({ low, high, length, room }: Window, calendar: Calendar): Occurrence {
  const end = room ? high : low + length;
  return { start: calendar.text(low), end: end > low ? calendar.text(end) : undefined };
}

function timingOf({ action, steps }: PlanStep, window: Window | undefined, calendar: Calendar) {
  if (action.timingTiming) return { timingTiming: action.timingTiming };
  if (!window || steps.length > 0) return {};
  const { start, end } = occurrenceOf(window, calendar);
  return end === undefined ? { timingDateTime: start } : { timingPeriod: { start, end } };
}

function whenText({ start, end }: Occurrence): string {
  return end === undefined ? start : `${start} to ${end}`;
}

function periodOf(spans: readonly Window[], calendar: Calendar): { start: string; end: string } {
  return {
    start: calendar.text(Math.min(...spans.map(({ low }) => low))),
    end: calendar.text(Math.max(...spans.map(({ low, high, length }) => Math.max(high, low + length)))),
  };
}

function plannedSessions(sessions: number | undefined): object[] {
  return sessions === undefined
    ? []
    : [{ url: extensions.plannedMedicineSessions, valuePositiveInt: sessions }];
}

/** What the running plan says of the course is said of what is to come of it. */
function fromRunning(running: CarePlan | undefined): object {
  if (!running) return {};
  const { careTeam, addresses, goal } = running;
  return {
    ...(careTeam ? { careTeam } : {}),
    ...(addresses ? { addresses } : {}),
    ...(goal ? { goal } : {}),
  };
}

function distinct(issues: readonly Issue[]): Issue[] {
  return [...new Map(issues.map((issue) => [JSON.stringify(issue), issue])).values()];
}
