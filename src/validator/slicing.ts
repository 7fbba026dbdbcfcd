/**
 * Slicing: which occurrences of an element belong to which slice, how many each may have, in what order, and whether
 * others are allowed.
 * https://hl7.org/fhir/R4/profiling.html#slicing
 */
import type { ElementDefinitionSlicingDiscriminator } from '@medplum/fhirtypes';
import { once } from '../core/once.ts';
import type { BaseElement } from './base-elements.ts';
import type { ValueCheck } from './compilation.ts';
import { sliceTest } from './discriminator.ts';
import type { ElementNode } from './element-tree.ts';
import { checkInstance, type Instance, stepOf } from './instance.ts';
import type { Match } from './match.ts';
import type { ProfileScope } from './profile-scope.ts';
import { found, foundOnce, type Run } from './run.ts';
import { mayOverlap, type SliceTest } from './slice-test.ts';

/** Whether an occurrence belongs to a slice. */
export type Matcher = (instance: Instance, run: Run) => Match;

export type SlicingCheck = (
  instances: readonly Instance[],
  holder: Record<string, unknown>,
  run: Run,
) => void;

export interface Slice {
  readonly node: ElementNode;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly test: SliceTest;
  /** Slices after this one that an occurrence may fit besides: then it is not told where it belongs. */
  readonly rivals: readonly SliceTest[];
  readonly check: () => ValueCheck | undefined;
  /** The slices that this one has in turn. */
  readonly again: Slicing | undefined;
}

/** How an element is sliced. */
export interface Slicing {
  readonly name: string;
  readonly path: string;
  readonly rules: 'open' | 'closed' | 'openAtEnd';
  readonly ordered: boolean;
  readonly slices: readonly Slice[];
  /** Names of slices whose discriminators tell nothing. */
  readonly untold: readonly string[];
  /** The discriminators in words. */
  readonly ways: string;
  /** Whether the type alone decides. */
  readonly byType: boolean;
}

/** How slices are told apart; extensions by url and choices by type even where the profile does not say so. */
function discriminatorsOf(node: ElementNode): readonly ElementDefinitionSlicingDiscriminator[] {
  const given = node.definition.slicing?.discriminator;
  if (given && given.length > 0) return given;
  if (node.name === 'extension' || node.name === 'modifierExtension') return [{ type: 'value', path: 'url' }];
  return node.choice ? [{ type: 'type', path: '$this' }] : [];
}

/** The slice of what belongs to no other. https://hl7.org/fhir/R4/profiling.html#default-slice */
const defaultSlice = '@default';
const anything: SliceTest = { matches: () => true, ofValue: () => true, certain: false, marks: [] };

function defaultLast(slices: readonly ElementNode[]): readonly ElementNode[] {
  const isDefault = ({ definition }: ElementNode) => definition.sliceName === defaultSlice;
  return slices.some(isDefault)
    ? [...slices.filter((slice) => !isDefault(slice)), ...slices.filter(isDefault)]
    : slices;
}

/**
 * Reads the slices of an element; undefined when it has none.
 * @param inherited discriminators of the slicing around it
 */
export function readSlicing(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
  inherited: readonly ElementDefinitionSlicingDiscriminator[] = [],
): Slicing | undefined {
  if (node.slices.length === 0) return undefined;
  const own = discriminatorsOf(node);
  const discriminators = own.length > 0 ? own : inherited;
  const { name } = node;
  const path = node.definition.path ?? name;
  const { rules = 'open', ordered = false } = node.definition.slicing ?? {};
  const slices: Omit<Slice, 'rivals'>[] = [];
  const untold: string[] = [];
  for (const slice of defaultLast(node.slices)) {
    const { sliceName = '', min = 0, max = '*' } = slice.definition;
    const test = sliceName === defaultSlice ? anything : sliceTest(slice, discriminators, scope);
    if (!test) {
      untold.push(sliceName);
      continue;
    }
    slices.push({
      test,
      node: slice,
      name: sliceName,
      min,
      max: max === '*' ? Number.POSITIVE_INFINITY : Number(max),
      check: once(() => scope.instanceCheck(slice, base)),
      again: readSlicing(slice, base, scope, discriminators),
    });
  }
  const ways = discriminators.map(({ type, path: where }) => `${type} of ${where}`).join(', ');
  const byType =
    untold.length === 0 &&
    discriminators.every(({ type, path: where }) => type === 'type' && where === '$this') &&
    slices.every(({ again }) => again === undefined);
  return { name, path, rules, ordered, slices: withRivals(slices), untold, ways, byType };
}

function withRivals(slices: readonly Omit<Slice, 'rivals'>[]): Slice[] {
  return slices.map((slice, index) => {
    const later = slices.slice(index + 1).map(({ test }) => test);
    return { ...slice, rivals: later.filter((test) => mayOverlap(slice.test, test)) };
  });
}

/** The check of a sliced element's occurrences. */
export function slicesCheck(slicing: Slicing): SlicingCheck {
  const { name, path, rules, ordered, slices, untold, ways } = slicing;
  const checks = slices.map((slice) => slice.check());
  const inner = slices.map((slice) => slice.again && slicesCheck(slice.again));
  return (instances, holder, run) => {
    if (untold.length > 0) foundOnce(run, 'slicing-not-checked', '', path, ways);
    const counts = slices.map(() => 0);
    let possible: number[] | undefined;
    const members = inner.some((one) => one) ? slices.map((): Instance[] => []) : undefined;
    let last = -1;
    let ended = false;
    for (let i = 0; i < instances.length; i++) {
      const instance = instances[i] as Instance;
      const index = sliceOf(instance, slices, run);
      if (index === undecided) {
        foundOnce(run, 'slicing-not-checked', '', path, ways);
        possible ??= slices.map(() => 0);
        addPossible(possible, instance, slices, run);
        continue;
      }
      if (index < 0) {
        if (rules === 'closed' && untold.length === 0)
          found(run, 'slice-closed', stepOf(instance), name, path);
        ended = true;
        continue;
      }
      if (rules === 'openAtEnd' && ended) found(run, 'slice-end', stepOf(instance), name, path);
      if (ordered && index < last) found(run, 'slice-order', stepOf(instance), name, path);
      last = index;
      counts[index] = (counts[index] ?? 0) + 1;
      members?.[index]?.push(instance);
      const check = checks[index];
      if (check) checkInstance(instance, check, run);
      const { rivals } = slices[index] as Slice;
      for (let j = 0; j < rivals.length; j++) {
        if (rivals[j]?.matches(instance, run) === true)
          found(run, 'slice-multiple', stepOf(instance), name, path);
      }
    }
    for (let i = 0; i < slices.length; i++) {
      const slice = slices[i] as Slice;
      const count = counts[i] ?? 0;
      if (count + (possible?.[i] ?? 0) < slice.min)
        found(run, 'slice-min', '', `${path}:${slice.name}`, slice.min);
      if (count > slice.max) found(run, 'slice-max', '', `${path}:${slice.name}`, slice.max);
      inner[i]?.(members?.[i] ?? [], holder, run);
    }
  };
}

const noSlice = -1;
const undecided = -2;

/** The first slice that an occurrence belongs to. */
function sliceOf(instance: Instance, slices: readonly Slice[], run: Run): number {
  let none = noSlice;
  for (let i = 0; i < slices.length; i++) {
    const match = (slices[i] as Slice).test.matches(instance, run);
    if (match === true) return i;
    if (match === 'maybe') none = undecided;
  }
  return none;
}

/** Counts an occurrence with every slice that it may belong to. */
function addPossible(possible: number[], instance: Instance, slices: readonly Slice[], run: Run): void {
  slices.forEach(({ test }, i) => {
    if (test.matches(instance, run) === 'maybe') possible[i] = (possible[i] ?? 0) + 1;
  });
}
