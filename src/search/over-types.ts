/**
 * Conditions of a search over several types at once. Each type has parameters of its own, and an index term or entry
 * names the type it belongs to, so the condition of one type is never met by a resource of another; what is negated
 * must hold for each.
 * https://hl7.org/fhir/R4/http.html#search
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import type { Condition, ConditionContext } from './condition-context.ts';
import { anyOf } from './params/kind.ts';
import type { PlanNode } from './plan.ts';
import type { TypeParameters } from './type-parameters.ts';

/** A filter is asked of each type for itself. */
const maximumFiltered = 12;

/**
 * @param contexts one for each type
 * @param conditionOf understands the condition for one of them
 */
export function conditionOver(
  name: string,
  contexts: readonly ConditionContext[],
  conditionOf: (context: ConditionContext) => Condition,
): Condition {
  if (contexts.length === 1) return conditionOf(contexts[0]!);
  // What refers to a resource need not be able to refer to every type.
  const anyWillDo = name.startsWith('_has:') || name === '_list';
  const understood = anyWillDo ? anyUnderstood(contexts, conditionOf) : contexts.map(conditionOf);
  const reads = [...new Set(understood.flatMap((condition) => condition.reads))];
  const nodes = distinct(understood.map((condition) => condition.node));
  const node =
    nodes.length === 1 ? nodes[0]! : name === '_filter' ? guarded(contexts, understood) : merged(nodes);
  return { parameter: undefined, modifier: undefined, terms: [], node, reads };
}

/** For each of some types the parameters that all of them have. */
export function commonParameters(
  types: readonly string[],
  parametersOf: (resourceType: string) => TypeParameters,
): TypeParameters[] {
  const all = types.map(parametersOf);
  const [first, ...others] = all;
  if (!first || others.length === 0) return all;
  const codes = [...first.keys()].filter((code) => others.every((parameters) => parameters.has(code)));
  return all.map((parameters) => new Map(codes.map((code) => [code, parameters.get(code)!])));
}

function anyUnderstood(
  contexts: readonly ConditionContext[],
  conditionOf: (context: ConditionContext) => Condition,
): Condition[] {
  const understood: Condition[] = [];
  let refusal: unknown;
  for (const context of contexts) {
    try {
      understood.push(conditionOf(context));
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      refusal ??= error;
    }
  }
  if (understood.length === 0) throw refusal;
  return understood;
}

function distinct(nodes: readonly PlanNode[]): PlanNode[] {
  return [...new Map(nodes.map((node) => [JSON.stringify(node), node])).values()];
}

function merged(nodes: readonly PlanNode[]): PlanNode {
  return nodes.every((node) => node.kind === 'not') ? { kind: 'and', nodes } : anyOf(nodes);
}

function guarded(contexts: readonly ConditionContext[], conditions: readonly Condition[]): PlanNode {
  if (contexts.length > maximumFiltered) {
    throw refuse(
      'invalid-parameter',
      `'_filter' takes at most ${maximumFiltered} types here, named by '_type'`,
    );
  }
  return anyOf(
    conditions.map(
      ({ node }, i): PlanNode => ({
        kind: 'and',
        nodes: [{ kind: 'type', type: contexts[i]!.resourceType }, node],
      }),
    ),
  );
}
