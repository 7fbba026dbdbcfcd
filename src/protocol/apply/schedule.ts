/**
 * When each step of a plan is due: its `timing`, or its `relatedAction` counted from the step it names. Of several the
 * latest counts; a step without any is due when the plan begins. Every step is taken to happen at the earliest time it
 * may; its window says how long it can wait.
 * https://hl7.org/fhir/R4/plandefinition-definitions.html#PlanDefinition.action.relatedAction
 */
import type { PlanDefinitionActionRelatedAction } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { type Calendar, offsetOf } from './calendar.ts';
import { planFinding } from './finding.ts';
import { everyStep, type PlanStep } from './plan-step.ts';

/** Milliseconds since the epoch. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

export interface Window {
  /** The earliest the step may begin. */
  readonly low: number;
  /** The latest; the same as the earliest when the plan leaves no room. */
  readonly high: number;
  /** Whether the plan leaves room, or gives a time. */
  readonly room: boolean;
  readonly length: number;
}

export interface ScheduleInput {
  /** Those that apply. */
  readonly steps: readonly PlanStep[];
  /** All of the plan, so that relations lead through what does not apply. */
  readonly all: readonly PlanStep[];
  /** When steps happened that were performed. */
  readonly performed: ReadonlyMap<string, Extent>;
  readonly calendar: Calendar;
  readonly issues: Issue[];
}

/** Windows of the steps that apply and were not performed, by id; of groups too. */
export function schedule({ steps, all, performed, calendar, issues }: ScheduleInput): Map<string, Window> {
  const applies = new Map([...everyStep(steps)].map((step) => [step.id, step]));
  const known = new Map([...everyStep(all)].map((step) => [step.id, step]));
  const parents = new Map<string, PlanStep>();
  for (const step of everyStep(all)) for (const child of step.steps) parents.set(child.id, step);
  const extents = new Map<string, Extent>();
  const windows = new Map<string, Window>();
  const inProgress = new Set<string>();

  const extentOf = (id: string, expression: string): Extent | undefined => {
    const past = performed.get(id);
    if (past) return past;
    const found = extents.get(id);
    if (found) return found;
    const step = applies.get(id) ?? known.get(id);
    if (!step || inProgress.has(id)) {
      issues.push(planFinding(step ? 'apply-relation-circle' : 'apply-relation-unknown', expression));
      return undefined;
    }
    inProgress.add(id);
    const extent = applies.has(id) ? stepExtent(applies.get(id)!) : passage(step);
    inProgress.delete(id);
    extents.set(id, extent);
    return extent;
  };

  const stepExtent = (step: PlanStep): Extent => {
    if (step.steps.length === 0) {
      const window = windowOf(step);
      windows.set(step.id, window);
      return { start: window.low, end: window.low + window.length };
    }
    const within = step.steps.flatMap((child) => extentOf(child.id, child.expression) ?? []);
    const own = step.definition === undefined ? [] : [windowOf(step)];
    const starts = [...within.map(({ start }) => start), ...own.map(({ low }) => low)];
    const ends = [...within.map(({ end }) => end), ...own.map(({ low, length }) => low + length)];
    const start = Math.min(...starts);
    const end = Math.max(...ends);
    windows.set(step.id, own[0] ?? { low: start, high: end, room: true, length: 0 });
    return { start, end };
  };

  /** What does not apply takes no time: it ends when it would have begun. */
  const passage = (step: PlanStep): Extent => {
    const times = relationsOf(step).flatMap(({ actionId, from }) => extentOf(actionId, from)?.end ?? []);
    const time = Math.max(calendar.start, ...times);
    return { start: time, end: time };
  };

  /** The step's own relations, else those of the group it stands in. */
  const relationsOf = (step: PlanStep): Relation[] => {
    const own = (step.action.relatedAction ?? []).map((related, n) => ({
      ...related,
      actionId: `${step.prefix}${related.actionId ?? ''}`,
      from: `${step.expression}.relatedAction[${n}]`,
    }));
    const parent = parents.get(step.id);
    return parent === undefined ? own : [...own, ...relationsOf(parent)];
  };

  const windowOf = (step: PlanStep): Window => {
    const { action, definition } = step;
    const timed = definition?.resourceType === 'ActivityDefinition' ? definition.timingDuration : undefined;
    const length = calendar.length(action.timingDuration ?? timed);
    const given = calendar.time(action.timingDateTime ?? action.timingPeriod?.start);
    if (given !== undefined) {
      const until = calendar.time(action.timingPeriod?.end) ?? given;
      return { low: given, high: Math.max(given, until), room: true, length };
    }
    const bounds = relationsOf(step).flatMap((relation) => {
      const other = extentOf(relation.actionId, relation.from);
      return other ? [boundOf(relation, other, length)] : [];
    });
    const after = bounds.filter(({ before }) => !before);
    const counted = after.length > 0 ? after : bounds;
    // What is still to come does not lie in the past.
    const low = Math.max(calendar.start, ...counted.map((bound) => bound.low));
    const high = Math.max(low, ...counted.map((bound) => bound.high));
    return { low, high, room: counted.some((bound) => bound.room), length };
  };

  for (const step of steps) extentOf(step.id, step.expression);
  return windows;
}

interface Relation extends PlanDefinitionActionRelatedAction {
  readonly actionId: string;
  readonly from: string;
}

interface Bound {
  readonly low: number;
  readonly high: number;
  readonly room: boolean;
  /** Whether the step comes before the other: that says nothing of when it may begin at the earliest. */
  readonly before: boolean;
}

function boundOf(relation: Relation, other: Extent, length: number): Bound {
  const { relationship = 'after-end' } = relation;
  const offset = offsetOf(relation.offsetDuration, relation.offsetRange);
  const { low, high } = offset ?? { low: 0, high: 0 };
  const room = offset !== undefined;
  if (relationship.startsWith('before')) {
    const point = (relationship === 'before-end' ? other.end : other.start) - length;
    return { low: point - high, high: point - low, room, before: true };
  }
  if (relationship === 'concurrent-with-end')
    return { low: other.end - length + low, high: other.end - length + high, room, before: false };
  const isFromStart = relationship === 'after-start' || relationship.startsWith('concurrent');
  const point = isFromStart ? other.start : other.end;
  return { low: point + low, high: point + high, room, before: false };
}
