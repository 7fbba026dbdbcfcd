/**
 * What a population works with: the form, what is known about whom it is filled for, and where more can be read.
 * https://hl7.org/fhir/uv/sdc/populate.html
 */
import type { Issue } from '../../core/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { ExpressionParts } from '../form-environment.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface PopulateInput {
  readonly subject?: Json;
  /** Launch contexts by name: `patient`, `encounter`, `user` and the like. */
  readonly contexts?: Readonly<Record<string, Resource | readonly Resource[]>>;
}

/** Reads for whoever asks, and only what that one may read. */
export interface PopulateReader {
  /** `Patient/1`; undefined when there is none to be had. */
  read(reference: string): Promise<Resource | undefined>;
  /** `Observation?code=…`: a searchset; undefined when the search is not possible. */
  search(query: string): Promise<Resource | undefined>;
}

export interface Population {
  readonly input: PopulateInput;
  readonly reader: PopulateReader;
  /** Its clock is also that of observation periods. */
  readonly parts: ExpressionParts & { readonly now: number };
  readonly issues: Issue[];
}

export const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';
