/**
 * How a slice is told, and whether an occurrence may be told to belong to two.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.slicing.discriminator
 */
import { isObject } from '../fhir/resource.ts';
import { fixedValue, patternValue } from './checks/fixed.ts';
import type { Step } from './discriminator-path.ts';
import type { ElementNode } from './element-tree.ts';
import type { Matcher } from './slicing.ts';

/** By its value alone, or by asking further. */
export interface SliceTest {
  readonly matches: Matcher;
  readonly ofValue: ((value: unknown) => boolean) | undefined;
  /** Whether all that tells the slice is at hand, so that what passes does belong to it. */
  readonly certain: boolean;
  /** What it has at elements of which there is one: by them it may be told from other slices beforehand. */
  readonly marks: readonly Mark[];
}

/** A fixed value or pattern at a discriminator's path. */
interface Mark {
  readonly path: string;
  readonly value: unknown;
}

/** Whether nothing can match both of two patterns. */
function contradict(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) || Array.isArray(other)) return false;
  if (!isObject(one) || !isObject(other)) return one !== other;
  return Object.keys(one).some((key) => key in other && contradict(one[key], other[key]));
}

/** Whether an occurrence may be seen to belong to both of two slices, which discriminators are to keep apart. */
export function mayOverlap(one: SliceTest, other: SliceTest): boolean {
  if (!one.certain || !other.certain) return false;
  return !one.marks.some((mark) =>
    other.marks.some(({ path, value }) => path === mark.path && contradict(mark.value, value)),
  );
}

/** What tells a slice at an element of which there is one. */
export function marksOf(nodes: readonly ElementNode[], steps: readonly Step[], path: string): Mark[] {
  const [node, ...others] = nodes;
  if (!node || others.length > 0 || steps.length > 1) return [];
  const { definition, name } = node;
  const isSingle = steps.length === 0 || name === 'url' || definition.base?.max === '1';
  const value = fixedValue(definition) ?? patternValue(definition);
  return isSingle && value !== undefined ? [{ path, value }] : [];
}
