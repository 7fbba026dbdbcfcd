/**
 * How an extracted resource enters the transaction: made, or put in the place of what is there.
 * https://hl7.org/fhir/uv/sdc/StructureDefinition-sdc-questionnaire-templateExtract.html
 */

import { objectsOf } from '../../fhir/resource.ts';
import { choiceOf } from '../form.ts';
import type { Json } from './extraction.ts';

const conditions = ['ifNoneMatch', 'ifModifiedSince', 'ifMatch', 'ifNoneExist'] as const;

export interface EntryRequest {
  readonly fullUrl: string | undefined;
  readonly id: string | undefined;
  readonly request: Readonly<Record<string, string>>;
}

/** The parts of a complex extension, by name. */
export function partsOf(extension: unknown): Json {
  return Object.fromEntries(
    objectsOf(extension).map((part) => [String(part.url), choiceOf(part, 'value')?.value]),
  );
}

/** @param says parts of the extension, as expressions */
export function entryRequest(
  resource: Json,
  says: Json,
  textOf: (expression: unknown) => string | undefined,
): EntryRequest {
  const text = (name: string): string | undefined =>
    says[name] === undefined ? undefined : textOf(says[name]);
  const type = String(resource.resourceType);
  const id = text('resourceId') ?? (typeof resource.id === 'string' ? resource.id : undefined);
  const asked = conditions.flatMap((name) => {
    const value = text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    fullUrl: text('fullUrl'),
    id,
    request: {
      ...(id === undefined ? { method: 'POST', url: type } : { method: 'PUT', url: `${type}/${id}` }),
      ...Object.fromEntries(asked),
    },
  };
}
