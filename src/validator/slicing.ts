/**
 * Slicing: which occurrences of an element belong to which slice, how many each may have, in what order, and whether
 * others are allowed.
 * https://hl7.org/fhir/R4/profiling.html#slicing
 */
import type { ElementDefinitionSlicingDiscriminator } from '@medplum/fhirtypes';
import type { BaseElement } from './base-elements.ts';
import type { ValueCheck } from './compilation.ts';
import { sliceMatcher } from './discriminator.ts';
import type { ElementNode } from './element-tree.ts';
import { checkInstance, type Instance, stepOf } from './instance.ts';
import type { ProfileScope } from './profile-scope.ts';

import { found, foundOnce, type Run } from './run.ts';

/** Whether an occurrence belongs to a slice; undefined when that cannot be told. */
export type Matcher = (instance: Instance, run: Run) => boolean;

export type SlicingCheck = (
  instances: readonly Instance[],
  holder: Record<string, unknown>,
  run: Run,
) => void;

interface Slice {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly matches: Matcher;
  readonly check: ValueCheck | undefined;
  readonly again: SlicingCheck | undefined;
}

/** How slices are told apart; extensions by url and choices by type even where the profile does not say so. */
function discriminatorsOf(node: ElementNode): readonly ElementDefinitionSlicingDiscriminator[] {
  const given = node.definition.slicing?.discriminator;
  if (given && given.length > 0) return given;
  if (node.name === 'extension' || node.name === 'modifierExtension') return [{ type: 'value', path: 'url' }];
  return node.choice ? [{ type: 'type', path: '$this' }] : [];
}

export function slicingCheck(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
  inherited: readonly ElementDefinitionSlicingDiscriminator[] = [],
): SlicingCheck | undefined {
  if (node.slices.length === 0) return undefined;
  const own = discriminatorsOf(node);
  const discriminators = own.length > 0 ? own : inherited;
  const { name } = node;
  const path = node.definition.path ?? name;
  const { rules = 'open', ordered = false } = node.definition.slicing ?? {};
  const slices: Slice[] = [];
  const untold: string[] = [];
  for (const slice of node.slices) {
    const { sliceName = '', min = 0, max = '*' } = slice.definition;
    const matches = sliceMatcher(slice, base, discriminators, scope);
    if (!matches) {
      untold.push(sliceName);
      continue;
    }
    slices.push({
      name: sliceName,
      min,
      max: max === '*' ? Number.POSITIVE_INFINITY : Number(max),
      matches,
      check: scope.instanceCheck(slice, base),
      again: slicingCheck(slice, base, scope, discriminators),
    });
  }
  const ways = discriminators.map(({ type, path: where }) => `${type} of ${where}`).join(', ');

  return (instances, holder, run) => {
    if (untold.length > 0) foundOnce(run, 'slicing-not-checked', '', path, ways);
    const counts = slices.map(() => 0);
    const again = slices.some((slice) => slice.again) ? slices.map((): Instance[] => []) : undefined;
    let last = -1;
    let ended = false;
    for (let i = 0; i < instances.length; i++) {
      const instance = instances[i] as Instance;
      const index = sliceOf(instance, slices, run);
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
      again?.[index]?.push(instance);
      const { check } = slices[index] as Slice;
      if (check) checkInstance(instance, check, run);
    }
    for (let i = 0; i < slices.length; i++) {
      const slice = slices[i] as Slice;
      const count = counts[i] ?? 0;
      if (count < slice.min) found(run, 'slice-min', '', `${path}:${slice.name}`, slice.min);
      if (count > slice.max) found(run, 'slice-max', name, `${path}:${slice.name}`, slice.max);
      slice.again?.(again?.[i] ?? [], holder, run);
    }
  };
}

/** The first slice that an occurrence belongs to, or -1. */
function sliceOf(instance: Instance, slices: readonly Slice[], run: Run): number {
  for (let i = 0; i < slices.length; i++) if ((slices[i] as Slice).matches(instance, run)) return i;
  return -1;
}
