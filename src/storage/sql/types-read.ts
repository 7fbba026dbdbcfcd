/** Which resource types a search reads: its own and those at the other end of references. */
import type { PlanNode, TypeSelection } from '../../search/plan.ts';

export function typesRead(type: TypeSelection, where: PlanNode): ReadonlySet<string> | 'all' {
  if (typeof type !== 'string' && type.length === 0) return 'all';
  const types = new Set(typeof type === 'string' ? [type] : type);
  collect(where, types);
  return types;
}

function collect(node: PlanNode, into: Set<string>): void {
  if (node.kind === 'and' || node.kind === 'or') for (const part of node.nodes) collect(part, into);
  else if (node.kind === 'not') collect(node.node, into);
  else if (node.kind === 'refers' || node.kind === 'referred') {
    into.add(node.kind === 'refers' ? node.to : node.by);
    collect(node.where, into);
  }
}
