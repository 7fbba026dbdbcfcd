/**
 * What a search costs a database that has an index: terms and beginnings of texts are looked up, ranges are gone
 * through one by one, and a text within another is sought in all there are.
 */
import type { PlanNode } from './plan.ts';
import { tooManyValues } from './search-value.ts';

/** Ranges in all: as many are answered within half a second. */
const mostRanges = 2000;
/** A text that is sought in all others, in ranges. */
const soughtText = 10;

/** @throws FhirError `search-too-large` */
export function requireAnswerable(nodes: readonly PlanNode[]): void {
  if (costOf(nodes) > mostRanges) throw tooManyValues(mostRanges);
}

/** In ranges. */
function costOf(nodes: readonly PlanNode[]): number {
  let cost = 0;
  for (const node of nodes) {
    if (node.kind === 'range' || node.kind === 'updated') cost++;
    else if (node.kind === 'string')
      cost += node.match === 'contains' || node.match === 'suffix' ? soughtText : 0;
    else if (node.kind === 'and' || node.kind === 'or') cost += costOf(node.nodes);
    else if (node.kind === 'not') cost += costOf([node.node]);
    else if (node.kind === 'refers' || node.kind === 'referred') cost += costOf([node.where]);
  }
  return cost;
}
