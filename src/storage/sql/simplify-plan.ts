/** Takes the trivial parts out of a plan, so that what is left is `all`, `none` or free of both. */
import type { PlanNode } from '../../search/plan.ts';

const all: PlanNode = { kind: 'all' };
const none: PlanNode = { kind: 'none' };

/** An equal plan: conjunctions and disjunctions flattened, constants and double negations gone. */
export function simplifyPlan(node: PlanNode): PlanNode {
  switch (node.kind) {
    case 'and':
      return simplifyList('and', node.nodes, all, none);
    case 'or':
      return simplifyList('or', node.nodes, none, all);
    case 'not': {
      const inner = simplifyPlan(node.node);
      if (inner.kind === 'all') return none;
      if (inner.kind === 'none') return all;
      return inner.kind === 'not' ? inner.node : { kind: 'not', node: inner };
    }
    case 'refers':
    case 'referred': {
      const where = simplifyPlan(node.where);
      return where.kind === 'none' ? none : { ...node, where };
    }
    case 'ids':
      return node.ids.length === 0 ? none : node;
    default:
      return node;
  }
}

/** `neutral` adds nothing to the list, `absorbing` decides it alone. */
function simplifyList(
  kind: 'and' | 'or',
  nodes: readonly PlanNode[],
  neutral: PlanNode,
  absorbing: PlanNode,
): PlanNode {
  const kept: PlanNode[] = [];
  for (const node of nodes) {
    const simple = simplifyPlan(node);
    if (simple.kind === absorbing.kind) return absorbing;
    if (simple.kind === neutral.kind) continue;
    if (simple.kind === kind) kept.push(...simple.nodes);
    else kept.push(simple);
  }
  if (kept.length === 0) return neutral;
  return kept.length === 1 ? kept[0]! : { kind, nodes: kept };
}
