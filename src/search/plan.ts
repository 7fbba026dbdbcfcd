/**
 * A search as the store is asked to run it: a tree of conditions over the index, an order and a window. No SQL.
 */

export interface Comparison {
  readonly column: 'low' | 'high';
  readonly op: '<' | '<=' | '>' | '>=';
  readonly value: number;
}

export type PlanNode =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly PlanNode[] }
  | { readonly kind: 'not'; readonly node: PlanNode }
  /**
   * The resource has this term in the inverted index. `orderedBy`: a date parameter by which the index also keeps
   * those that have it in order.
   */
  | { readonly kind: 'term'; readonly term: string; readonly orderedBy?: string }
  /**
   * The parameter has a code of this value set, which clients keep on the server. No engine sees it: the codes take its
   * place before (interactions/expanding-store).
   */
  | {
      readonly kind: 'member';
      readonly param: string;
      readonly valueSet: string;
      /** The parameter as the search names it. */
      readonly code: string;
    }
  /** One entry of the parameter meets every comparison. */
  | {
      readonly kind: 'range';
      readonly table: 'date' | 'number' | 'quantity';
      readonly param: string;
      /** Of a quantity; absent: any. */
      readonly unit?: UnitMatch;
      readonly where: readonly Comparison[];
    }
  /** One folded string of the parameter begins with, contains, ends with or equals the text. */
  | {
      readonly kind: 'string';
      readonly match: StringMatch;
      readonly param: string;
      readonly text: string;
    }
  /** The words of the narrative, or of everything it says, meet the expression. */
  | { readonly kind: 'words'; readonly of: 'narrative' | 'content'; readonly expression: WordExpression }
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'type'; readonly type: string }
  /** It refers to a resource of type `to` that meets the condition: it has the term that ends with that one's id. */
  | {
      readonly kind: 'refers';
      readonly termPrefix: string;
      readonly to: string;
      readonly where: PlanNode;
    }
  /** A resource of type `by` that meets the condition refers to it by the parameter (`Observation.patient`). */
  | { readonly kind: 'referred'; readonly by: string; readonly param: string; readonly where: PlanNode }
  /** Time of the current version, milliseconds; `column` is always read as that instant. */
  | { readonly kind: 'updated'; readonly where: readonly Comparison[] };

/** The nodes within a node, those asked of the other end of a reference among them. */
export function partsOf(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes;
    case 'not':
      return [node.node];
    case 'refers':
    case 'referred':
      return [node.where];
    default:
      return [];
  }
}

/** Which unit a quantity must have; in a canonical one its values are compared as converted. */
export type UnitMatch =
  | { readonly by: 'code'; readonly system: string; readonly code: string }
  /** A code of any system, or the text that people are shown. */
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'canonical'; readonly unit: string };

export type StringMatch = 'prefix' | 'contains' | 'suffix' | 'equal';

/** Words, and how they are combined. Case and accents do not count. */
export type WordExpression =
  /** Words that follow each other; the last may be the beginning of one. */
  | { readonly op: 'phrase'; readonly text: string; readonly prefix: boolean }
  | { readonly op: 'and' | 'or'; readonly parts: readonly WordExpression[] }
  | { readonly op: 'except'; readonly part: WordExpression; readonly excluded: WordExpression };

export interface SortKey {
  readonly by: 'id' | 'updated' | 'date' | 'number' | 'quantity' | 'string' | 'value';
  /**
   * Parameters (`Observation.date`) for all but id and updated: the values of any of them count.
   * `value`: read from the body, for tokens and references.
   */
  readonly params?: readonly string[];
  readonly descending: boolean;
}

/** A resource type, several of them, or, as an empty list, any. */
export type TypeSelection = string | readonly string[];

/** Where a page ended: the sort values of its last row and its row key. */
export interface Position {
  readonly keys: readonly (number | string | null)[];
  readonly row: number;
}

export interface StoreQuery {
  readonly type: TypeSelection;
  readonly where: PlanNode;
  /** Empty: in the order of first creation. */
  readonly sort: readonly SortKey[];
  readonly limit: number;
  readonly after?: Position;
}
