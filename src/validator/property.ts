/**
 * How often an element of a profile may occur, and the advice to fill it.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.min
 */
import type { BaseElement } from './base-elements.ts';
import type { ElementNode } from './element-tree.ts';
import { instanceReader } from './instance.ts';
import type { ProfileScope } from './profile-scope.ts';
import { found, type Run } from './run.ts';

export type HolderCheck = (holder: Record<string, unknown>, run: Run) => void;

export interface Limits {
  readonly min: number;
  readonly max: number;
}

const limitOf = (max: string | undefined) =>
  max === undefined || max === '*' ? Number.POSITIVE_INFINITY : Number(max);

/** How many occurrences a profile allows beyond what the base says; undefined when it adds nothing. */
export function occurrence({ definition }: ElementNode, base: BaseElement | undefined): Limits | undefined {
  const min = definition.min ?? 0;
  const max = limitOf(definition.max);
  return min > (base?.definition.min ?? 0) || max < limitOf(base?.definition.max) ? { min, max } : undefined;
}

export function checkCount(count: number, { min, max }: Limits, name: string, run: Run): void {
  if (count < min) found(run, 'cardinality-min', '', name, min);
  if (count > max) found(run, 'cardinality-max', '', name, max);
}

/** The advice to fill an element that the profile marks as must-support and the base does not. */
export function mustSupportAdvice(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
): HolderCheck | undefined {
  if (node.definition.mustSupport !== true || base?.definition.mustSupport === true) return undefined;
  const read = instanceReader(node, base);
  return (holder, run) => {
    if (read(holder).length === 0) found(run, 'must-support', '', node.name, scope.profile);
  };
}
