/**
 * Type tests and casts. In R4's search parameters and invariants `as` is applied to collections, where it keeps the
 * items of the type, as `ofType()` does.
 * http://hl7.org/fhirpath/#types-1
 */
import { convertsToType, isOfType, type TypeSpecifier, typeSpecifier } from '../runtime/types.ts';
import type { Tree } from '../tree.ts';
import { type Call, checkArguments, type FunctionTable } from './call.ts';
import { capture } from './capture.ts';
import {
  booleanStream,
  type Item,
  quoted,
  type Sink,
  type Stream,
  typedItem,
  type Writer,
} from './writer.ts';

const abstractTypes: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'System.Any']);

export const typeFunctions: FunctionTable = {
  is: (w, call) => isType(w, call.input, specifierOf(w, call)),
  as: (w, call) => ofType(w, call.input, specifierOf(w, call), isOfType),
  ofType: (w, call) => ofType(w, call.input, specifierOf(w, call), convertsToType),
  type: typeOf,
};

function specifierOf(w: Writer, call: Call): TypeSpecifier {
  checkArguments(call, 1);
  return specifier(w, call.args[0]!);
}

/** The type that a tree names. */
export function specifier(w: Writer, tree: Tree): TypeSpecifier {
  return typeSpecifier(tree.type === 'TypeSpecifier' ? (tree.text ?? '') : nameIn(tree), w.model);
}

function nameIn(tree: Tree): string {
  if (tree.type === 'MemberInvocation') return tree.text ?? '';
  return (tree.children ?? []).map(nameIn).join('.');
}

type TypeTest = typeof isOfType;

/** Whether an item can be told to be of a type before the run. */
function known({ types }: Item): boolean {
  return types?.every((type) => !abstractTypes.has(type)) ?? false;
}

/** JavaScript for whether an item is of a type. */
function testCode(w: Writer, item: Item, spec: TypeSpecifier, test: TypeTest): string {
  const runtimeTest = test === isOfType ? 'isOfType' : 'convertsToType';
  if (!known(item)) return `${w.runtime(runtimeTest)}(${item.typeCode},${w.constant(spec)})`;
  const fitting = item.types!.filter((type) => test(type, spec, w.model));
  if (fitting.length === 0) return 'false';
  if (fitting.length === item.types!.length) return 'true';
  return fitting.map((type) => `${item.typeCode}===${quoted(type)}`).join('||');
}

/** `is` */
export function isType(w: Writer, input: Stream, spec: TypeSpecifier): Stream {
  return booleanStream(w, (target) => {
    const { code, present, item } = capture(w, input);
    return `${code}if(${present})${target}=${testCode(w, item, spec, isOfType)};`;
  });
}

/** `as` and `ofType()` */
export function ofType(w: Writer, input: Stream, spec: TypeSpecifier, test: TypeTest): Stream {
  const keep =
    (sink: Sink) =>
    (item: Item): string => {
      const code = testCode(w, item, spec, test);
      if (code === 'false') return '';
      const narrowed = narrow(w, item, spec, test);
      return code === 'true' ? sink(narrowed) : `if(${code}){${sink(narrowed)}}`;
    };
  return (sink, hints) =>
    input(keep(sink), {
      accepts: (type) => abstractTypes.has(type) || test(type, spec, w.model),
      duplicates: hints?.duplicates,
    });
}

/** What the types can still be after the test. */
function narrow(w: Writer, item: Item, spec: TypeSpecifier, test: TypeTest): Item {
  if (known(item)) return { ...item, types: item.types!.filter((type) => test(type, spec, w.model)) };
  const kind = spec.namespace === 'System' ? undefined : w.model.type(spec.name)?.kind;
  return kind === 'resource' && !abstractTypes.has(spec.name) ? { ...item, types: [spec.name] } : item;
}

/** `type()`: name and namespace of each item's type. */
function typeOf(w: Writer, call: Call): Stream {
  checkArguments(call, 0);
  return (sink) =>
    call.input((item) => {
      const info = w.fresh('v');
      const code = `const ${info}=${w.runtime('typeInfo')}(${item.typeCode});`;
      return code + sink({ ...typedItem('System.TypeInfo', info, item.many), types: undefined });
    });
}
