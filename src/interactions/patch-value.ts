/**
 * The value that a FHIRPath Patch operation brings: `value[x]`, a resource, or the parts of an element that has no
 * data type of its own. https://hl7.org/fhir/R4/fhirpatch.html
 */
import { refuse } from '../core/fhir-error.ts';
import { isMembers, type JsonMembers, type JsonTree, unquoted } from '../fhir/json-tree.ts';
import type { Model, PropertyModel } from '../fhir/model.ts';
import { readSlots, type Slot, writeSlots } from './patch-slots.ts';

export interface PatchValue {
  readonly property: PropertyModel;
  /** Where JSON has it: of a choice, the key for its type. */
  readonly key: string;
  readonly slot: Slot;
}

/**
 * @param part the parameter that carries the value
 * @throws FhirError 400 when it carries none, or one of a type that the property cannot have
 */
export function patchValue(model: Model, property: PropertyModel, part: JsonMembers): PatchValue {
  const [only] = property.keys;
  const parts = part.get('part');
  if (Array.isArray(parts)) {
    if (property.choice) throw refuse('malformed-patch', 'the value of a choice needs a type');
    return { property, key: only!.key, slot: { value: elementOf(model, only!.type, parts) } };
  }
  const resource = part.get('resource');
  if (resource !== undefined) return { property, key: only!.key, slot: { value: resource } };
  const suffix = suffixOf(part);
  if (suffix === undefined) throw refuse('malformed-patch', 'value is missing');
  const [slot = {}] = readSlots(part, `value${suffix}`);
  if (!property.choice) return { property, key: only!.key, slot };
  const chosen = property.keys.find(({ key }) => key === property.name + suffix);
  if (!chosen) throw refuse('malformed-patch', 'the element cannot have a value of this type');
  return { property, key: chosen.key, slot };
}

/** `Quantity` of `valueQuantity` or `_valueQuantity`. */
function suffixOf(part: JsonMembers): string | undefined {
  for (const key of part.keys()) {
    const suffix = /^_?value([A-Z].*)$/.exec(key)?.[1];
    if (suffix !== undefined) return suffix;
  }
  return undefined;
}

/** An element put together from its parts, each named as the property it becomes. */
function elementOf(model: Model, typeName: string, parts: readonly JsonTree[]): JsonMembers {
  const type = model.type(typeName);
  const members: JsonMembers = new Map();
  for (const part of parts) {
    const token = isMembers(part) ? part.get('name') : undefined;
    const name = typeof token === 'string' && token.startsWith('"') ? unquoted(token) : '';
    const property = type?.property(name) ?? type?.key(name)?.property;
    if (!isMembers(part) || !property)
      throw refuse('malformed-patch', 'a part of the value is not named as a property of the element');
    const { key, slot } = patchValue(model, property, part);
    const before = readSlots(members, key);
    if (before.length > 0 && !property.array)
      throw refuse('malformed-patch', 'a property of the value is given twice');
    writeSlots(members, key, property.array, [...before, slot]);
  }
  return members;
}
