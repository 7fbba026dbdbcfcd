/** Logical ids as a dependency. https://hl7.org/fhir/R4/datatypes.html#id */
import { randomUUID } from 'node:crypto';

export interface IdSource {
  /** A new logical id, unique for all practical purposes. */
  next(): string;
}

export const randomIds: IdSource = { next: () => randomUUID() };

const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;

/** Whether a text is a FHIR logical id. */
export function isLogicalId(text: string): boolean {
  return idPattern.test(text);
}
