/**
 * What the validator and the search ask of terminology.
 * https://hl7.org/fhir/R4/terminologies.html
 */

import type { ValueSet } from '@medplum/fhirtypes';

/** The answer to "is this code in that value set": `unknown` when the content is not shipped. */
export type Membership = 'member' | 'not-member' | 'unknown';

export interface Coding {
  readonly system?: string | undefined;
  readonly version?: string | undefined;
  readonly code?: string | undefined;
  readonly display?: string | undefined;
}

export interface Terminology {
  /** Whether a value set is known at all. */
  knows(valueSet: string): boolean;
  /** Whether a coding is in a value set (`url` or `url|version`). */
  contains(valueSet: string, coding: Coding): Membership;
  /** Whether a coding is in a value set that is at hand itself, such as one that is contained. */
  containedIn(valueSet: ValueSet, coding: Coding): Membership;
  /** Whether a bare code (of an element of type code, uri, string, …) is in a value set, whatever its system. */
  containsCode(valueSet: string, code: string): Membership;
  /** Whether a code system's content is shipped in full, in part, or not. */
  content(system: string): 'complete' | 'partial' | 'none';
  /** Whether a code exists in its system (`url` or `url|version`); undefined when the system is not shipped. */
  lookup(system: string, code: string): LookedUp | undefined;
  /** What a code is called in all editions of its system, and in supplements and value sets of other packages. */
  names(system: string, code: string): readonly string[];
}

/** A code as its system has it. */
export interface LookedUp {
  readonly found: boolean;
  /** What it is called. */
  readonly display?: string;
  /** What else it is called, in any language. */
  readonly designations?: readonly string[];
}
