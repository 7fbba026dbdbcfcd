/**
 * Whether a value has the shape of its type: lists are lists, texts are texts. The walk through the resource reports
 * what has another; a rule that reads deep into it leaves it alone.
 */
import type { Model } from '../../fhir/model.ts';
import { isObject } from '../../fhir/resource.ts';
import { primitiveFormats } from '../primitives.ts';

export function isReadable(value: unknown, type: string, model: Model): boolean {
  const owner = model.type(type);
  if (owner === undefined) return true;
  if (owner.kind === 'primitive') {
    const format = primitiveFormats[type];
    return format === undefined || typeof value === format.json;
  }
  if (!isObject(value)) return false;
  return Object.entries(value).every(([key, held]) => {
    const found = owner.key(key);
    if (found === undefined) return true;
    if (!found.property.array) return isReadable(held, found.type, model);
    return Array.isArray(held) && held.every((one) => isReadable(one, found.type, model));
  });
}
