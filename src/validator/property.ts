/**
 * An element of a profile inside its holder: how often it occurs, its slices, and each of its instances.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.min
 */
import type { BaseElement } from './base-elements.ts';
import type { ValueCheck } from './compilation.ts';
import type { ElementNode } from './element-tree.ts';
import {
  checkInstance,
  companionKey,
  declaredType,
  type Instance,
  instanceReader,
  typeOf,
} from './instance.ts';
import type { ProfileScope } from './profile-scope.ts';
import { found, type Run, under } from './run.ts';
import { slicingCheck } from './slicing.ts';

export type HolderCheck = (holder: Record<string, unknown>, run: Run) => void;

interface Limits {
  readonly min: number;
  readonly max: number;
}

const limitOf = (max: string | undefined) =>
  max === undefined || max === '*' ? Number.POSITIVE_INFINITY : Number(max);

/** How many occurrences a profile allows beyond what the base says; undefined when it adds nothing. */
function occurrence({ definition }: ElementNode, base: BaseElement | undefined): Limits | undefined {
  const min = definition.min ?? 0;
  const max = limitOf(definition.max);
  return min > (base?.definition.min ?? 0) || max < limitOf(base?.definition.max) ? { min, max } : undefined;
}

function checkCount(count: number, { min, max }: Limits, name: string, run: Run): void {
  if (count < min) found(run, 'cardinality-min', '', name, min);
  if (count > max) found(run, 'cardinality-max', name, name, max);
}

/** What a profile demands of an element; undefined when that is no more than the base does. */
export function propertyCheck(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
): HolderCheck | undefined {
  const limits = occurrence(node, base);
  const check = scope.instanceCheck(node, base);
  const slicing = slicingCheck(node, base, scope);
  if (!limits && !check && !slicing) return undefined;
  if (!slicing && !node.choice) return plainCheck(node, base, limits, check);
  const read = instanceReader(node, base);
  return (holder, run) => {
    const instances = read(holder);
    if (limits) checkCount(instances.length, limits, node.name, run);
    if (check) for (let i = 0; i < instances.length; i++) checkInstance(instances[i] as Instance, check, run);
    if (slicing) slicing(instances, holder, run);
  };
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

/** Without slices and choices the values are checked where they lie, nothing is allocated. */
function plainCheck(
  node: ElementNode,
  base: BaseElement | undefined,
  limits: Limits | undefined,
  check: ValueCheck | undefined,
): HolderCheck {
  const { name } = node;
  const declared = declaredType(node, base);
  const beside = companionKey(name, declared);
  return (holder, run) => {
    const value = holder[name];
    const companion = beside === undefined ? undefined : holder[beside];
    const values = Array.isArray(value) ? value : undefined;
    const companions = Array.isArray(companion) ? companion : undefined;
    let count = 1;
    if (values) count = values.length;
    else if (companions) count = companions.length;
    else if (value === undefined && companion === undefined) count = 0;
    if (limits) checkCount(count, limits, name, run);
    if (!check || count === 0) return;
    const start = run.findings.length;
    if (!values && !companions) {
      check(value, run, typeOf(value, declared), companion);
      if (run.findings.length !== start) under(run, start, name);
      return;
    }
    for (let i = 0; i < count; i++) {
      const before = run.findings.length;
      const one: unknown = values?.[i] ?? undefined;
      check(one, run, typeOf(one, declared), companions?.[i]);
      if (run.findings.length !== before) under(run, before, `${name}[${i}]`);
    }
  };
}
