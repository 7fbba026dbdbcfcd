/** The shape that every search parameter type repeats: index values, parse the text of a query, plan the condition. */
import { type FhirError, refuse } from '../../core/fhir-error.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import type { EntryCollector } from '../entry-collector.ts';
import type { Parameter } from '../parameter.ts';
import type { PlanNode } from '../plan.ts';

/**
 * @typeParam Term one value of a query, understood
 */
export interface ParameterKind<Term = unknown> {
  /** Modifiers of this type, beside `:missing`; `[type]` stands for any resource type. */
  readonly modifiers: readonly string[];
  /** Modifiers that need what `indexModifiers` adds. */
  readonly indexedModifiers?: readonly string[];
  /**
   * Adds what a search without modifier needs.
   * @param name the name to index under: the parameter's own, or that of a composite's half
   */
  index(values: readonly TypedValue[], name: string, parameter: Parameter, into: EntryCollector): void;
  /** Adds what only modifiers need. */
  indexModifiers?(values: readonly TypedValue[], name: string, into: EntryCollector): void;
  /**
   * Understands one value of a query.
   * @param text still escaped
   * @throws FhirError `invalid-parameter` when it cannot be understood
   */
  parse(text: string, modifier: string | undefined, parameter: Parameter): Term;
  /** @param name as in `index` */
  plan(term: Term, name: string, parameter: Parameter): PlanNode;
}

/** A value that cannot be understood. Never quotes it. */
export function invalidValue(parameter: Pick<Parameter, 'code'>, expected: string): FhirError {
  return refuse('invalid-parameter', `Search parameter '${parameter.code}' takes ${expected}`);
}

/** Any of the nodes. */
export function anyOf(nodes: readonly PlanNode[]): PlanNode {
  if (nodes.length === 0) return { kind: 'none' };
  return nodes.length === 1 ? nodes[0]! : { kind: 'or', nodes };
}

export function termNode(term: string): PlanNode {
  return { kind: 'term', term };
}
