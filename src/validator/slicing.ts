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
import { instanceCheck, type ProfileScope } from './profile.ts';
import { checkInstance, type Instance } from './property.ts';
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
      check: instanceCheck(slice, base, scope),
      again: slicingCheck(slice, base, scope, discriminators),
    });
  }
  const ways = discriminators.map(({ type, path: where }) => `${type} of ${where}`).join(', ');

  return (instances, holder, run) => {
    if (untold.length > 0) foundOnce(run, 'slicing-not-checked', '', path, ways);
    const members: Instance[][] = slices.map(() => []);
    let last = -1;
    let ended = false;
    for (const instance of instances) {
      const index = slices.findIndex((slice) => slice.matches(instance, run));
      if (index < 0) {
        if (rules === 'closed' && untold.length === 0) found(run, 'slice-closed', instance.step, name, path);
        ended = true;
        continue;
      }
      if (rules === 'openAtEnd' && ended) found(run, 'slice-end', instance.step, name, path);
      if (ordered && index < last) found(run, 'slice-order', instance.step, name, path);
      last = index;
      members[index]?.push(instance);
    }
    for (let i = 0; i < slices.length; i++)
      checkSlice(slices[i] as Slice, members[i] as Instance[], path, name, holder, run);
  };
}

function checkSlice(
  slice: Slice,
  members: readonly Instance[],
  path: string,
  name: string,
  holder: Record<string, unknown>,
  run: Run,
): void {
  if (members.length < slice.min) found(run, 'slice-min', '', `${path}:${slice.name}`, slice.min);
  if (members.length > slice.max) found(run, 'slice-max', name, `${path}:${slice.name}`, slice.max);
  if (slice.check) for (const member of members) checkInstance(member, slice.check, run);
  slice.again?.(members, holder, run);
}
