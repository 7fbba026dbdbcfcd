/**
 * What a search costs a database that has an index: beginnings of texts are looked up, and terms while there are not too
 * many to put together; ranges are gone through one by one, and a text within another is sought in all there are.
 */
import { type PlanNode, partsOf } from './plan.ts';
import { tooManyValues } from './search-value.ts';

/** Ranges in all: as many are answered within half a second. */
const mostRanges = 2000;
/**
 * Terms in all, one for each code, type and way in which a value may be indexed: as many are answered within two
 * seconds, and the time grows with their square.
 */
const mostTerms = 40_000;
/** A text that is sought in all others, in ranges. */
const soughtText = 10;

/** @throws FhirError `search-too-large` */
export function requireAnswerable(nodes: readonly PlanNode[]): void {
  if (costOf(nodes) > mostRanges) throw tooManyValues(mostRanges);
  if (termsIn(nodes) > mostTerms) throw tooManyValues(mostTerms);
}

function termsIn(nodes: readonly PlanNode[]): number {
  let terms = 0;
  for (const node of nodes) terms += node.kind === 'term' ? 1 : termsIn(partsOf(node));
  return terms;
}

/** In ranges. */
function costOf(nodes: readonly PlanNode[]): number {
  let cost = 0;
  for (const node of nodes) {
    if (node.kind === 'range' || node.kind === 'updated') cost++;
    else if (node.kind === 'string')
      cost += node.match === 'contains' || node.match === 'suffix' ? soughtText : 0;
    else cost += costOf(partsOf(node));
  }
  return cost;
}
