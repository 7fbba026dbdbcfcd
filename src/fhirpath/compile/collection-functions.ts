/**
 * Functions that need whole collections, and those that ask the surroundings.
 * http://hl7.org/fhirpath/#combining and https://hl7.org/fhir/R4/fhirpath.html#functions
 */
import { aggregates } from '../runtime/collections.ts';
import { type Call, checkArguments, type FunctionCompiler, type FunctionTable } from './call.ts';
import { capture, collect } from './capture.ts';
import { sameItem } from './comparison.ts';
import {
  booleanStream,
  collectionStream,
  nodeItem,
  nodeOf,
  optionalNodeStream,
  type Sink,
  type Stream,
  typedItem,
  type Writer,
} from './writer.ts';

/** `a | b` and the functions that combine their input with another collection. */
export function combined(w: Writer, a: Stream, b: Stream, operator: string): Stream {
  return (sink, hints) => {
    if (operator === 'union' && hints?.duplicates) return `{${a(sink, hints)}}{${b(sink, hints)}}`;
    if (operator === 'intersect' && hints?.duplicates) return common(w, a, b)(sink, hints);
    const inner = operator === 'exclude' || operator === 'intersect' ? undefined : hints?.accepts;
    const [x, y] = [collect(w, a, { accepts: inner }), collect(w, b, { accepts: inner })];
    const result = w.fresh('c');
    const types = x.types && y.types ? [...new Set([...x.types, ...y.types])] : undefined;
    const effort = w.spend(`${x.name}.length*${y.name}.length`);
    const run = `const ${result}=${w.runtime(operator)}(${x.name},${y.name});`;
    return x.code + y.code + effort + run + collectionStream(w, result, types)(sink);
  };
}

/** Items of one stream that another has as well; the other is walked again for each, so nothing is collected. */
function common(w: Writer, a: Stream, b: Stream): Stream {
  return (sink, hints) =>
    a((item) => {
      const label = w.fresh('L');
      const body = b((other) => `if(${sameItem(w, item, other)}===true){${sink(item)}break ${label};}`, {
        duplicates: true,
      });
      return `${label}:{${body}}`;
    }, hints);
}

function combining(operator: string): FunctionCompiler {
  return (w, call) => {
    checkArguments(call, 1);
    return combined(w, call.input, w.stream(call.args[0]!, call.scope), operator);
  };
}

function combine(w: Writer, call: Call): Stream {
  checkArguments(call, 1);
  const other = w.stream(call.args[0]!, call.scope);
  return (sink, hints) => {
    const each = (stream: Stream) => `{${stream((item) => sink({ ...item, many: true }), hints)}}`;
    return each(call.input) + each(other);
  };
}

function distinct(w: Writer, call: Call): Stream {
  checkArguments(call, 0);
  return (sink, hints) => {
    if (hints?.duplicates) return call.input(sink, hints);
    const { code, name, types } = collect(w, call.input);
    const result = w.fresh('c');
    const run = `const ${result}=${w.runtime('distinct')}(${name});`;
    return code + w.spend(`${name}.length*${name}.length`) + run + collectionStream(w, result, types)(sink);
  };
}

function aggregate(name: string): FunctionCompiler {
  return (w, call) => {
    checkArguments(call, 0);
    return (sink) => {
      const input = collect(w, call.input);
      const run = `${w.runtime(`aggregate.${name}`)}(${input.name})`;
      const effort = name === 'isDistinct' ? w.spend(`${input.name}.length*${input.name}.length`) : '';
      return input.code + effort + optionalNodeStream(w, run, aggregateTypes(name, input.types))(sink);
    };
  };
}

function aggregateTypes(name: string, input: readonly string[] | undefined): readonly string[] | undefined {
  if (/^(is|all|any)[A-Z]/.test(name)) return ['System.Boolean'];
  return name === 'sum' || name === 'avg' ? undefined : input;
}

/** `children()` and `descendants()` of each item. */
function navigation(name: string): FunctionCompiler {
  return (w, call) => {
    checkArguments(call, 0);
    const stream = (sink: Sink) =>
      call.input((item) => {
        const found = w.fresh('c');
        const run = `const ${found}=${w.runtime(name)}(${nodeOf(w, item)});`;
        return run + w.spend(`${found}.length`) + collectionStream(w, found)(sink);
      });
    if (name !== 'children') return stream;
    const count = (target: string) =>
      call.input((item) => `${target}+=${w.runtime('countChildren')}(${item.value},${item.element});`);
    return Object.assign(stream, { count });
  };
}

function join(w: Writer, call: Call): Stream {
  checkArguments(call, 0, 1);
  return (sink) => {
    const input = collect(w, call.input);
    const separator = call.args[0]
      ? capture(w, w.stream(call.args[0], call.scope))
      : { code: '', present: 'true', item: typedItem('System.String', '""') };
    const run = `${w.runtime('join')}(${input.name},${separator.item.value})`;
    const body = optionalNodeStream(w, run, ['System.String'])(sink);
    return `${input.code}${separator.code}if(${input.name}.length>0&&${separator.present}){${body}}`;
  };
}

function resolve(w: Writer, call: Call): Stream {
  checkArguments(call, 0);
  return (sink) =>
    call.input((item) => {
      const node = w.fresh('n');
      const run = `const ${node}=${w.runtime('resolve')}(env,${item.value});`;
      return `${run}if(${node}!==undefined){${sink(nodeItem(node, undefined, item.many))}}`;
    });
}

/** `weight()` and its older name `ordinal()`: the score of each answer that has one. */
function weight(w: Writer, call: Call): Stream {
  checkArguments(call, 0);
  return (sink) =>
    call.input((item) => {
      const value = w.fresh('v');
      const run = `const ${value}=${w.runtime('weight')}(env,${nodeOf(w, item)});`;
      return `${run}if(${value}!==undefined){${sink(typedItem('System.Decimal', value, item.many))}}`;
    });
}

/** `memberOf()` and `conformsTo()`: empty when it cannot be known. */
function question(name: 'memberOf' | 'conformsTo'): FunctionCompiler {
  return (w, call) => {
    checkArguments(call, 1);
    return booleanStream(w, (target) => {
      const input = capture(w, call.input, false);
      const url = capture(w, w.stream(call.args[0]!, call.scope));
      const ask = `${target}=env.${name}?.(${nodeOf(w, input.item)},${url.item.value});`;
      const single = input.present === 'true' ? 'true' : input.present.replace('>0', '===1');
      return `${input.code}${url.code}if(${single}&&${url.present}){${ask}}`;
    });
  };
}

/** https://hl7.org/fhir/R4/fhirpath.html#functions and https://hl7.org/fhir/R4/narrative.html#rules */
function htmlChecks(w: Writer, call: Call): Stream {
  checkArguments(call, 0);
  return booleanStream(w, (target) => {
    const { code, present, item } = capture(w, call.input);
    return `${code}if(${present})${target}=${w.runtime('htmlChecks')}(${item.value});`;
  });
}

function clock(name: string, type: string): FunctionCompiler {
  return (w, call) => {
    checkArguments(call, 0);
    return (sink) => {
      const value = w.fresh('v');
      return `const ${value}=${w.runtime(name)}(env);${sink(typedItem(type, value))}`;
    };
  };
}

export const collectionFunctions: FunctionTable = {
  ...Object.fromEntries(Object.keys(aggregates).map((name) => [name, aggregate(name)])),
  union: combining('union'),
  intersect: combining('intersect'),
  exclude: combining('exclude'),
  combine,
  distinct,
  join,
  children: navigation('children'),
  descendants: navigation('descendants'),
  resolve,
  weight,
  ordinal: weight,
  memberOf: question('memberOf'),
  conformsTo: question('conformsTo'),
  htmlChecks,
  now: clock('now', 'System.DateTime'),
  today: clock('today', 'System.Date'),
  timeOfDay: clock('timeOfDay', 'System.Time'),
};
