/**
 * What is known about a rating scale apart from its wording: its codes, how its answers make scores, what the scores
 * mean. Numbers carry their source; a clinic may take others.
 */

export interface Code {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

/** Scores of single items in the order of the instrument; undefined where there is no answer. */
export type ItemScores = readonly (number | undefined)[];

export interface SubScore {
  readonly code: Code;
  readonly value: number | boolean;
}

/** Why there is no total. */
export type Unscored = 'item-unanswered' | 'item-out-of-range' | 'item-count';

export type Score =
  | { readonly total: number; readonly subScores?: readonly SubScore[] }
  | {
      readonly unscored: Unscored /** Numbers of the items at fault, from 1. */;
      readonly items: readonly number[];
    };

/** A number of the literature, and where it stands. */
export interface Sourced {
  readonly value: number;
  readonly source: string;
}

/** The fall from baseline that counts as response: a part of the baseline, or so many points. */
export type Response = ({ readonly fraction: number } | { readonly points: number }) & {
  readonly source: string;
};

export interface Band {
  /** The greatest total of this band. */
  readonly upTo: number;
  readonly name: string;
}

export interface Instrument {
  /** A code of kat-instrument. */
  readonly id: string;
  readonly title: string;
  /** Of the total score. */
  readonly code: Code;
  readonly range: readonly [least: number, most: number];
  /** Codes of its items in their order; absent where there are none that all agree on. */
  readonly items?: readonly Code[];
  /** Total and sub-scores from the items; absent where the rule is not known for certain. */
  readonly score?: (items: ItemScores) => Score;
  readonly bands?: readonly Band[];
  readonly bandsSource?: string;
  readonly response?: Response;
  /** The greatest total that counts as remission. */
  readonly remission?: Sourced;
  /** Fall in points that matters to patients. */
  readonly importantDifference?: Sourced;
  /** Number of the item, from 1, whose answer above zero asks for a look at suicide risk. */
  readonly safetyItem?: number;
}

export const loinc = 'http://loinc.org';
export const local = 'https://w3id.org/kat-fhir/CodeSystem/kat-observation';

/** Codes of one system. */
export function codes(system: string, list: readonly string[]): Code[] {
  return list.map((code) => ({ system, code }));
}

/** @param most the greatest score of each item */
export function faultOf(items: ItemScores, most: readonly number[], least = 0): Score | undefined {
  if (items.length !== most.length) return { unscored: 'item-count', items: [] };
  const where = (holds: (score: number | undefined, index: number) => boolean): number[] =>
    items.flatMap((score, index) => (holds(score, index) ? [index + 1] : []));
  const outside = where(
    (score, index) =>
      score !== undefined && !(Number.isInteger(score) && score >= least && score <= most[index]!),
  );
  if (outside.length > 0) return { unscored: 'item-out-of-range', items: outside };
  const unanswered = where((score) => score === undefined);
  return unanswered.length > 0 ? { unscored: 'item-unanswered', items: unanswered } : undefined;
}

/** The sum of all items, once all are answered. */
export function sumOf(most: readonly number[], least = 0): (items: ItemScores) => Score {
  return (items) => faultOf(items, most, least) ?? { total: sum(items) };
}

export function sum(items: ItemScores): number {
  return items.reduce<number>((total, score) => total + (score ?? 0), 0);
}

/** The same greatest score for so many items. */
export function each(count: number, most: number): number[] {
  return Array.from({ length: count }, () => most);
}
