/** What the parts of the profile compiler share: the surroundings of an element, and how to go deeper. */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { BaseElement, BaseElements } from './base-elements.ts';
import type { InvariantSurroundings } from './checks/invariant.ts';
import type { Compilation, ValueCheck } from './compilation.ts';
import type { ElementNode } from './element-tree.ts';

/** What a factory of checks knows besides the element and its base. */
export interface ProfileScope {
  readonly compilation: Compilation;
  readonly surroundings: InvariantSurroundings;
  readonly bases: BaseElements;
  /** Canonical of the profile, for the words of findings. */
  readonly profile: string;
  /** The checks of one instance of an element, whatever its type: its own and those of its children. */
  instanceCheck(node: ElementNode, base: BaseElement | undefined): ValueCheck | undefined;
}

/**
 * A check as statements over the value `v`, the run `x`, the type `t` and the companion `c`: they name the properties
 * that they ask for, so that the engine finds each where it was last.
 */
export interface CheckSource {
  /** @param constant the name by which the statements reach a value */
  source(constant: (value: unknown) => string): string;
}

/**
 * Turns one statement of an element's definition into a check of its instances, if it says more than the base.
 * @param type of the instances, where it is known beforehand
 */
export type CheckFactory = (
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
  scope: ProfileScope,
  type: string | undefined,
) => ValueCheck | CheckSource | undefined;
