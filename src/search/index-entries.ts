/**
 * What the index keeps of one resource, free of SQL.
 * Equality goes to one inverted index as terms; what has an order goes to ordered tables.
 * A parameter is named with its type, `Observation.date`.
 */

/** A period of time, or the interval that a number's value stands for. `low` included, `high` excluded for dates. */
export interface RangeEntry {
  readonly param: string;
  readonly low: number;
  readonly high: number;
}

export interface QuantityEntry extends RangeEntry {
  /** Of the unit; empty where there is none. */
  readonly system: string;
  readonly code: string;
  /** The unit as shown to people. */
  readonly text: string;
  /** The same in the canonical unit, where it can be converted; empty, with the numbers as given, where not. */
  readonly canonicalUnit: string;
  readonly canonicalLow: number;
  readonly canonicalHigh: number;
}

export interface StringEntry {
  readonly param: string;
  /** Folded: lower case, accents removed, white space collapsed. */
  readonly value: string;
}

/**
 * A code together with the dates of a resource that has it: from the first to the last. Finds the resources of a
 * code in the order of time, without looking at the others.
 */
export interface OrderedEntry {
  /** As among the terms. */
  readonly term: string;
  /** Undefined when the resource has no date. */
  readonly span: { readonly low: number; readonly high: number } | undefined;
}

/** What a resource says, for searches by words. */
export interface TextEntry {
  /** The narrative, without its markup. */
  readonly narrative: string;
  /** Every other text in it. */
  readonly content: string;
}

export interface IndexEntries {
  /** Distinct texts; the store hashes them. */
  readonly terms: readonly string[];
  readonly dates: readonly RangeEntry[];
  readonly numbers: readonly RangeEntry[];
  readonly quantities: readonly QuantityEntry[];
  readonly strings: readonly StringEntry[];
  /** Absent: none. */
  readonly ordered?: readonly OrderedEntry[] | undefined;
  /** Absent: it says nothing. */
  readonly texts?: TextEntry | undefined;
  /** Ids of the patients whose compartment holds the resource. */
  readonly patients: readonly string[];
}
