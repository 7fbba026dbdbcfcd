/**
 * Expressions evaluated by fhirpath.js itself: what the compiler does not cover, and the measure it is tested against.
 */
import type { ResourceNode, UserInvocationTable } from 'fhirpath';
import type { Model } from '../fhir/model.ts';
import { namedConstant } from './constants.ts';
import type { Environment, Expression, TypedValue } from './expression.ts';
import { ExpressionFault } from './fault.ts';
import { fhirPathJs, fhirPathJsModel } from './fhirpath-js.ts';
import { weight } from './runtime/weight.ts';
import { constantNames, type Tree } from './tree.ts';

/**
 * An expression for fhirpath.js.
 * @param tree its parsed form, of which only the names of constants are read
 */
export function referenceExpression(text: string, focusType: string, model: Model, tree: Tree): Expression {
  const constants = constantNames(tree);
  let run: ReturnType<typeof compile> | undefined;
  const evaluate = (focus: TypedValue, environment: Environment): unknown[] => {
    run ??= compile(text, model.type(focusType)?.kind === 'resource' ? focusType : focus.type);
    const variables = variablesOf(constants, environment);
    const options = {
      resolveInternalTypes: false,
      userInvocationTable: functionsOf(environment),
      // What `trace()` shows may identify a patient.
      traceFn: () => {},
    };
    return run(asInput(focus), variables, options) as unknown[];
  };
  return {
    text,
    engine: 'fhirpath.js',
    values: (focus, environment) => evaluate(focus, environment).map(toTypedValue),
    test(value, type, environment, element) {
      const result = evaluate({ type, value, element }, environment);
      if (result.length > 1) throw new ExpressionFault('A single value was expected');
      const answer = result.length === 1 ? toTypedValue(result[0]).value : undefined;
      return answer !== undefined && answer !== false;
    },
  };
}

function compile(text: string, base: string) {
  return fhirPathJs().compile({ base, expression: text }, fhirPathJsModel(), {
    async: false,
    resolveInternalTypes: false,
  });
}

/**
 * A number, or a primitive with a companion, becomes a node through a parent that carries both: fhirpath.js takes nodes
 * as input, but neither of these.
 */
function asInput({ type, value, element }: TypedValue): unknown {
  if (element === undefined && typeof value !== 'number') return value;
  const key = `value${type.charAt(0).toUpperCase()}${type.slice(1)}`;
  return nodeAt({ [key]: value, [`_${key}`]: element }, 'Extension', 'value') ?? value;
}

function nodeAt(value: unknown, base: string, expression: string): unknown {
  const options = { async: false, resolveInternalTypes: false } as const;
  return fhirPathJs().evaluate(value, { base, expression }, {}, fhirPathJsModel(), options)[0];
}

function variablesOf(constants: readonly string[], environment: Environment): Record<string, unknown> {
  const variables: Record<string, unknown> = {
    resource: environment.resource.value,
    rootResource: environment.rootResource.value,
    ...environment.variables,
  };
  for (const name of constants) {
    const value = namedConstant(name);
    if (value !== undefined) variables[name] ??= value;
  }
  return variables;
}

function functionsOf(environment: Environment): UserInvocationTable {
  const ask = (question: 'memberOf' | 'conformsTo', input: readonly unknown[], url: string): boolean[] => {
    if (input.length !== 1) return [];
    const answer = environment[question]?.(toTypedValue(input[0]), url);
    return answer === undefined ? [] : [answer];
  };
  const weights = {
    arity: { 0: [] },
    fn: (input: readonly unknown[]) => input.flatMap((node) => weight(environment, toTypedValue(node)) ?? []),
  };
  return {
    weight: weights,
    ordinal: weights,
    resolve: {
      arity: { 0: [] },
      fn: (input: readonly unknown[]) =>
        input.flatMap((node) => {
          const target = environment.resolve?.(referenceOf(toTypedValue(node).value));
          return target ? [nodeAt(target.value, target.type, '$this')] : [];
        }),
    },
    memberOf: {
      arity: { 1: ['String'] },
      fn: (input: readonly unknown[], url: string) => ask('memberOf', input, url),
    },
    conformsTo: {
      arity: { 1: ['String'] },
      fn: (input: readonly unknown[], url: string) => ask('conformsTo', input, url),
    },
  };
}

function referenceOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const reference = (value as { reference?: unknown } | undefined)?.reference;
  return typeof reference === 'string' ? reference : '';
}

function toTypedValue(item: unknown): TypedValue {
  const type = fhirPathJs().types([item])[0] ?? '';
  if (isNode(item)) {
    const { path, data, _data } = item;
    const own = type.replace(/^FHIR\./, '');
    const structural = own === 'BackboneElement' || own === 'Element';
    return {
      type: structural && path?.includes('.') ? path : own,
      value: plain(data),
      ...(_data === null ? {} : { element: _data }),
    };
  }
  if (type === 'System.Quantity') {
    const { value, unit } = item as { value: unknown; unit: string };
    return { type, value: { value: plain(value), unit: unit.replace(/^'(.*)'$/, '$1') } };
  }
  return { type, value: plain(item) };
}

function isNode(item: unknown): item is ResourceNode {
  return typeof item === 'object' && item !== null && 'fhirNodeDataType' in item;
}

/** Numbers, dates and times as JSON has them. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  return Object.getPrototypeOf(value) === Object.prototype ? value : fhirPathJs().resolveInternalTypes(value);
}
