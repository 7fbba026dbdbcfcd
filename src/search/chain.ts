/**
 * Conditions on the other end of a reference, to any depth: chains (`subject:Patient.name=x`) ask it of what a resource
 * refers to, `_has:Observation:patient:code=x` of what refers to it.
 * https://hl7.org/fhir/R4/search.html#chaining and https://hl7.org/fhir/R4/search.html#has
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import type { Condition, ConditionContext } from './condition-context.ts';
import type { Parameter } from './parameter.ts';
import { anyOf } from './params/kind.ts';
import { targetPrefix } from './params/reference.ts';
import type { PlanNode } from './plan.ts';

type ConditionOf = (name: string, value: string, context: ConditionContext) => Condition;

/** A chain without a type over a parameter that may refer to anything is asked of at most so many types. */
const maximumTypes = 12;
/** Links of a chain: each is a search of its own. */
const maximumDepth = 8;

/**
 * @param link what stands before the first dot: `subject:Patient`
 * @param rest what stands after it, to advise with
 * @param endOf what is asked of a type that the reference may lead to
 */
export function chainCondition(
  link: string,
  rest: string | undefined,
  context: ConditionContext,
  endOf: (inner: ConditionContext) => Condition,
): Condition {
  const [code = '', type] = link.split(':');
  const parameter = referenceParameter(code, context);
  if (type !== undefined) requireTarget(type, parameter, context);
  const types = type === undefined ? targetsOf(parameter, context) : [type];
  const ends = understoodEnds(types, context, endOf);
  if (ends.length > maximumTypes) {
    throw refuse('invalid-parameter', `A chain over '${code}' must name the type that it leads to`, {
      hint: `${code}:${types[0]}.${rest?.split('.')[0] ?? '…'}`,
    });
  }
  const nodes = ends.flatMap((end): PlanNode[] =>
    parameter.indexedAs.map(({ name }) => ({
      kind: 'refers',
      termPrefix: targetPrefix(name, end.type),
      to: end.type,
      where: end.condition.node,
    })),
  );
  const reads = ends.flatMap((end) => [end.type, ...end.condition.reads]);
  return { parameter: undefined, modifier: undefined, terms: [], node: anyOf(nodes), reads };
}

/** @param name what follows `_has:` */
export function hasCondition(
  name: string,
  value: string,
  context: ConditionContext,
  conditionOf: ConditionOf,
): Condition {
  const [type = '', code = '', ...rest] = name.split(':');
  if (rest.length === 0 || rest[0] === '') {
    throw refuse('invalid-parameter', "'_has' takes _has:Type:reference:parameter=value");
  }
  if (!context.registry.isResourceType(type)) {
    throw refuse('invalid-parameter', "'_has' names a type that is not a resource type of R4");
  }
  const source = inner(type, context);
  const parameter = referenceParameter(code, source);
  requireTarget(context.resourceType, parameter, context);
  const condition = conditionOf(rest.join(':'), value, source);
  const nodes = parameter.indexedAs.map(
    (member): PlanNode => ({ kind: 'referred', by: type, param: member.name, where: condition.node }),
  );
  return {
    parameter: undefined,
    modifier: undefined,
    terms: [],
    node: anyOf(nodes),
    reads: [type, ...condition.reads],
  };
}

/** `_list=42`: what List/42 holds. https://hl7.org/fhir/R4/search.html#list */
export function listCondition(value: string, context: ConditionContext, conditionOf: ConditionOf): Condition {
  if (value.startsWith('$')) throw refuse('invalid-parameter', "'_list' takes the id of a List");
  return hasCondition('List:item:_id', value, context, conditionOf);
}

function referenceParameter(code: string, { resourceType, parameters }: ConditionContext): Parameter {
  const parameter = parameters.get(code);
  if (parameter?.type === 'reference') return parameter;
  const references = [...parameters.values()].filter(({ type }) => type === 'reference');
  const known = references.map((reference) => reference.code).join(', ');
  throw refuse('unknown-parameter', `${resourceType} has no such reference parameter; it has: ${known}`);
}

function requireTarget(type: string, { code, targets }: Parameter, { registry }: ConditionContext): void {
  if (targets.length === 0 ? registry.isResourceType(type) : targets.includes(type)) return;
  throw refuse(
    'unknown-modifier',
    `'${code}' does not refer to such a resource; it refers to: ${targets.join(', ')}`,
  );
}

function targetsOf({ targets }: Parameter, { registry }: ConditionContext): readonly string[] {
  return targets.length === 0 ? [...registry.resourceTypes] : targets;
}

interface End {
  readonly type: string;
  readonly condition: Condition;
}

/** Of the types a reference may lead to, those that have what is asked; when none has, the first says why. */
function understoodEnds(
  types: readonly string[],
  context: ConditionContext,
  endOf: (inner: ConditionContext) => Condition,
): End[] {
  const ends: End[] = [];
  let refusal: FhirError | undefined;
  for (const type of types) {
    try {
      ends.push({ type, condition: endOf(inner(type, context)) });
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      refusal ??= error;
    }
  }
  if (refusal && ends.length === 0) throw refusal;
  return ends;
}

function inner(type: string, context: ConditionContext): ConditionContext {
  const depth = context.depth + 1;
  if (depth > maximumDepth) throw refuse('invalid-parameter', `A chain has at most ${maximumDepth} links`);
  return { ...context, depth, resourceType: type, subject: type, parameters: context.parametersOf(type) };
}
