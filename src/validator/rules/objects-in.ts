/** The objects of a list; anything else is for the walk through the resource to report. */
import { isObject } from '../../fhir/resource.ts';

export function objectsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
