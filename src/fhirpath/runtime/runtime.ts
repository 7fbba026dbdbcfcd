/** What compiled expressions call, by name. */
import type { Model } from '../../fhir/model.ts';
import type { Environment } from '../expression.ts';
import { ExpressionFault } from '../fault.ts';
import { dividedBy, minus, negated, plus, remainder, signed, times, wholeQuotient } from './arithmetic.ts';
import { boundary, precisionOf } from './boundaries.ts';
import {
  aggregates,
  distinct,
  exclude,
  intersect,
  join,
  repeat,
  repeatAll,
  subsetOf,
  union,
} from './collections.ts';
import { conversions } from './conversion.ts';
import { compareDateTimes } from './date-time.ts';
import { equal, equalItems, equalJson, equivalent } from './equality.ts';
import { htmlChecks } from './html-checks.ts';
import { mathFunctions } from './math.ts';
import { countChildren, createNavigation, list, resourceTypeOf } from './navigation.ts';
import { booleanNode, isDecimal, isPrimitiveType, type Node, toNode, untypedNode } from './node.ts';
import { compare, sort } from './ordering.ts';
import { inOneUnit, quantityOf } from './quantity.ts';
import { stringFunctions } from './strings.ts';
import { convertsToType, isOfType, systemTypeOf, type TypeSpecifier } from './types.ts';
import { weight } from './weight.ts';

export type Runtime = Readonly<Record<string, unknown>>;

export function createRuntime(model: Model): Runtime {
  return {
    ...createNavigation(model),
    isA: (type: string, ancestor: string) => model.isA(type, ancestor),
    isOfType: (type: string, specifier: TypeSpecifier) => isOfType(type, specifier, model),
    convertsToType: (type: string, specifier: TypeSpecifier) => convertsToType(type, specifier, model),
    systemTypeOf,
    typeInfo,
    list,
    countChildren,
    resourceTypeOf,
    toNode,
    isPrimitiveType,
    notSingle,
    overspent,
    sizeOf,
    stringOf,
    integerOf,
    equal,
    equalItems,
    equalJson,
    equivalent,
    compare,
    compareDateTimes,
    sort,
    comparable,
    plus,
    minus,
    times,
    dividedBy,
    wholeQuotient,
    remainder,
    negated,
    signed,
    boundary,
    precisionOf,
    union,
    intersect,
    exclude,
    distinct,
    subsetOf,
    repeat,
    repeatAll,
    join,
    resolve,
    weight,
    variable,
    htmlChecks,
    now: (environment: Environment) => isoNow(environment),
    today: (environment: Environment) => isoNow(environment).slice(0, 10),
    timeOfDay: (environment: Environment) => isoNow(environment).slice(11, 23),
    ...prefixed('aggregate', aggregates),
    ...prefixed('to', conversions),
    ...prefixed('text', applied(stringFunctions)),
    ...prefixed(
      'math',
      Object.fromEntries(Object.entries(mathFunctions).map(([name, row]) => [name, row[2]])),
    ),
  };
}

function applied(table: typeof stringFunctions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).map(([name, { apply }]) => [name, apply]));
}

function prefixed(prefix: string, table: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [`${prefix}.${name}`, value]));
}

function notSingle(): never {
  throw new ExpressionFault('A single value was expected');
}

function overspent(): never {
  throw new ExpressionFault('The expression takes too long');
}

function stringOf({ type, value }: Node): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new ExpressionFault(`A string was expected, not ${type}`);
}

/** Decimals are not converted to integers, not even whole ones. */
function integerOf(node: Node): number | undefined {
  const { type, value } = node;
  if (value === undefined || (typeof value === 'number' && !isDecimal(node))) return value;
  throw new ExpressionFault(`An integer was expected, not ${type}`);
}

function typeInfo(type: string): { namespace: string; name: string } {
  return type.startsWith('System.')
    ? { namespace: 'System', name: type.slice(7) }
    : { namespace: 'FHIR', name: type };
}

/** Length of a text, or one. */
function sizeOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 1;
}

function comparable(a: Node, b: Node): Node {
  const [left, right] = [quantityOf(a), quantityOf(b)];
  return booleanNode(left !== undefined && right !== undefined && Array.isArray(inOneUnit(left, right)));
}

/** @param target a Reference, or the text of a URI */
function resolve(environment: Environment, target: unknown): Node | undefined {
  const reference =
    typeof target === 'string' ? target : (target as { reference?: unknown } | undefined)?.reference;
  return typeof reference === 'string' ? environment.resolve?.(reference) : undefined;
}

function variable({ variables }: Environment, name: string): readonly Node[] {
  if (!variables || !Object.hasOwn(variables, name)) {
    throw new ExpressionFault(`There is no variable %${name}`);
  }
  return list(variables[name]).map((value) => (isTyped(value) ? value : untypedNode(value)));
}

function isTyped(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'value' in value;
}

function isoNow({ now }: Environment): string {
  return new Date(now ?? Date.now()).toISOString();
}
