/**
 * What an extraction makes: entries of a transaction, and what has to be said about them.
 * https://hl7.org/fhir/uv/sdc/extraction.html
 */
import type { Issue } from '../../core/issue.ts';
import type { Model } from '../../fhir/model.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { ExpressionParts } from '../form-environment.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface ExtractionParts extends ExpressionParts {
  readonly model: Model;
  /** A new UUID. */
  readonly newId: () => string;
  /** The resource type that a profile is about; absent: only FHIR's own definitions are known. */
  readonly typeOf?: (profile: string) => string | undefined;
  /** Observations that were extracted from this response before, so that they are updated instead of made again. */
  readonly earlier?: readonly Resource[];
}

export interface Entry {
  readonly fullUrl: string;
  readonly resource: Record<string, unknown>;
  readonly request: Readonly<Record<string, string>>;
}

export interface Extraction {
  readonly questionnaire: Json;
  readonly response: Json;
  readonly parts: ExtractionParts;
  readonly entries: Entry[];
  readonly issues: Issue[];
}

export const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';

export function newUrl({ parts }: Extraction): string {
  return `urn:uuid:${parts.newId()}`;
}

/** Drops what is undefined. */
export function compact(object: Json): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
