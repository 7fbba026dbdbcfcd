/**
 * Paths: from an item to its members, by the definition of its type.
 * http://hl7.org/fhirpath/#path-selection and https://hl7.org/fhir/R4/fhirpath.html#polymorphism
 */
import type { Model, PropertyModel } from '../../fhir/model.ts';
import { ExpressionFault } from '../fault.ts';
import { isPrimitiveType, isSystemType } from '../runtime/node.ts';
import {
  eachOf,
  type Hints,
  type Item,
  nodeItem,
  nodeOf,
  quoted,
  type Sink,
  type Stream,
  typedItem,
  type Writer,
} from './writer.ts';

/** So many types are worth code of their own; more are looked up at run time. */
const branches = 3;

/** Types that stand for many: what they lack, a value's own type may have. */
const abstractTypes: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'System.Any']);

/** Members called `name` of all items of a stream. */
export function memberStream(w: Writer, input: Stream, name: string): Stream {
  return (sink, hints = {}) =>
    input((item) => membersOf(w, item, name, sink, hints), {
      // Where a wrong name is a fault, no type may be dropped before it has been looked up.
      accepts: w.strict ? undefined : (type) => mayHave(w.model, type, name),
      duplicates: hints.duplicates,
    });
}

function mayHave(model: Model, type: string, name: string): boolean {
  if (abstractTypes.has(type)) return true;
  if (isPrimitiveType(type)) return !isSystemType(type) && (name === 'id' || name === 'extension');
  const typeModel = model.type(type);
  return typeModel === undefined || typeModel.property(name) !== undefined;
}

function membersOf(w: Writer, item: Item, name: string, sink: Sink, hints: Hints): string {
  const able = item.types?.filter((type) => mayHave(w.model, type, name));
  if (able === undefined || able.length > branches) return lookedUp(w, item, name, sink);
  if (able.length === 0) {
    if (w.strict) throw new ExpressionFault(`${item.types!.join(', ')} has no element ${name}`);
    return '';
  }
  if (item.types!.length === 1) return membersOfType(w, item, able[0]!, name, sink, hints);
  const code = able.map((type) => {
    const narrowed = { ...item, types: [type] };
    return `if(${item.typeCode}===${quoted(type)}){${membersOfType(w, narrowed, type, name, sink, hints)}}`;
  });
  return code.join('else ');
}

function membersOfType(w: Writer, item: Item, type: string, name: string, sink: Sink, hints: Hints): string {
  if (isPrimitiveType(type)) return membersOfPrimitive(w, item, name, sink);
  const property = w.model.type(type)?.property(name);
  if (!property) return lookedUp(w, item, name, sink);
  const keys = property.keys.filter((key) => !property.choice || (hints.accepts?.(key.type) ?? true));
  if (keys.length > branches) return anyOf(w, item, keys, sink);
  return keys.map((key) => valuesAt(w, item, key, property.array, sink)).join('else ');
}

function lookedUp(w: Writer, item: Item, name: string, sink: Sink): string {
  const node = w.fresh('n');
  const found = `${w.runtime('members')}(${nodeOf(w, item)},${quoted(name)})`;
  return eachOf(w, found, node, `${w.spend()}${sink(nodeItem(node, undefined, true))}`);
}

/** A primitive's id and extensions are in its companion. */
function membersOfPrimitive(w: Writer, item: Item, name: string, sink: Sink): string {
  const value = w.fresh('v');
  const at = `${item.element}?.${name}`;
  if (name === 'id') {
    return `const ${value}=${at};if(${value}!==undefined){${sink(typedItem('System.String', value, item.many))}}`;
  }
  const one = typedItem('Extension', value, true);
  return eachPresent(w, at, value, sink(one));
}

/** A loop over what a property holds, a list or one alone. */
function eachPresent(w: Writer, at: string, value: string, body: string): string {
  return eachOf(w, `${w.runtime('list')}(${at})`, value, `if(${value}!==null){${w.spend()}${body}}`);
}

function property(owner: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `${owner}.${key}` : `${owner}[${quoted(key)}]`;
}

type Key = PropertyModel['keys'][number];

function valuesAt(w: Writer, item: Item, names: Key, array: boolean, sink: Sink): string {
  const { type } = names;
  const at = property(item.value, names.key);
  const companion = property(item.value, names.companion);
  if (isPrimitiveType(type)) {
    return array
      ? primitiveList(w, at, companion, type, sink)
      : primitive(w, at, companion, type, item.many, sink);
  }
  const value = w.fresh('v');
  const one = (many: boolean): Item => ({
    ...typedItem(type, value, many),
    ...(type === 'Resource' ? { typeCode: `${w.runtime('resourceTypeOf')}(${value})` } : {}),
  });
  if (!array) {
    return `if(${at}!==undefined&&${at}!==null){const ${value}=${at};${sink(one(item.many))}}`;
  }
  return eachPresent(w, at, value, sink(one(true)));
}

function primitive(
  w: Writer,
  at: string,
  companion: string,
  type: string,
  many: boolean,
  sink: Sink,
): string {
  const value = w.fresh('v');
  const one = typedItem(type, value, many, companion);
  return `if(${at}!==undefined||${companion}!==undefined){const ${value}=${at}??undefined;${sink(one)}}`;
}

/** Values and companions stand in two arrays, position by position. */
function primitiveList(w: Writer, at: string, companion: string, type: string, sink: Sink): string {
  const [values, companions, i, size] = [w.fresh('a'), w.fresh('a'), w.fresh('i'), w.fresh('s')];
  const [value, element] = [w.fresh('v'), w.fresh('e')];
  const list = w.runtime('list');
  return (
    `const ${values}=${list}(${at}),${companions}=${list}(${companion}),` +
    `${size}=Math.max(${values}.length,${companions}.length);` +
    `for(let ${i}=0;${i}<${size};${i}++){` +
    `const ${value}=${values}[${i}]??undefined,${element}=${companions}[${i}]??undefined;` +
    `if(${value}===undefined&&${element}===undefined)continue;` +
    `${w.spend()}${sink(typedItem(type, value, true, element))}}`
  );
}

/** A choice of many types, of which one is there: its value, companion and type in variables. */
function anyOf(w: Writer, item: Item, keys: readonly Key[], sink: Sink): string {
  const [value, element, type] = [w.fresh('v'), w.fresh('e'), w.fresh('t')];
  const cases = keys.map(({ key, companion: companionKey, type: own }) => {
    const at = property(item.value, key);
    if (!isPrimitiveType(own)) return `if(${at}!==undefined){${value}=${at};${type}=${quoted(own)}}`;
    const companion = property(item.value, companionKey);
    const found = `${value}=${at}??undefined;${element}=${companion};${type}=${quoted(own)}`;
    return `if(${at}!==undefined||${companion}!==undefined){${found}}`;
  });
  const one: Item = {
    value,
    element,
    types: keys.map((key) => key.type),
    typeCode: type,
    many: item.many,
  };
  return `let ${value},${element},${type};${cases.join('else ')};if(${type}!==undefined){${sink(one)}}`;
}

/**
 * The first name of a path. A type's name stands for the focus itself, if the focus is of that type.
 * http://hl7.org/fhirpath/#paths-and-polymorphic-items
 * @param alternative whether the path is one of several, as in search parameters of several types
 */
export function headStream(w: Writer, input: Stream, name: string, alternative: boolean): Stream {
  if (!/^[A-Z]/.test(name) || !w.model.type(name)) return memberStream(w, input, name);
  return (sink, hints) =>
    input((item) => {
      const { types } = item;
      if (types?.every((type) => !abstractTypes.has(type))) {
        if (types.some((type) => w.model.isA(type, name))) return sink(item);
        if (w.strict && !alternative) throw new ExpressionFault(`${types.join(', ')} is no ${name}`);
        return '';
      }
      const matches = `${w.runtime('isA')}(${item.typeCode},${quoted(name)})`;
      return `if(${matches}){${sink(abstractTypes.has(name) ? item : { ...item, types: [name] })}}`;
    }, hints);
}
