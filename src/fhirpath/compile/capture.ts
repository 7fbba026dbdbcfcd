/**
 * From a stream to variables: all of its items, its only item, or the boolean it stands for.
 * http://hl7.org/fhirpath/#singleton-evaluation-of-collections
 */
import { familyOf } from '../runtime/node.ts';
import { type Hints, type Item, nodeOf, onlyType, type Stream, type Writer } from './writer.ts';

export interface Collected {
  readonly code: string;
  /** Variable of an array of nodes. */
  readonly name: string;
  /** Types of the items, where they are all known. */
  readonly types: readonly string[] | undefined;
}

/** All items of a stream in an array. */
export function collect(w: Writer, stream: Stream, hints?: Hints): Collected {
  const name = w.fresh('c');
  const types = new Set<string>();
  let known = true;
  const body = stream((item) => {
    for (const type of item.types ?? []) types.add(type);
    known &&= item.types !== undefined;
    return `${name}.push(${nodeOf(w, item)});`;
  }, hints);
  return { code: `const ${name}=[];${body}`, name, types: known ? [...types] : undefined };
}

export interface Captured {
  readonly code: string;
  /** JavaScript for whether there is an item. */
  readonly present: string;
  readonly item: Item;
}

/**
 * The last item of a stream in variables.
 * @param single whether more than one item is a fault
 */
export function capture(w: Writer, stream: Stream, single = true, hints?: Hints): Captured {
  const count = w.fresh('k');
  const [value, element, type, text] = [w.fresh('v'), w.fresh('e'), w.fresh('t'), w.fresh('x')];
  const seen: Item[] = [];
  let assignment = '';
  const body = stream((item) => {
    seen.push(item);
    const texts = item.text === undefined ? '' : `${text}=${item.text};`;
    assignment = `${count}++;${value}=${item.value};${element}=${item.element};${type}=${item.typeCode};${texts}`;
    return assignment;
  }, hints);
  const many = seen.some((item) => item.many);
  if (seen.length === 1 && body === assignment && !many) return { code: '', present: 'true', item: seen[0]! };
  const item: Item = {
    value,
    element,
    types: seen.every(({ types }) => types)
      ? [...new Set(seen.flatMap(({ types }) => types ?? []))]
      : undefined,
    typeCode: type,
    text: seen.some((one) => one.text !== undefined) ? text : undefined,
    many: false,
  };
  const check = single && many ? `if(${count}>1)${w.runtime('notSingle')}();` : '';
  const code = `let ${count}=0,${value},${element},${type},${text};${body}${check}`;
  return { code, present: `${count}>0`, item };
}

/** Whether a stream may give more than one item. Writes the code once more, so only to be asked for small parts. */
export function mayRepeat(stream: Stream): boolean {
  let many = false;
  stream((item) => {
    many ||= item.many;
    return '';
  });
  return many;
}

/** Assigns what a stream means where a boolean is asked for: a single value of another type counts as true. */
export function assignBoolean(w: Writer, stream: Stream, target: string): string {
  if (stream.boolean) return stream.boolean(target);
  const { code, present, item } = capture(w, stream);
  return `${code}if(${present})${target}=${booleanOf(item)};`;
}

/** JavaScript for an item's boolean; undefined for a primitive without a value. */
export function booleanOf(item: Item): string {
  const type = onlyType(item);
  if (type !== undefined && familyOf(type) === 'boolean') return item.value;
  const other = `${item.value}===undefined?undefined:true`;
  return type === undefined ? `(typeof ${item.value}==='boolean'?${item.value}:${other})` : `(${other})`;
}
