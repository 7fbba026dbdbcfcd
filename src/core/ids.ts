/** Logical ids as a dependency. https://hl7.org/fhir/R4/datatypes.html#id */
import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';

export interface IdSource {
  /** A new logical id, unique for all practical purposes. */
  next(): string;
}

/**
 * UUIDs that begin with the time and are random in the rest, so that new ones stand beside each other in an index and
 * not all over it. https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function timeOrderedIds(clock: Clock): IdSource {
  return {
    next() {
      const time = clock.now().toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
    },
  };
}

const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;

/** Whether a text is a FHIR logical id. */
export function isLogicalId(text: string): boolean {
  return idPattern.test(text);
}
