/**
 * A plan in words that name parameters and types but never a value, so that it can be shown and logged.
 */
import type { PlanNode } from './plan.ts';

/** A term begins with the parameter it belongs to; where a patient is joined to it, that comes first. */
const termStart = /^(?:([A-Z]\w+)\/[^&]*&)?([A-Za-z]+\.[\w-]+)/;

export function describePlan(node: PlanNode): string {
  switch (node.kind) {
    case 'and':
    case 'or':
      return `${node.kind}(${distinct(node.nodes.map(describePlan)).join(', ')})`;
    case 'not':
      return `not ${describePlan(node.node)}`;
    case 'type':
      return `type ${node.type}`;
    case 'term': {
      const [, joined, name] = termStart.exec(node.term) ?? [];
      return `${joined === undefined ? 'term' : `joint term ${joined} &`} ${name ?? 'of another kind'}`;
    }
    case 'member':
      return `member of a value set ${parameterOf(node.param)}`;
    case 'range':
      return `${node.table} ${parameterOf(node.param)}${node.unit ? ` by ${node.unit.by} unit` : ''}`;
    case 'string':
      return `string ${parameterOf(node.param)} ${node.match}`;
    case 'words':
      return `words of ${node.of}`;
    case 'ids':
      return `ids (${node.ids.length})`;
    case 'refers':
      return `refers by ${parameterOf(node.termPrefix)} to ${node.to} with ${describePlan(node.where)}`;
    case 'referred':
      return `referred to by ${parameterOf(node.param)} with ${describePlan(node.where)}`;
    case 'updated':
      return 'updated';
    case 'all':
      return 'every resource';
    case 'none':
      return 'nothing';
  }
}

/** Names of composites hold a code. */
function parameterOf(name: string): string {
  return termStart.exec(name)?.[2] ?? 'of another kind';
}

/** Alternatives of one kind, said once. */
function distinct(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${count} × ${text}`));
}
