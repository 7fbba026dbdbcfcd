/**
 * Sets an element of a resource by its path, making what lies between: elements that repeat get a new entry unless one
 * is open, a choice gets the key of the value's type.
 * https://hl7.org/fhir/R4/elementdefinition.html#path
 */
import type { Model, PropertyModel } from '../../fhir/model.ts';
import { isObject } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import { elementValue } from './element-value.ts';

export interface ElementTarget {
  readonly resource: Record<string, unknown>;
  readonly type: string;
  /** Elements that are being filled, by the path that leads to them; they enter the resource with their first value. */
  readonly opened: ReadonlyMap<string, Record<string, unknown>>;
}

/**
 * @param path steps below the resource: `name`, `value[x]:valueQuantity`, `identifier:mrn`
 * @returns false when the type has no such element
 */
export function setElement(
  { resource, type, opened }: ElementTarget,
  path: readonly string[],
  value: TypedValue,
  model: Model,
): boolean {
  let holder = resource;
  let holderType = type;
  for (const [index, step] of path.entries()) {
    const property = propertyOf(step, holderType, model);
    if (!property) return false;
    const last = index === path.length - 1;
    const key = keyOf(property, step, last ? value : undefined);
    if (!key) return false;
    if (last) {
      place(holder, property, key.key, elementValue(value, key.type));
      return true;
    }
    const open = opened.get(path.slice(0, index + 1).join('.'));
    holder = enter(holder, property, key.key, open);
    holderType = key.type;
  }
  return false;
}

function propertyOf(step: string, type: string, model: Model): PropertyModel | undefined {
  const [name = ''] = step.split(':');
  const plain = name.replace('[x]', '');
  return model.type(type)?.property(plain) ?? model.type(type)?.key(plain)?.property;
}

/** The JSON key of a step: for a choice the one of the slice that is named, or of the value's type. */
function keyOf(
  { keys, choice }: PropertyModel,
  step: string,
  value: TypedValue | undefined,
): { readonly key: string; readonly type: string } | undefined {
  if (!choice) return keys[0];
  const [name, slice] = step.split(':');
  const named = keys.find(({ key }) => key === slice || key === name);
  if (named || !value) return named ?? (keys.length === 1 ? keys[0] : undefined);
  const type = value.type.replace(/^System\./, '');
  const same = keys.find((one) => one.type.toLowerCase() === type.toLowerCase());
  // An answer may be of a type that the element takes in another shape.
  const near: Readonly<Record<string, readonly string[]>> = {
    coding: ['CodeableConcept'],
    decimal: ['Quantity'],
    date: ['dateTime'],
    uri: ['string'],
  };
  return same ?? keys.find((one) => near[type.toLowerCase()]?.includes(one.type));
}

function place(holder: Record<string, unknown>, property: PropertyModel, key: string, value: unknown): void {
  const known = holder[key];
  if (property.array) holder[key] = [...(Array.isArray(known) ? known : []), value];
  // What is stated about an element joins what is there: a concept gets its text beside its coding.
  else holder[key] = isObject(known) && isObject(value) ? { ...known, ...value } : value;
}

/** The element that a step leads into. */
function enter(
  holder: Record<string, unknown>,
  property: PropertyModel,
  key: string,
  open: Record<string, unknown> | undefined,
): Record<string, unknown> {
  const known = holder[key];
  if (!property.array) {
    const inside = isObject(known) ? known : {};
    holder[key] = inside;
    return inside;
  }
  const list = Array.isArray(known) ? known : [];
  const inside = open ?? (isObject(list[0]) ? list[0] : {});
  if (!list.includes(inside)) list.push(inside);
  holder[key] = list;
  return inside;
}
