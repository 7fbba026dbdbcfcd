/**
 * Equality, order and membership.
 * http://hl7.org/fhirpath/#equality, http://hl7.org/fhirpath/#comparison and http://hl7.org/fhirpath/#collections-2
 */
import { type Family, familyOf, isSystemType } from '../runtime/node.ts';
import type { Tree } from '../tree.ts';
import { assignBoolean, capture, collect, mayRepeat } from './capture.ts';
import { literalItem } from './literal.ts';
import { booleanStream, type Item, nodeOf, type Scope, type Stream, type Writer } from './writer.ts';

const simple: ReadonlySet<Family> = new Set<Family>(['string', 'number', 'boolean']);

/** The family that all types of an item belong to; undefined when they differ or are not known. */
function commonFamily({ types }: Item): Family | undefined {
  const families = new Set(types?.map(familyOf));
  return families.size === 1 ? [...families][0] : undefined;
}

/** `=` and `!=` */
export function equality(
  w: Writer,
  [left, right]: readonly [Tree, Tree],
  scope: Scope,
  unequal: boolean,
): Stream {
  return booleanStream(w, (target) => {
    const [a, b] = [w.stream(left, scope), w.stream(right, scope)];
    const code =
      literalEquality(w, a, literalItem(w, right), target) ??
      literalEquality(w, b, literalItem(w, left), target) ??
      booleanEquality(w, a, b, target) ??
      generalEquality(w, a, b, target);
    return unequal ? `${code}if(${target}!==undefined)${target}=!${target};` : code;
  });
}

/** Compared with a literal: each item as it comes; a second item makes it false. */
function literalEquality(
  w: Writer,
  stream: Stream,
  literal: Item | undefined,
  target: string,
): string | undefined {
  if (!literal) return undefined;
  const count = w.fresh('k');
  let counted = false;
  const body = stream((item) => {
    const same = sameItem(w, item, literal);
    if (!item.many) return `${target}=${same};`;
    counted = true;
    return `${target}=++${count}===1&&${same};`;
  });
  return counted ? `let ${count}=0;${body}` : body;
}

/** JavaScript for the equality of two items; where one is of FHIRPath's own types, companions do not count. */
export function sameItem(w: Writer, a: Item, b: Item): string {
  const [left, right] = [commonFamily(a), commonFamily(b)];
  const plain = [a, b].some(({ types }) => types?.every(isSystemType));
  if (plain && left !== undefined && right !== undefined && simple.has(left) && simple.has(right)) {
    return left === right ? `${a.value}===${b.value}` : 'false';
  }
  if (left === 'complex' && right === 'complex') return `${w.runtime('equalJson')}(${a.value},${b.value})`;
  return `${w.runtime('equalItems')}(${nodeOf(w, a)},${nodeOf(w, b)})`;
}

function booleanEquality(w: Writer, a: Stream, b: Stream, target: string): string | undefined {
  if (!a.boolean || !b.boolean) return undefined;
  const [x, y] = [w.fresh('b'), w.fresh('b')];
  const both = `if(${x}!==undefined&&${y}!==undefined)${target}=${x}===${y};`;
  return `let ${x},${y};${a.boolean(x)}${b.boolean(y)}${both}`;
}

function generalEquality(w: Writer, a: Stream, b: Stream, target: string): string {
  if (!mayRepeat(a) && !mayRepeat(b)) {
    const [x, y] = [capture(w, a), capture(w, b)];
    return `${x.code}${y.code}if(${x.present}&&${y.present})${target}=${sameItem(w, x.item, y.item)};`;
  }
  return wholeCollections(w, a, b, target, 'equal');
}

function wholeCollections(w: Writer, a: Stream, b: Stream, target: string, compare: string): string {
  const [x, y] = [collect(w, a), collect(w, b)];
  return `${x.code}${y.code}${target}=${w.runtime(compare)}(${x.name},${y.name});`;
}

/** `~` and `!~` */
export function equivalence(
  w: Writer,
  [left, right]: readonly [Tree, Tree],
  scope: Scope,
  not: boolean,
): Stream {
  return booleanStream(w, (target) => {
    const code = wholeCollections(w, w.stream(left, scope), w.stream(right, scope), target, 'equivalent');
    return not ? `${code}${target}=!${target};` : code;
  });
}

/** `<`, `<=`, `>`, `>=` */
export function inequality(
  w: Writer,
  [left, right]: readonly [Tree, Tree],
  scope: Scope,
  operator: string,
): Stream {
  return booleanStream(w, (target) => {
    const a = capture(w, w.stream(left, scope));
    const b = capture(w, w.stream(right, scope));
    const families = [commonFamily(a.item), commonFamily(b.item)];
    const direct = families[0] === families[1] && (families[0] === 'number' || families[0] === 'string');
    const order = w.fresh('o');
    const given = `if(${a.item.value}!==undefined&&${b.item.value}!==undefined)`;
    const moments = families.every((family) => family === 'date' || family === 'dateTime');
    const ordered = moments
      ? `typeof ${a.item.value}==="string"&&typeof ${b.item.value}==="string"?${w.runtime('compareDateTimes')}(${a.item.value},${b.item.value}):undefined`
      : `${w.runtime('compare')}(${nodeOf(w, a.item)},${nodeOf(w, b.item)})`;
    const body = direct
      ? `${given}${target}=${a.item.value}${operator}${b.item.value};`
      : `const ${order}=${ordered};if(${order}!==undefined)${target}=${order}${operator}0;`;
    return `${a.code}${b.code}if(${a.present}&&${b.present}){${body}}`;
  });
}

/** `in` and `contains`, which differ in the side of the single value. */
export function membership(w: Writer, one: Tree, all: Tree, scope: Scope): Stream {
  return booleanStream(w, (target) => {
    const single = capture(w, w.stream(one, scope));
    const label = w.fresh('L');
    const body = alternatives(
      w,
      all,
      scope,
    )((item) => {
      return `if(${sameItem(w, single.item, item)}===true){${target}=true;break ${label};}`;
    });
    return `${single.code}if(${single.present}){${target}=false;${label}:{${body}}}`;
  });
}

/** The members of a union one after the other: whether one comes twice does not matter here. */
function alternatives(w: Writer, node: Tree, scope: Scope): Stream {
  if (node.type !== 'UnionExpression') return w.stream(node, scope);
  const streams = node.children!.map((child) => alternatives(w, child, scope));
  return (sink) => streams.map((stream) => `{${stream(sink, { duplicates: true })}}`).join('');
}

/** `and`, `or`, `xor`, `implies`: the right side is only asked when the left does not decide. */
export function logic(
  w: Writer,
  [left, right]: readonly [Tree, Tree],
  scope: Scope,
  operator: string,
): Stream {
  return booleanStream(w, (target) => {
    const other = w.fresh('b');
    const first = w.boolean(left, scope, target);
    const second = `let ${other};${w.boolean(right, scope, other)}`;
    switch (operator) {
      case 'and':
        return `${first}if(${target}!==false){${second}if(${other}!==true)${target}=${other}===false?false:undefined;}`;
      case 'or':
        return `${first}if(${target}!==true){${second}if(${other}!==false)${target}=${other}===true?true:undefined;}`;
      case 'implies':
        return (
          `${first}if(${target}===false)${target}=true;` +
          `else{${second}${target}=${other}===true?true:${target}===true?${other}:undefined;}`
        );
      default:
        return (
          `${first}${second}` +
          `${target}=${target}===undefined||${other}===undefined?undefined:${target}!==${other};`
        );
    }
  });
}

/** `not()` */
export function negation(w: Writer, input: Stream): Stream {
  return booleanStream(
    w,
    (target) => `${assignBoolean(w, input, target)}if(${target}!==undefined)${target}=!${target};`,
  );
}
