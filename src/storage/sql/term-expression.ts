/** The part of a plan that the inverted index answers by itself, as one expression over its words. */
import type { PlanNode } from '../../search/plan.ts';
import { termWord } from './term-word.ts';

export type TermExpression =
  | { readonly op: 'word'; readonly word: string }
  | { readonly op: 'and' | 'or'; readonly parts: readonly TermExpression[] }
  | { readonly op: 'except'; readonly part: TermExpression; readonly excluded: TermExpression };

function combined(op: 'and' | 'or', parts: readonly TermExpression[]): TermExpression {
  return parts.length === 1 ? parts[0]! : { op, parts };
}

/**
 * Splits the nodes of a conjunction: what the inverted index answers, as one expression, and the rest.
 * An inverted index can only exclude from something it has found, so a negation needs a positive term beside it.
 */
export function splitConjunction(nodes: readonly PlanNode[]): {
  readonly terms: TermExpression | undefined;
  readonly rest: readonly PlanNode[];
} {
  const found: TermExpression[] = [];
  const excluded: TermExpression[] = [];
  const rest: PlanNode[] = [];
  const negations: PlanNode[] = [];
  for (const node of nodes) {
    const positive = termExpression(node);
    const negative = node.kind === 'not' ? termExpression(node.node) : undefined;
    if (positive) found.push(positive);
    else if (negative) {
      excluded.push(negative);
      negations.push(node);
    } else rest.push(node);
  }
  if (found.length === 0) return { terms: undefined, rest: [...rest, ...negations] };
  const part = combined('and', found);
  if (excluded.length === 0) return { terms: part, rest };
  return { terms: { op: 'except', part, excluded: combined('or', excluded) }, rest };
}

/** A simplified plan node as an expression; undefined when the inverted index alone cannot answer it. */
export function termExpression(node: PlanNode): TermExpression | undefined {
  switch (node.kind) {
    case 'term':
      return { op: 'word', word: termWord(node.term) };
    case 'and': {
      const { terms, rest } = splitConjunction(node.nodes);
      return rest.length === 0 ? terms : undefined;
    }
    case 'or': {
      const parts = node.nodes.map(termExpression);
      return parts.every((part) => part !== undefined) ? combined('or', parts) : undefined;
    }
    default:
      return undefined;
  }
}
