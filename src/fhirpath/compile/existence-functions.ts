/**
 * Functions that ask whether there is something.
 * http://hl7.org/fhirpath/#existence
 */
import { isPrimitiveType } from '../runtime/node.ts';
import { systemTypeOf } from '../runtime/types.ts';
import type { Tree } from '../tree.ts';
import { type Call, checkArguments, type FunctionTable, indexFor, scopeOf } from './call.ts';
import { capture, collect } from './capture.ts';
import { negation } from './comparison.ts';
import { booleanStream, type Item, quoted, type Stream, typedItem, type Writer } from './writer.ts';

export const existenceFunctions: FunctionTable = {
  exists: (w, call) => found(w, call, true),
  empty: (w, call) => {
    checkArguments(call, 0);
    return found(w, call, false);
  },
  not: (w, call) => {
    checkArguments(call, 0);
    return negation(w, call.input);
  },
  all,
  count,
  hasValue,
  getValue,
  subsetOf: (w, call) => subset(w, call, false),
  supersetOf: (w, call) => subset(w, call, true),
};

/** Stops at the first item. */
function found(w: Writer, call: Call, result: boolean): Stream {
  checkArguments(call, 0, 1);
  const [criteria] = call.args;
  return booleanStream(w, (target) => {
    const label = w.fresh('L');
    const counter = criteria ? indexFor(w, criteria) : { declare: '', next: '', index: undefined };
    const hit = `${target}=${result};break ${label};`;
    const body = call.input(
      (item) => (criteria ? counter.next + whenTrue(w, call, criteria, item, hit, counter.index) : hit),
      { duplicates: true },
    );
    return `${target}=${!result};${counter.declare}${label}:{${body}}`;
  });
}

function whenTrue(
  w: Writer,
  { scope }: Call,
  criteria: Tree,
  item: Item,
  then: string,
  index?: string,
): string {
  const test = w.fresh('b');
  return `let ${test};${w.boolean(criteria, scopeOf(scope, item, index), test)}if(${test}===true){${then}}`;
}

function all(w: Writer, call: Call): Stream {
  checkArguments(call, 1);
  const criteria = call.args[0]!;
  return booleanStream(w, (target) => {
    const [label, test, { declare, next, index }] = [w.fresh('L'), w.fresh('b'), indexFor(w, criteria)];
    const body = call.input(
      (item) =>
        `${next}let ${test};${w.boolean(criteria, scopeOf(call.scope, item, index), test)}` +
        `if(${test}!==true){${target}=false;break ${label};}`,
      { duplicates: true },
    );
    return `${target}=true;${declare}${label}:{${body}}`;
  });
}

function count(w: Writer, call: Call): Stream {
  checkArguments(call, 0);
  return (sink) => {
    const name = w.fresh('k');
    const body = call.input.count?.(name) ?? call.input(() => `${name}++;`);
    return `let ${name}=0;${body}${sink(typedItem('System.Integer', name))}`;
  };
}

/** https://hl7.org/fhir/R4/fhirpath.html#functions */
function hasValue(w: Writer, call: Call): Stream {
  checkArguments(call, 0);
  return booleanStream(w, (target) => {
    const { code, present, item } = capture(w, call.input, false);
    const single = present === 'true' ? 'true' : present.replace('>0', '===1');
    return `${code}${target}=${single}&&${isPrimitiveValue(w, item)};`;
  });
}

function isPrimitiveValue(w: Writer, item: Item): string {
  const primitive = new Set(item.types?.map(isPrimitiveType));
  if (primitive.size !== 1)
    return `${w.runtime('isPrimitiveType')}(${item.typeCode})&&${item.value}!==undefined`;
  return primitive.has(true) ? `${item.value}!==undefined` : 'false';
}

function getValue(w: Writer, call: Call): Stream {
  checkArguments(call, 0);
  return (sink) => {
    const { code, present, item } = capture(w, call.input, false);
    const single = present === 'true' ? 'true' : present.replace('>0', '===1');
    return `${code}if(${single}&&${isPrimitiveValue(w, item)}){${sink(systemItem(w, item))}}`;
  };
}

/** A primitive's value without what FHIR adds to it. */
function systemItem(w: Writer, item: Item): Item {
  const { value, text, many } = item;
  const types = item.types?.filter(isPrimitiveType).map(systemTypeOf);
  const typeCode = types?.length === 1 ? quoted(types[0]!) : `${w.runtime('systemTypeOf')}(${item.typeCode})`;
  return { value, element: 'undefined', types, typeCode, text, many };
}

function subset(w: Writer, call: Call, reversed: boolean): Stream {
  checkArguments(call, 1);
  return booleanStream(w, (target) => {
    const input = collect(w, call.input);
    const other = collect(w, w.stream(call.args[0]!, call.scope));
    const [inner, outer] = reversed ? [other, input] : [input, other];
    const effort = w.spend(`${inner.name}.length*${outer.name}.length`);
    return `${input.code}${other.code}${effort}${target}=${w.runtime('subsetOf')}(${inner.name},${outer.name});`;
  });
}
