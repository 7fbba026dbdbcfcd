/**
 * The occurrences of an element in its holder, as JSON spells them: alone or in an array, in one of the types of a
 * choice, with the `_name` companions of primitives.
 * https://hl7.org/fhir/R4/json.html
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { choiceKey } from '../fhir/choice-key.ts';
import { isObject } from '../fhir/resource.ts';
import type { BaseElement } from './base-elements.ts';
import type { ValueCheck } from './compilation.ts';
import { type ElementNode, typeCodes } from './element-tree.ts';
import { primitiveFormats } from './primitives.ts';
import { type Run, stepAt, under } from './run.ts';

/** One occurrence of an element: its value, the type it has, and where it stands. */
export interface Instance {
  readonly value: unknown;
  readonly type: string;
  readonly companion: unknown;
  readonly name: string;
  /** Place in the array; -1 for an element that does not repeat. */
  readonly index: number;
}

/** Finds the occurrences of an element in its holder. */
export type InstanceReader = (holder: Record<string, unknown>) => readonly Instance[];

const none: readonly Instance[] = [];

/** `component[2]`, `value`. */
export function stepOf({ name, index }: Instance): string {
  return stepAt(name, index);
}

/** The actual type of a value: a resource says it itself. */
export function typeOf(value: unknown, declared: string): string {
  if (declared !== 'Resource' || !isObject(value)) return declared;
  return typeof value.resourceType === 'string' ? value.resourceType : declared;
}

/** A backbone element's type is named by its path, a reference to content by what it refers to. */
function pathOf({ contentReference, path = '' }: ElementDefinition): string {
  return contentReference === undefined ? path : contentReference.slice(contentReference.indexOf('#') + 1);
}

/** The type of a plain element's values. */
export function declaredType(node: ElementNode, base: BaseElement | undefined): string {
  const code = typeCodes(base?.definition ?? node.definition)[0];
  const backbone = code === undefined || code === 'BackboneElement' || code === 'Element';
  return backbone ? pathOf(base?.definition ?? node.definition) : code;
}

/** The key of a type's companions; undefined for types that have none. */
export function companionKey(name: string, type: string): string | undefined {
  return primitiveFormats[type] ? `_${name}` : undefined;
}

/** Runs a check on one occurrence and puts its place before what it found. */
export function checkInstance(instance: Instance, check: ValueCheck, run: Run): void {
  const start = run.count;
  check(instance.value, run, instance.type, instance.companion);
  if (run.count !== start) under(run, start, stepOf(instance));
}

export function instanceReader(node: ElementNode, base: BaseElement | undefined): InstanceReader {
  return node.choice ? choiceReader(node, base) : plainReader(node, base);
}

function choiceReader({ name, definition }: ElementNode, base: BaseElement | undefined): InstanceReader {
  const types = new Map<string, string>();
  for (const type of typeCodes(base?.definition ?? definition)) {
    const key = choiceKey(name, type);
    types.set(key, type);
    if (primitiveFormats[type]) types.set(`_${key}`, type);
  }
  return (holder) => {
    // The holder has fewer keys than the choice has types.
    for (const key in holder) {
      const type = types.get(key);
      if (type === undefined) continue;
      const plain = key.charCodeAt(0) === 95 ? key.slice(1) : key;
      const companion = primitiveFormats[type] ? holder[`_${plain}`] : undefined;
      return [{ value: holder[plain], type, companion, name, index: -1 }];
    }
    return none;
  };
}

function plainReader(node: ElementNode, base: BaseElement | undefined): InstanceReader {
  const { name } = node;
  const declared = declaredType(node, base);
  const beside = companionKey(name, declared);
  return (holder) => {
    const value = holder[name];
    const companion = beside === undefined ? undefined : holder[beside];
    if (value === undefined && companion === undefined) return none;
    if (!Array.isArray(value) && !Array.isArray(companion)) {
      return [{ value, type: typeOf(value, declared), companion, name, index: -1 }];
    }
    const values: unknown[] = Array.isArray(value) ? value : [];
    const companions: unknown[] = Array.isArray(companion) ? companion : [];
    const instances: Instance[] = [];
    for (let index = 0; index < Math.max(values.length, companions.length); index++) {
      const one = values[index] ?? undefined;
      instances.push({ value: one, type: typeOf(one, declared), companion: companions[index], name, index });
    }
    return instances;
  };
}
