/**
 * An element of a profile inside its holder: how often it occurs, its slices, and each of its instances.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.min
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { BaseElement } from './base-elements.ts';
import type { ValueCheck } from './compilation.ts';
import { choiceKey, type ElementNode, typeCodes } from './element-tree.ts';
import { primitiveFormats } from './primitives.ts';
import { instanceCheck, type ProfileScope } from './profile.ts';
import { found, type Run, under } from './run.ts';
import { slicingCheck } from './slicing.ts';

export type HolderCheck = (holder: Record<string, unknown>, run: Run) => void;

/** One occurrence of an element: its value, the type it has, and where it stands. */
export interface Instance {
  readonly value: unknown;
  readonly type: string;
  readonly companion: unknown;
  /** `component[2]`, `value`. */
  readonly step: string;
}

/** Finds the occurrences of an element in its holder. */
export type InstanceReader = (holder: Record<string, unknown>) => Instance[];

/** The actual type of a value: a resource says it itself. */
function typeOf(value: unknown, declared: string): string {
  if (typeof value === 'object' && value !== null && 'resourceType' in value)
    return String(value.resourceType);
  return declared;
}

/** A backbone element's type is named by its path, a reference to content by what it refers to. */
function pathOf({ contentReference, path = '' }: ElementDefinition): string {
  return contentReference === undefined ? path : contentReference.slice(contentReference.indexOf('#') + 1);
}

/** The type of a plain element's values. */
function declaredType(node: ElementNode, base: BaseElement | undefined): string {
  const code = typeCodes(base?.definition ?? node.definition)[0];
  const backbone = code === undefined || code === 'BackboneElement' || code === 'Element';
  return backbone ? pathOf(base?.definition ?? node.definition) : code;
}

export function instanceReader(node: ElementNode, base: BaseElement | undefined): InstanceReader {
  const { name } = node;
  const codes = typeCodes(base?.definition ?? node.definition);
  if (node.choice) {
    const keys = codes.map((type) => ({ key: choiceKey(name, type), type }));
    return (holder) => {
      for (const { key, type } of keys) {
        const value = holder[key];
        const companion = primitiveFormats[type] ? holder[`_${key}`] : undefined;
        if (value !== undefined || companion !== undefined) return [{ value, type, companion, step: name }];
      }
      return [];
    };
  }
  const declared = declaredType(node, base);
  const beside = primitiveFormats[declared] ? `_${name}` : undefined;
  return (holder) => {
    const value = holder[name];
    const companion = beside === undefined ? undefined : holder[beside];
    if (Array.isArray(value) || Array.isArray(companion)) {
      const values: unknown[] = Array.isArray(value) ? value : [];
      const companions: unknown[] = Array.isArray(companion) ? companion : [];
      const instances: Instance[] = [];
      for (let i = 0; i < Math.max(values.length, companions.length); i++) {
        const one = values[i] ?? undefined;
        instances.push({
          value: one,
          type: typeOf(one, declared),
          companion: companions[i],
          step: `${name}[${i}]`,
        });
      }
      return instances;
    }
    if (value === undefined && companion === undefined) return [];
    return [{ value, type: typeOf(value, declared), companion, step: name }];
  };
}

/** How many occurrences a profile allows beyond what the base says; undefined when it adds nothing. */
export function occurrence(
  node: ElementNode,
  base: BaseElement | undefined,
): { min: number; max: number } | undefined {
  const { min = 0, max = '*' } = node.definition;
  const limit = max === '*' ? Number.POSITIVE_INFINITY : Number(max);
  const baseMin = base?.definition.min ?? 0;
  const baseMax = base?.definition.max ?? '*';
  const wasLimit = baseMax === '*' ? Number.POSITIVE_INFINITY : Number(baseMax);
  return min > baseMin || limit < wasLimit ? { min, max: limit } : undefined;
}

/** Runs a check on one occurrence and puts its place before what it found. */
export function checkInstance(instance: Instance, check: ValueCheck, run: Run): void {
  const start = run.findings.length;
  check(instance.value, run, instance.type, instance.companion);
  if (run.findings.length !== start) under(run, start, instance.step);
}

export function propertyCheck(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
): HolderCheck | undefined {
  const { name, definition } = node;
  const limits = occurrence(node, base);
  const check = instanceCheck(node, base, scope);
  const slicing = slicingCheck(node, base, scope);
  const wanted = definition.mustSupport === true && base?.definition.mustSupport !== true;
  if (!limits && !check && !slicing && !wanted) return undefined;
  const read = instanceReader(node, base);
  if (!limits && !check && !slicing) {
    return (holder, run) => {
      if (run.options.mustSupport === true && read(holder).length === 0)
        found(run, 'must-support', '', name, scope.profile);
    };
  }
  if (!slicing && !node.choice) return plainCheck(node, base, scope, limits, check, wanted);
  return (holder, run) => {
    const instances = read(holder);
    const count = instances.length;
    if (limits && count < limits.min) found(run, 'cardinality-min', '', name, limits.min);
    if (limits && count > limits.max) found(run, 'cardinality-max', name, name, limits.max);
    if (count === 0 && wanted && run.options.mustSupport === true)
      found(run, 'must-support', '', name, scope.profile);
    if (check) for (let i = 0; i < count; i++) checkInstance(instances[i] as Instance, check, run);
    if (slicing) slicing(instances, holder, run);
  };
}

/** As below, without slices and choices: the values are checked where they lie, nothing is allocated. */
function plainCheck(
  node: ElementNode,
  base: BaseElement | undefined,
  scope: ProfileScope,
  limits: { min: number; max: number } | undefined,
  check: ValueCheck | undefined,
  wanted: boolean,
): HolderCheck {
  const { name } = node;
  const declared = declaredType(node, base);
  const beside = primitiveFormats[declared] ? `_${name}` : undefined;
  return (holder, run) => {
    const value = holder[name];
    const companion = beside === undefined ? undefined : holder[beside];
    let count = 1;
    if (Array.isArray(value)) count = value.length;
    else if (value === undefined)
      count = Array.isArray(companion) ? companion.length : companion === undefined ? 0 : 1;
    if (limits && count < limits.min) found(run, 'cardinality-min', '', name, limits.min);
    if (limits && count > limits.max) found(run, 'cardinality-max', name, name, limits.max);
    if (count === 0 && wanted && run.options.mustSupport === true)
      found(run, 'must-support', '', name, scope.profile);
    if (!check || count === 0) return;
    const start = run.findings.length;
    if (!Array.isArray(value) && !Array.isArray(companion)) {
      check(value, run, typeOf(value, declared), companion);
      if (run.findings.length !== start) under(run, start, name);
      return;
    }
    for (let i = 0; i < count; i++) {
      const before = run.findings.length;
      const one: unknown = Array.isArray(value) ? (value[i] ?? undefined) : undefined;
      check(one, run, typeOf(one, declared), Array.isArray(companion) ? companion[i] : undefined);
      if (run.findings.length !== before) under(run, before, `${name}[${i}]`);
    }
  };
}
