/**
 * What `_filter` means: each comparison is asked of the search parameter it names, as a search without it would ask.
 * https://hl7.org/fhir/R4/search_filter.html
 *
 * Texts are compared without regard to case and accents. Of a code, `ne` holds when there is one and none equals the
 * value.
 */
import { refuse } from '../core/fhir-error.ts';
import type { Condition, ConditionContext } from './condition-context.ts';
import { presenceTerm } from './entry-collector.ts';
import {
  type FilterExpression,
  type FilterOperator,
  type FilterStep,
  filterExpression,
} from './filter-expression.ts';
import { fold } from './fold.ts';
import type { Parameter, ParameterType } from './parameter.ts';
import { anyOf, termNode } from './params/kind.ts';
import type { PlanNode, StringMatch } from './plan.ts';
import { unknownParameter } from './special-parameters.ts';

type Comparison = FilterExpression & { readonly op: 'compare' };

/** How a search without `_filter` would ask: `name=value`, `value` still escaped. */
type ConditionOf = (name: string, value: string, context: ConditionContext) => Condition;

/** The other end of a reference: `link` is the reference, `conditionAt` what is asked of each type it may lead to. */
export type ChainOf = (
  link: string,
  context: ConditionContext,
  conditionAt: (inner: ConditionContext) => Condition,
) => Condition;

/** Prefixes of ordered values have the names of operators. */
const prefixed: readonly FilterOperator[] = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'ap', 'sa', 'eb'];
const operatorsOf: Readonly<Record<ParameterType, readonly FilterOperator[]>> = {
  date: [...prefixed, 'po', 'pr'],
  number: [...prefixed, 'pr'],
  quantity: [...prefixed, 'pr'],
  string: ['eq', 'ne', 'co', 'sw', 'ew', 'pr'],
  uri: ['eq', 'ne', 'co', 'sw', 'ew', 'ss', 'sb', 'pr'],
  token: ['eq', 'ne', 'ss', 'sb', 'in', 'ni', 'pr'],
  reference: ['eq', 'ne', 're', 'pr'],
  // Whether there is a combination at all is not known: R4 has no ':missing' of one either.
  composite: ['eq'],
  special: [],
};

const textMatches: Readonly<Record<string, StringMatch>> = {
  eq: 'equal',
  ne: 'equal',
  co: 'contains',
  sw: 'prefix',
  ew: 'suffix',
};

/** Operators that have the meaning of a modifier. What the value subsumes lies below it. */
const modifiers: Readonly<Record<string, string>> = { ss: 'below', sb: 'above', in: 'in', ni: 'not-in' };

/** @throws FhirError for a filter that is not understood, or names what does not exist */
export function filterCondition(
  value: string,
  context: ConditionContext,
  conditionOf: ConditionOf,
  chainOf: ChainOf,
): Condition {
  const reads = new Set<string>();
  const nodeOf = (expression: FilterExpression, within: ConditionContext): PlanNode => {
    if (expression.op === 'not') return { kind: 'not', node: nodeOf(expression.part, within) };
    if (expression.op !== 'compare')
      return { kind: expression.op, nodes: expression.parts.map((part) => nodeOf(part, within)) };
    const condition = atPath(expression.path, expression, within);
    for (const type of condition.reads) reads.add(type);
    return condition.node;
  };

  const atPath = (
    path: readonly FilterStep[],
    comparison: Comparison,
    within: ConditionContext,
  ): Condition => {
    const [step, ...rest] = path as [FilterStep, ...FilterStep[]];
    if (rest.length === 0) {
      if (step.where) {
        throw refuse(
          'invalid-parameter',
          "In '_filter' a path goes on after brackets: reference[filter].parameter",
        );
      }
      return compare(step.name, comparison, within);
    }
    return chainOf(step.name, within, (inner) => {
      const condition = atPath(rest, comparison, inner);
      if (!step.where) return condition;
      return { ...condition, node: { kind: 'and', nodes: [nodeOf(step.where, inner), condition.node] } };
    });
  };

  const compare = (name: string, comparison: Comparison, within: ConditionContext): Condition => {
    const { operator, value: text, quoted } = comparison;
    const parameter = within.parameters.get(name);
    if (!parameter) throw unknownParameter(within);
    const operators = operatorsOf[parameter.type];
    if (!operators.includes(operator)) {
      const known = `of type ${parameter.type} takes one of: ${operators.join(', ')}`;
      throw refuse('invalid-parameter', `In '_filter' the parameter '${name}' ${known}`);
    }
    const ask = (modifier: string | undefined, prefix = ''): Condition =>
      conditionOf(
        modifier === undefined ? name : `${name}:${modifier}`,
        escapedFor(parameter, `${prefix}${text}`, quoted),
        within,
      );
    if (operator === 'pr') return presence(name, parameter, text, within, conditionOf);
    if (
      parameter.type === 'string' ||
      (parameter.type === 'uri' && textMatches[operator] && operator !== 'eq')
    )
      return textCondition(parameter, operator, text);
    if (modifiers[operator] !== undefined) {
      const condition = ask(modifiers[operator]);
      return operator === 'ni' ? { ...condition, node: unlike(parameter, condition.node) } : condition;
    }
    if (operator === 'po') return overlap(ask(undefined));
    if (parameter.type === 'date' || parameter.type === 'number' || parameter.type === 'quantity')
      return ask(undefined, operator);
    const equal = ask(undefined);
    return operator === 'ne'
      ? { ...equal, node: unlike(parameter, { kind: 'not', node: equal.node }) }
      : equal;
  };

  const node = nodeOf(filterExpression(value), context);
  return { parameter: undefined, modifier: undefined, terms: [], node, reads: [...reads] };
}

/** What a value means is said by its bars and, in a composite, its dollars; everything else stands for itself. */
function escapedFor({ type }: Parameter, value: string, quoted: boolean): string {
  if (quoted || type === 'uri') return value.replace(/[\\,|$]/g, '\\$&');
  return value.replace(type === 'composite' ? /[\\,]/g : /[\\,$]/g, '\\$&');
}

function presence(
  name: string,
  parameter: Parameter,
  value: string,
  context: ConditionContext,
  conditionOf: ConditionOf,
): Condition {
  if (value !== 'true' && value !== 'false')
    throw refuse(
      'invalid-parameter',
      `In '_filter' the operator pr of '${parameter.code}' takes true or false`,
    );
  return conditionOf(`${name}:missing`, value === 'true' ? 'false' : 'true', context);
}

function textCondition(parameter: Parameter, operator: FilterOperator, value: string): Condition {
  const text = parameter.type === 'uri' ? value : fold(value);
  const match = textMatches[operator]!;
  const found = anyOf(
    parameter.indexedAs.map(({ name }): PlanNode => ({ kind: 'string', match, param: name, text })),
  );
  const node = operator === 'ne' ? unlike(parameter, { kind: 'not', node: found }) : found;
  return { parameter, modifier: undefined, terms: [], node, reads: [] };
}

/** There is a value, and the node, a negation, holds. */
function unlike(parameter: Parameter, negation: PlanNode): PlanNode {
  if (parameter.code === '_id') return negation;
  const present = anyOf(parameter.indexedAs.map(({ name }) => termNode(presenceTerm(name))));
  return { kind: 'and', nodes: [present, negation] };
}

/** From "lies within the period" to "overlaps with it". */
function overlap(condition: Condition): Condition {
  return { ...condition, node: overlapping(condition.node) };
}

function overlapping(node: PlanNode): PlanNode {
  if (node.kind === 'or') return { ...node, nodes: node.nodes.map(overlapping) };
  if (node.kind !== 'range') return node;
  const [from, to] = node.where;
  return {
    ...node,
    where: [
      { column: 'low', op: '<', value: to!.value },
      { column: 'high', op: '>', value: from!.value },
    ],
  };
}
