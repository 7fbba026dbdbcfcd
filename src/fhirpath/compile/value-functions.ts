/**
 * Functions of one value: texts, numbers, conversions, boundaries. An absent argument makes the result empty.
 * http://hl7.org/fhirpath/#functions
 */
import { ExpressionFault } from '../fault.ts';
import { conversions } from '../runtime/conversion.ts';
import { isLinear } from '../runtime/linear-pattern.ts';
import { mathFunctions } from '../runtime/math.ts';
import { familyOf, isDecimal } from '../runtime/node.ts';
import { mayExplode } from '../runtime/regular-expression.ts';
import { type StringFunction, stringFunctions, type TextType } from '../runtime/strings.ts';
import type { Tree } from '../tree.ts';
import { type Call, checkArguments, type FunctionCompiler, type FunctionTable } from './call.ts';
import { type Captured, capture } from './capture.ts';
import { literalItem } from './literal.ts';
import {
  booleanStream,
  eachOf,
  type Item,
  nodeOf,
  optionalNodeStream,
  type Stream,
  typedItem,
  type Writer,
} from './writer.ts';

/** Functions whose first parameter is a regular expression. */
const patternFunctions: ReadonlySet<string> = new Set(['matches', 'matchesFull', 'replaceMatches']);

function stringFunction(name: string, definition: StringFunction): FunctionCompiler {
  return (w, call) => {
    checkArguments(call, definition.required, definition.parameters.length);
    if (patternFunctions.has(name)) checkPattern(w, call);
    const input = textOf(w, name, call.input, 'String');
    const args = call.args.map((arg, i) => argument(w, call, name, arg, definition.parameters[i]!));
    const code = args.map((arg) => arg.code).join('');
    // A parameter that may be left out may be empty as well.
    const needed = [input, ...args.slice(0, definition.required)];
    const ready = needed.map(({ ready }) => ready).join('&&');
    const apply = `${w.runtime(`text.${name}`)}(${[input, ...args].map(({ value }) => value).join(',')})`;
    if (definition.result === 'Boolean') {
      return booleanStream(w, (target) => `${input.code}${code}if(${ready})${target}=${apply};`);
    }
    return (sink) => {
      const result = w.fresh('v');
      const effort = effortOf(w, name, [input, ...args]);
      return `${input.code}${code}if(${ready}){${effort}${results(w, definition.result, result, apply, sink)}}`;
    };
  };
}

/** A substitution may come once for each character of the text. */
function effortOf(w: Writer, name: string, texts: readonly Text[]): string {
  if (w.spend() === '') return '';
  const factors = name.startsWith('replace') ? [texts[0]!, texts[2]!] : [texts[0]!];
  return w.spend(factors.map(({ value }) => `(1+${w.runtime('sizeOf')}(${value}))`).join('*'));
}

function results(
  w: Writer,
  type: TextType,
  name: string,
  apply: string,
  sink: (item: Item) => string,
): string {
  if (type === 'Strings') {
    return eachOf(w, apply, name, `${w.spend()}${sink(typedItem('System.String', name, true))}`);
  }
  return `const ${name}=${apply};if(${name}!==undefined){${sink(typedItem(`System.${type}`, name))}}`;
}

/** Where the budget of a run is limited, the pattern must be known, and harmless or searched for in linear time. */
function checkPattern(w: Writer, { name, args }: Call): void {
  if (w.spend() === '') return;
  const literal = literalItem(w, args[0]!);
  const pattern = literal && (JSON.parse(literal.value) as string);
  const isSearched = name !== 'replaceMatches' && args.length === 1;
  if (pattern === undefined || (mayExplode(pattern) && !(isSearched && isLinear(pattern)))) {
    throw new ExpressionFault('The regular expression may take too long');
  }
}

interface Text {
  readonly code: string;
  /** JavaScript for whether the value is there. */
  readonly ready: string;
  readonly value: string;
}

/** A single text or whole number as a plain JavaScript value. */
function textOf(w: Writer, name: string, stream: Stream, type: 'String' | 'Integer'): Text {
  const { code, present, item } = capture(w, stream);
  const [family, check] = type === 'String' ? ['string', 'stringOf'] : ['number', 'integerOf'];
  const fits = (one: string): boolean => familyOf(one) === family && !isDecimal({ type: one });
  if (item.types?.every(fits)) {
    const literal = present === 'true' && /^["\d]/.test(item.value);
    return { code, ready: literal ? 'true' : `typeof ${item.value}==='${family}'`, value: item.value };
  }
  if (w.strict && item.types?.length && !item.types.some(fits)) {
    throw new ExpressionFault(`${name}() does not apply to ${item.types.join(', ')}`);
  }
  const value = w.fresh('v');
  const checked = `const ${value}=${present}?${w.runtime(check)}(${nodeOf(w, item)}):undefined;`;
  return { code: code + checked, ready: `${value}!==undefined`, value };
}

function argument(w: Writer, call: Call, name: string, tree: Tree, type: 'String' | 'Integer'): Text {
  return textOf(w, name, w.stream(tree, call.scope), type);
}

/** The input and the arguments as nodes; empty when one of them is. */
function onNodes(
  w: Writer,
  call: Call,
  apply: (nodes: readonly string[]) => string,
  types?: readonly string[],
): Stream {
  return (sink) => {
    const parts: Captured[] = [call.input, ...call.args.map((arg) => w.stream(arg, call.scope))].map(
      (stream) => capture(w, stream),
    );
    const code = parts.map((part) => part.code).join('');
    const ready = parts.map(({ present, item }) => `${present}&&${item.value}!==undefined`).join('&&');
    const result = apply(parts.map(({ item }) => nodeOf(w, item)));
    return `${code}if(${ready}){${optionalNodeStream(w, result, types)(sink)}}`;
  };
}

function mathFunction(name: string, least: number, most: number): FunctionCompiler {
  return (w, call) => {
    checkArguments(call, least, most);
    return onNodes(w, call, (nodes) => `${w.runtime(`math.${name}`)}(${nodes.join(',')})`);
  };
}

function conversion(name: string): FunctionCompiler {
  return (w, call) => {
    checkArguments(call, 0, name === 'Quantity' ? 1 : 0);
    return onNodes(w, call, (nodes) => `${w.runtime(`to.${name}`)}(${nodes.join(',')})`, [`System.${name}`]);
  };
}

function convertsTo(name: string): FunctionCompiler {
  return (w, call) =>
    booleanStream(w, (target) => {
      const { code, present, item } = capture(w, call.input);
      const converted = conversion(name)(w, { ...call, input: (sink) => sink(item) });
      const body = `${target}=false;${converted(() => `${target}=true;`)}`;
      return `${code}if(${present}&&${item.value}!==undefined){${body}}`;
    });
}

function boundaryFunction(high: boolean): FunctionCompiler {
  return (w, call) => {
    checkArguments(call, 0, 1);
    return onNodes(w, call, ([node, digits]) => {
      const precision = digits === undefined ? 'undefined' : `${w.runtime('integerOf')}(${digits})`;
      return `${w.runtime('boundary')}(${node},${precision},${high})`;
    });
  };
}

function precision(w: Writer, call: Call): Stream {
  checkArguments(call, 0);
  return onNodes(w, call, ([node]) => `${w.runtime('precisionOf')}(${node})`, ['System.Integer']);
}

function comparable(w: Writer, call: Call): Stream {
  checkArguments(call, 1);
  const types = ['System.Boolean'];
  return onNodes(w, call, ([a, b]) => `${w.runtime('comparable')}(${a},${b})`, types);
}

const names = Object.keys(conversions);

export const valueFunctions: FunctionTable = {
  ...Object.fromEntries(
    Object.entries(stringFunctions).map(([name, definition]) => [name, stringFunction(name, definition)]),
  ),
  ...Object.fromEntries(
    Object.entries(mathFunctions).map(([name, [least, most]]) => [name, mathFunction(name, least, most)]),
  ),
  ...Object.fromEntries(names.map((name) => [`to${name}`, conversion(name)])),
  ...Object.fromEntries(names.map((name) => [`convertsTo${name}`, convertsTo(name)])),
  lowBoundary: boundaryFunction(false),
  highBoundary: boundaryFunction(true),
  precision,
  comparable,
};
