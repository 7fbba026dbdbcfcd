/**
 * Arithmetic operators. What is known to be whole is added by JavaScript itself, the rest exactly at run time.
 * http://hl7.org/fhirpath/#math
 */

import { familyOf } from '../runtime/node.ts';
import type { Tree } from '../tree.ts';
import { capture } from './capture.ts';
import {
  type Item,
  nodeOf,
  onlyType,
  optionalNodeStream,
  type Scope,
  type Stream,
  typedItem,
  type Writer,
} from './writer.ts';

const runtimeNames: Readonly<Record<string, string>> = {
  '+': 'plus',
  '-': 'minus',
  '*': 'times',
  '/': 'dividedBy',
  div: 'wholeQuotient',
  mod: 'remainder',
};

export function arithmetic(
  w: Writer,
  [left, right]: readonly [Tree, Tree],
  scope: Scope,
  operator: string,
): Stream {
  return (sink) => {
    const a = capture(w, w.stream(left, scope));
    const b = capture(w, w.stream(right, scope));
    const result = w.fresh('v');
    const whole = isWhole(a.item) && isWhole(b.item) && (operator === '+' || operator === '-');
    const body = whole
      ? `const ${result}=${a.item.value}${operator}${b.item.value};if(${result}===(${result}|0)){${sink(typedItem('System.Integer', result))}}`
      : optionalNodeStream(
          w,
          `${w.runtime(runtimeNames[operator]!)}(${nodeOf(w, a.item)},${nodeOf(w, b.item)})`,
        )(sink);
    const effort = w.spend(`${sizeOf(w, a.item)}+${sizeOf(w, b.item)}`);
    return `${a.code}${b.code}if(${a.present}&&${b.present}){${effort}${body}}`;
  };
}

/** Texts may double with each step of an aggregate, so their length counts against the budget. */
function sizeOf(w: Writer, item: Item): string {
  return w.spend() === '' ? '' : `${w.runtime('sizeOf')}(${item.value})`;
}

/** A sum of two integers is exact; out of their range it is empty. */
function isWhole(item: Item): boolean {
  return onlyType(item) === 'System.Integer';
}

/** `&`: what is absent is an empty text. */
export function concatenation(w: Writer, [left, right]: readonly [Tree, Tree], scope: Scope): Stream {
  return (sink) => {
    const parts = [left, right].map((tree) => capture(w, w.stream(tree, scope)));
    const texts = parts.map(({ present, item }) => {
      const text = item.types?.every((type) => familyOf(type) === 'string');
      const value = text ? item.value : `${w.runtime('stringOf')}(${nodeOf(w, item)})`;
      return `(${present}?${value}??"":"")`;
    });
    const result = w.fresh('v');
    const code = parts.map((part) => part.code).join('');
    const effort = w.spend(`${result}.length`);
    return `${code}const ${result}=${texts.join('+')};${effort}${sink(typedItem('System.String', result))}`;
  };
}

/** A sign before a value. */
export function polarity(w: Writer, input: Stream, sign: string): Stream {
  return (sink) => {
    const { code, present, item } = capture(w, input);
    const run = `${w.runtime(sign === '-' ? 'negated' : 'signed')}(${nodeOf(w, item)})`;
    return `${code}if(${present}){${optionalNodeStream(w, run)(sink)}}`;
  };
}
