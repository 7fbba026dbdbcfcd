/**
 * One condition of a search: `name:modifier=value,value` understood by the parameter it names.
 * https://hl7.org/fhir/R4/search.html#modifiers
 */
import { refuse } from '../core/fhir-error.ts';
import { chainCondition, hasCondition, listCondition } from './chain.ts';
import type { Condition, ConditionContext } from './condition-context.ts';
import { presenceTerm } from './entry-collector.ts';
import { filterCondition } from './filter-condition.ts';
import { hierarchies, hierarchyCondition } from './hierarchy.ts';
import { inOrder } from './ordered-codes.ts';
import type { Parameter } from './parameter.ts';
import type { DateTerm } from './params/date.ts';
import { dateAlternatives } from './params/date.ts';
import { anyOf, invalidValue, type ParameterKind, termNode } from './params/kind.ts';
import type { ParameterKinds } from './params/kinds.ts';
import type { ReferenceTerm } from './params/reference.ts';
import type { TokenTerm } from './params/token.ts';
import type { Comparison, PlanNode } from './plan.ts';
import { splitUnescaped, unescaped } from './search-value.ts';
import { unknownParameter } from './special-parameters.ts';
import { definitionTypes, memberNodes } from './value-set-members.ts';
import { wordExpression } from './word-expression.ts';

/** @throws FhirError for an unknown parameter, an unknown modifier or a value that cannot be understood */
export function conditionOf(name: string, value: string, context: ConditionContext): Condition {
  if (name.startsWith('_has:')) return hasCondition(name.slice('_has:'.length), value, context, conditionOf);
  const special = Object.hasOwn(specialConditions, name) ? specialConditions[name] : undefined;
  if (special) return special(value, context);
  const dot = name.indexOf('.');
  if (dot > 0) {
    const rest = name.slice(dot + 1);
    return chainCondition(name.slice(0, dot), rest, context, (inner) => conditionOf(rest, value, inner));
  }
  const { code, modifier } = splitName(name);
  const parameter = context.parameters.get(code);
  if (!parameter) throw unknownParameter(context, code);
  const kind = context.kinds[parameter.type as keyof ParameterKinds];
  if (modifier === 'missing' && parameter.type !== 'composite') return missing(parameter, value);
  if (modifier !== undefined) requireModifier(modifier, parameter, kind, context);
  const texts = [...new Set(splitUnescaped(value, ','))];
  if (texts.includes('')) throw invalidValue(parameter, 'values separated by single commas');
  if (parameter.type === 'reference' && (modifier === 'above' || modifier === 'below')) {
    const targets = texts.map((text) => kind.parse(text, undefined, parameter) as ReferenceTerm);
    return hierarchyCondition(parameter, modifier, targets, context);
  }
  const terms = texts.map((text) => kind.parse(text, modifier, parameter));
  const found: PlanNode =
    code === '_id'
      ? { kind: 'ids', ids: texts.map(unescaped) }
      : anyOf(terms.map((term) => planTerm(term, parameter, kind, context)));
  const negated = modifier === 'not' || modifier === 'not-in';
  const reads = memberNodes(found).length > 0 ? definitionTypes : [];
  return { parameter, modifier, terms, node: negated ? { kind: 'not', node: found } : found, reads };
}

const specialConditions: Readonly<Record<string, (value: string, context: ConditionContext) => Condition>> = {
  _list: (value, context) => listCondition(value, context, conditionOf),
  _filter: (value, context) =>
    filterCondition(value, context, conditionOf, (link, within, endOf) =>
      chainCondition(link, undefined, within, endOf),
    ),
  _text: (value) => wordsCondition('_text', 'narrative', value),
  _content: (value) => wordsCondition('_content', 'content', value),
};

/** A comma means nothing here, so there is nothing to escape. */
function wordsCondition(name: string, of: 'narrative' | 'content', value: string): Condition {
  const node: PlanNode = { kind: 'words', of, expression: wordExpression(value, name) };
  return { parameter: undefined, modifier: undefined, terms: [], node, reads: [] };
}

function splitName(name: string): { code: string; modifier: string | undefined } {
  const colon = name.indexOf(':');
  return colon < 0
    ? { code: name, modifier: undefined }
    : { code: name.slice(0, colon), modifier: name.slice(colon + 1) };
}

function planTerm(
  term: unknown,
  parameter: Parameter,
  kind: ParameterKind,
  { parameters }: ConditionContext,
): PlanNode {
  if (parameter.code === '_lastUpdated') return updatedNode(term as DateTerm);
  const node = anyOf(parameter.indexedAs.map((member) => kind.plan(term, member.name, member)));
  return parameter.type === 'token' ? inOrder(node, term as TokenTerm, parameter, parameters) : node;
}

/** The store keeps one instant, not a period: it ends a millisecond after it begins. */
function updatedNode(term: DateTerm): PlanNode {
  const atInstant = ({ column, op, value }: Comparison): Comparison => ({
    column: 'low',
    op: column === 'low' ? op : op === '>' ? '>=' : '<',
    value,
  });
  const alternatives = dateAlternatives(term);
  // What lies across the edge of the search value, the second alternative of these, no instant does.
  const possible = term.prefix === 'ge' || term.prefix === 'le' ? alternatives.slice(0, 1) : alternatives;
  return anyOf(possible.map((where) => ({ kind: 'updated', where: where.map(atInstant) })));
}

function missing(parameter: Parameter, value: string): Condition {
  if (value !== 'true' && value !== 'false') throw invalidValue(parameter, "true or false with ':missing'");
  const kept = parameter.code === '_id' || parameter.code === '_lastUpdated';
  const present: PlanNode = kept
    ? { kind: 'all' }
    : anyOf(parameter.indexedAs.map((member) => termNode(presenceTerm(member.name))));
  const node: PlanNode = value === 'false' ? present : { kind: 'not', node: present };
  return { parameter, modifier: 'missing', terms: [], node, reads: [] };
}

function requireModifier(
  modifier: string,
  parameter: Parameter,
  kind: ParameterKind,
  context: ConditionContext,
): void {
  const modifiers = modifiersOf(parameter, kind, context);
  if (modifiers.includes(modifier)) return;
  const takesType = modifiers.includes('[type]') && context.registry.isResourceType(modifier);
  if (takesType && (parameter.targets.length === 0 || parameter.targets.includes(modifier))) return;
  const general = parameter.type === 'composite' ? [] : ['missing'];
  const named = [...general, ...modifiers].map((name) =>
    name === '[type]' ? parameter.targets.join(', ') : name,
  );
  throw refuse(
    'unknown-modifier',
    `Search parameter '${parameter.code}' of type ${parameter.type} has no such modifier; it has: ${named.join(', ') || 'none'}`,
  );
}

function modifiersOf(
  parameter: Parameter,
  kind: ParameterKind,
  context: ConditionContext,
): readonly string[] {
  if (parameter.code === '_id') return ['not'];
  const inHierarchy = parameter.type === 'reference' && hierarchies(parameter, context).length > 0;
  return [...kind.modifiers, ...(kind.indexedModifiers ?? []), ...(inHierarchy ? ['above', 'below'] : [])];
}
