/**
 * What is known of a code, and by which coding of a resource it was met last: bindings of the type and of each profile
 * ask for the same code again.
 */
import type { Membership } from '../../terminology/terminology.ts';
import type { Binding } from './binding.ts';

/** A code of a system, looked up once. */
export interface KnownCode {
  /** Whether its system has it; `unknown` where the content of the system is not known here. */
  readonly state: 'found' | 'missing' | 'unknown';
  readonly display: string | undefined;
  readonly designations: readonly string[];
  /** What the value sets of bindings were seen to say of it. */
  readonly memberships: Map<Binding, Membership>;
}

/** The codings met last in a walk and their codes. */
export interface MetCodings {
  readonly codings: unknown[];
  readonly codes: KnownCode[];
  count: number;
}

export const noCodings = (): MetCodings => ({ codings: [], codes: [], count: 0 });

/** So many are kept, a power of two: hardly any resource has more. */
const kept = 16;

/** @param coding has no version, which a value set might ask for */
export function keepCoding(met: MetCodings, coding: unknown, code: KnownCode): void {
  const place = met.count++ & (kept - 1);
  met.codings[place] = coding;
  met.codes[place] = code;
}

/** The code of a coding that was met not long ago. */
export function metCode({ codings, codes }: MetCodings, coding: unknown): KnownCode | undefined {
  for (let i = 0; i < codings.length; i++) if (codings[i] === coding) return codes[i];
  return undefined;
}
