/** FHIR resources as plain JSON. https://hl7.org/fhir/R4/json.html */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** A parsed resource. Only what the server itself reads is named; the definitions know the rest. */
export interface Resource {
  resourceType: string;
  id?: string;
  meta?: ResourceMeta;
  [element: string]: unknown;
}

export interface ResourceMeta {
  versionId?: string;
  lastUpdated?: string;
  source?: string;
  profile?: string[];
  security?: MetaCoding[];
  tag?: MetaCoding[];
  [element: string]: unknown;
}

export interface MetaCoding {
  system?: string;
  code?: string;
  [element: string]: unknown;
}

/** Whether a value is a JSON object (not null, not an array). */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const none: readonly never[] = [];

/** The objects of an array; anything else is structural validation's to report. */
export function objectsOf(value: unknown): readonly Record<string, unknown>[] {
  if (!Array.isArray(value)) return none;
  for (const one of value) if (!isObject(one)) return value.filter(isObject);
  return value;
}

/** Whether a value is a JSON object that names its resource type. */
export function isResource(value: unknown): value is Resource {
  return isObject(value) && typeof value.resourceType === 'string';
}
