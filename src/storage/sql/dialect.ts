/** Where databases differ: one small implementation per engine, everything else in sql/ is shared. */
import type { TextEntry } from '../../search/index-entries.ts';
import type { WordExpression } from '../../search/plan.ts';
import type { Fragment } from './fragment.ts';
import type { TermExpression } from './term-expression.ts';

/** The inverted index under an expression, as the pieces of a query. */
export interface TermMatch {
  /** Follows FROM. */
  readonly from: Fragment;
  /** The resource's row key. */
  readonly key: Fragment;
  readonly where: Fragment;
}

export interface References {
  /** Follows FROM. */
  readonly from: Fragment;
  readonly type: Fragment;
  readonly id: Fragment;
}

/** Words of one kind of text that resources hold. */
export type TextColumn = 'narrative' | 'content';

export interface Dialect {
  /** Starts a transaction that may write. */
  readonly begin: string;
  /** A query of one number, another once another connection than the one that asks has written. */
  readonly othersWrites: Fragment;
  /** A query whose rows tell, in their last column, how a statement would be run. */
  explain(statement: Fragment): Fragment;
  /** Enters the words of a resource, which has none so far. */
  addTerms(key: number, words: readonly string[]): Fragment;
  removeTerms(key: number): Fragment;
  matchTerms(expression: TermExpression): TermMatch;
  /** The resources that have the term whose text an SQL expression gives. */
  matchTextOf(text: Fragment): TermMatch;
  /** The resources of this server that a body refers to by a parameter: one row each. */
  references(parameter: string, body: Fragment): References;
  /** Enters the texts of a resource, which has none so far. */
  addTexts(key: number, texts: TextEntry): Fragment;
  removeTexts(key: number): Fragment;
  matchWords(of: TextColumn, expression: WordExpression): TermMatch;
  /** A subquery with one row per text. */
  listOf(texts: readonly string[]): Fragment;
  /** Condition: the column contains the text, to the letter. */
  contains(column: Fragment, text: string): Fragment;
  /** Condition: the column ends with the text, to the letter. */
  endsWith(column: Fragment, text: string): Fragment;
  /** What a resource sorts by under a parameter that has no ordered table. */
  sortValue(parameter: string, body: Fragment): Fragment;
}
