/** Gathers the index entries of one resource while its parameters are evaluated. */
import type { QuantityEntry, RangeEntry, StringEntry } from './index-entries.ts';

export interface EntryCollector {
  readonly terms: Set<string>;
  readonly dates: RangeEntry[];
  readonly numbers: RangeEntry[];
  readonly quantities: QuantityEntry[];
  readonly strings: StringEntry[];
}

export function createEntryCollector(): EntryCollector {
  return { terms: new Set(), dates: [], numbers: [], quantities: [], strings: [] };
}

/** The term that a resource has when the parameter finds any value in it: what `:missing` asks for. */
export function presenceTerm(name: string): string {
  return `${name}:present`;
}
