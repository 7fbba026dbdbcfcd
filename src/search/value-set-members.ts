/**
 * Searches by value sets that clients keep on the server: the plan names them, and their codes take their place when
 * the store is asked, so that what is read is what the store then holds.
 * https://hl7.org/fhir/R4/search.html#modifiers
 */
import { planToken, type SystemCode } from './params/token.ts';
import { type PlanNode, partsOf } from './plan.ts';
import { tooManyValues } from './search-value.ts';

export type MemberNode = PlanNode & { readonly kind: 'member' };

/** Codes that all value sets of a search come to. */
const mostCodes = 20_000;

/** What the answer to such a search depends on besides what it finds. */
export const definitionTypes: readonly string[] = ['ValueSet', 'CodeSystem'];

/** The parts of a plan that name a value set. */
export function memberNodes(node: PlanNode): MemberNode[] {
  return node.kind === 'member' ? [node] : partsOf(node).flatMap(memberNodes);
}

/**
 * The plan with codes in the place of value sets.
 * @throws FhirError `search-too-large`
 */
export function withCodes(plan: PlanNode, codesOf: (valueSet: string) => readonly SystemCode[]): PlanNode {
  let count = 0;
  const replaced = (node: PlanNode): PlanNode => {
    switch (node.kind) {
      case 'member': {
        const codes = codesOf(node.valueSet);
        count += codes.length;
        if (count > mostCodes) throw tooManyValues(mostCodes);
        return planToken({ by: 'codes', codes }, node.param);
      }
      case 'and':
      case 'or':
        return { ...node, nodes: node.nodes.map(replaced) };
      case 'not':
        return { ...node, node: replaced(node.node) };
      case 'refers':
      case 'referred':
        return { ...node, where: replaced(node.where) };
      default:
        return node;
    }
  };
  return replaced(plan);
}
