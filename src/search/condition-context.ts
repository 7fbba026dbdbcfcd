/** A condition of a search as understood, and what it takes to understand one. */
import type { Registry } from '../fhir/registry.ts';
import type { Parameter } from './parameter.ts';
import type { ParameterKinds } from './params/kinds.ts';
import type { PlanNode } from './plan.ts';
import type { TypeParameters } from './type-parameters.ts';

export interface Condition {
  /** Undefined when it is about the other end of a reference. */
  readonly parameter: Parameter | undefined;
  readonly modifier: string | undefined;
  /** The alternatives, as the parameter's kind understood them; none for `:missing`. */
  readonly terms: readonly unknown[];
  readonly node: PlanNode;
  /** Types at the other ends of references that were followed, and those of definitions that it rests on. */
  readonly reads: readonly string[];
}

export interface ConditionContext {
  readonly registry: Registry;
  readonly kinds: ParameterKinds;
  readonly resourceType: string;
  /** Whose parameters these are, in words. */
  readonly subject: string;
  /** Of the type; of several types searched at once, those they have in common. */
  readonly parameters: TypeParameters;
  readonly parametersOf: (resourceType: string) => TypeParameters;
  /** What to say of a parameter that is not ready yet: how far its values are indexed. */
  readonly pending?: ((resourceType: string, code: string) => string | undefined) | undefined;
  /** How many references were followed to get here. */
  readonly depth: number;
}
