/**
 * Functions that pick, project and order items.
 * http://hl7.org/fhirpath/#filtering-and-projection and http://hl7.org/fhirpath/#subsetting
 */
import type { SortKey } from '../runtime/ordering.ts';
import type { Tree } from '../tree.ts';
import { type Call, checkArguments, type FunctionTable, indexFor, scopeOf } from './call.ts';
import { type Collected, capture, collect } from './capture.ts';
import {
  collectionStream,
  nodeItem,
  nodeOf,
  onlyType,
  type Sink,
  type Stream,
  type Writer,
} from './writer.ts';

export const filteringFunctions: FunctionTable = {
  where,
  select,
  repeat,
  repeatAll: repeat,
  aggregate,
  iif,
  coalesce,
  sort,
  first: (w, call) => {
    checkArguments(call, 0);
    return firstOf(w, call.input);
  },
  tail: (w, call) => {
    checkArguments(call, 0);
    return skipped(w, call.input, '1');
  },
  last,
  skip: (w, call) => withCount(w, call, skipped),
  take: (w, call) => withCount(w, call, taken),
  trace,
  extension,
};

function where(w: Writer, call: Call): Stream {
  checkArguments(call, 1);
  const criteria = call.args[0]!;
  return (sink, hints) => {
    const { declare, next, index } = indexFor(w, criteria);
    const body = call.input((item) => {
      const test = w.fresh('b');
      const code = w.boolean(criteria, scopeOf(call.scope, item, index), test);
      return `${next}let ${test};${code}if(${test}===true){${sink(item)}}`;
    }, hints);
    return declare + body;
  };
}

function select(w: Writer, call: Call): Stream {
  checkArguments(call, 1);
  const projection = call.args[0]!;
  return (sink, hints) => {
    const { declare, next, index } = indexFor(w, projection);
    const body = call.input((item) => {
      const each: Sink = (one) => sink({ ...one, many: one.many || item.many });
      return next + w.stream(projection, scopeOf(call.scope, item, index))(each, hints);
    });
    return declare + body;
  };
}

/** A function of one node, of one of the types, that gives the nodes of a projection. */
function projector(
  w: Writer,
  { scope }: Call,
  projection: Tree,
  types: readonly string[] | undefined,
): Collected {
  const [name, node] = [w.fresh('f'), w.fresh('n')];
  const found = collect(w, w.stream(projection, scopeOf(scope, nodeItem(node, types, false))));
  const code = `const ${name}=(${node})=>{${w.spend()}${found.code}return ${found.name};};`;
  return { code, name, types: found.types };
}

/** Types that come to light one after another; beyond so many they are left to the run. */
const repetitions = 4;

/** What a projection gives that is applied to what it gives: the types of the one are those of the other. */
function repeatedProjector(
  w: Writer,
  call: Call,
  projection: Tree,
  start: readonly string[] | undefined,
): Collected {
  // An element that the first of the types lacks may be one of those that come after it.
  const finder = w.lenient();
  let types = start;
  for (let round = 0; types !== undefined && round < repetitions; round++) {
    const found = projector(finder, call, projection, types);
    if (found.types?.every((type) => types?.includes(type)))
      return w.strict ? projector(w, call, projection, types) : found;
    types = found.types && [...new Set([...types, ...found.types])];
  }
  return { ...projector(w, call, projection, undefined), types: undefined };
}

/** `repeat()` and `repeatAll()` */
function repeat(w: Writer, call: Call): Stream {
  checkArguments(call, 1);
  return (sink) => {
    const input = collect(w, call.input);
    const project = repeatedProjector(w, call, call.args[0]!, input.types);
    const result = w.fresh('c');
    const run = `const ${result}=${w.runtime(call.name)}(${input.name},${project.name});`;
    return input.code + project.code + run + collectionStream(w, result, project.types)(sink);
  };
}

/** http://hl7.org/fhirpath/#aggregates */
function aggregate(w: Writer, call: Call): Stream {
  checkArguments(call, 1, 2);
  const [aggregator, initial] = call.args as [Tree, Tree | undefined];
  return (sink) => {
    const total = w.fresh('c');
    const start = initial ? collect(w, w.stream(initial, call.scope)) : { code: '', name: '[]' };
    const { declare, next, index } = indexFor(w, aggregator);
    const body = call.input((item) => {
      const scope = { ...scopeOf(call.scope, item, index), total: collectionStream(w, total) };
      const step = collect(w, w.stream(aggregator, scope));
      return `${next}${step.code}${total}=${step.name};`;
    });
    return `${start.code}let ${total}=${start.name};${declare}${body}${collectionStream(w, total)(sink)}`;
  };
}

/** http://hl7.org/fhirpath/#iifcriterion-expression-true-result-collection-otherwise-result-collection-collection */
function iif(w: Writer, call: Call): Stream {
  checkArguments(call, 2, 3);
  const [criterion, then, otherwise] = call.args as [Tree, Tree, Tree | undefined];
  const branches = (scope: Call['scope'], sink: Sink): string => {
    const test = w.fresh('b');
    const rest = otherwise ? `else{${w.stream(otherwise, scope)(sink)}}` : '';
    return `let ${test};${w.boolean(criterion, scope, test)}if(${test}===true){${w.stream(then, scope)(sink)}}${rest}`;
  };
  if (call.head) return (sink) => branches(call.scope, sink);
  return (sink) => {
    const input = collect(w, call.input);
    const single = `if(${input.name}.length>1)${w.runtime('notSingle')}();`;
    const scope = { ...call.scope, this: collectionStream(w, input.name, input.types) };
    return input.code + single + branches(scope, sink);
  };
}

/** The first argument that gives something. */
function coalesce(w: Writer, call: Call): Stream {
  checkArguments(call, 1, Number.POSITIVE_INFINITY);
  return (sink) => {
    const label = w.fresh('L');
    const tries = call.args.map((arg) => {
      const { code, name } = collect(w, w.stream(arg, call.scope));
      const hit = `if(${name}.length>0){${collectionStream(w, name)(sink)}break ${label};}`;
      return `{${code}${hit}}`;
    });
    return `${label}:{${tries.join('')}}`;
  };
}

function sort(w: Writer, call: Call): Stream {
  return (sink) => {
    const input = collect(w, call.input);
    const keys = call.args.map((argument) => sortKey(w, call, argument, input.types));
    const list = keys.length > 0 ? keys : [{ code: '', key: '{keys:(n)=>n,descending:false}' }];
    const result = w.fresh('c');
    const run = `const ${result}=${w.runtime('sort')}(${input.name},[${list.map(({ key }) => key).join(',')}]);`;
    return (
      input.code +
      list.map(({ code }) => code).join('') +
      run +
      collectionStream(w, result, input.types)(sink)
    );
  };
}

/** The sign in `sort(-age)` orders texts and dates as well, so it is no negation. */
function sortKey(
  w: Writer,
  call: Call,
  argument: Tree,
  types: readonly string[] | undefined,
): { code: string; key: string } {
  const wrapped = argument.type === 'SortDirectionArgument' || argument.type === 'SortArgument';
  const tree = wrapped ? argument.children![0]! : argument;
  const minus = tree.type === 'PolarityExpression' && tree.text === '-';
  const [name, node] = [w.fresh('f'), w.fresh('n')];
  const stream = w.stream(
    minus ? tree.children![0]! : tree,
    scopeOf(call.scope, nodeItem(node, types, false)),
  );
  const { code, present, item } = capture(w, stream);
  const descending: SortKey['descending'] = minus !== (argument.direction === 'desc');
  const body = `${code}return ${present}?${nodeOf(w, item)}:undefined;`;
  return { code: `const ${name}=(${node})=>{${body}};`, key: `{keys:${name},descending:${descending}}` };
}

/** Nothing is logged: it may identify a patient. Names that the projection gets wrong are faults all the same. */
function trace(w: Writer, call: Call): Stream {
  checkArguments(call, 1, 2);
  const projection = call.args[1];
  if (!projection || !w.strict) return call.input;
  return (sink, hints) => {
    call.input((item) => w.stream(projection, scopeOf(call.scope, item, 'i'))(() => ''));
    return call.input(sink, hints);
  };
}

function firstOf(w: Writer, input: Stream): Stream {
  return (sink, hints) => {
    const label = w.fresh('L');
    const body = input(
      (item) => {
        return `${sink({ ...item, many: false })}break ${label};`;
      },
      { accepts: hints?.accepts },
    );
    return `${label}:{${body}}`;
  };
}

function last(w: Writer, call: Call): Stream {
  checkArguments(call, 0);
  return (sink) => {
    const { code, present, item } = capture(w, call.input, false);
    return `${code}if(${present}){${sink(item)}}`;
  };
}

type Subset = (w: Writer, input: Stream, count: string) => Stream;

function skipped(w: Writer, input: Stream, count: string): Stream {
  return (sink) => {
    const i = w.fresh('i');
    return `let ${i}=0;${input((item) => `if(${i}++>=${count}){${sink(item)}}`)}`;
  };
}

function taken(w: Writer, input: Stream, count: string): Stream {
  return (sink) => {
    const [i, label] = [w.fresh('i'), w.fresh('L')];
    const body = input((item) => `if(${i}++>=${count})break ${label};${sink(item)}`);
    return `let ${i}=0;${label}:{${body}}`;
  };
}

function withCount(w: Writer, call: Call, subset: Subset): Stream {
  checkArguments(call, 1);
  return (sink) => {
    const { code, present, value } = integerIn(w, w.stream(call.args[0]!, call.scope));
    return `${code}if(${present}){${subset(w, call.input, value)(sink)}}`;
  };
}

/** The integer of a stream, which must not hold anything else. */
function integerIn(w: Writer, stream: Stream): { code: string; present: string; value: string } {
  const { code, present, item } = capture(w, stream);
  if (onlyType(item) === 'System.Integer') return { code, present, value: item.value };
  const value = w.fresh('v');
  const checked = `const ${value}=${present}?${w.runtime('integerOf')}(${nodeOf(w, item)}):undefined;`;
  return { code: code + checked, present: `${value}!==undefined`, value };
}

/** `[n]` */
export function itemAt(w: Writer, input: Stream, position: Stream): Stream {
  return (sink) => {
    const { code, present, value } = integerIn(w, position);
    const [i, label] = [w.fresh('i'), w.fresh('L')];
    const body = input((one) => `if(${i}++===${value}){${sink({ ...one, many: false })}break ${label};}`);
    return `${code}if(${present}){let ${i}=0;${label}:{${body}}}`;
  };
}

/** https://hl7.org/fhir/R4/fhirpath.html#functions */
function extension(w: Writer, call: Call): Stream {
  checkArguments(call, 1);
  return (sink) => {
    const { code, present, item } = capture(w, w.stream(call.args[0]!, call.scope));
    const found = w.member(
      call.input,
      'extension',
    )((one) => {
      return `if(${one.value}.url===${item.value}){${sink(one)}}`;
    });
    return `${code}if(${present}){${found}}`;
  };
}
