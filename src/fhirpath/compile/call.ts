/** A call of a function, and what every table of functions looks like. */
import { ExpressionFault } from '../fault.ts';
import type { Tree } from '../tree.ts';
import { type Item, type Scope, type Stream, typedItem, type Writer } from './writer.ts';

export interface Call {
  readonly name: string;
  readonly input: Stream;
  readonly args: readonly Tree[];
  readonly scope: Scope;
  /** Whether the call stands at the head of a path, so that its input is `$this`. */
  readonly head: boolean;
}

/** Writes the stream of what a function gives. */
export type FunctionCompiler = (w: Writer, call: Call) => Stream;

export type FunctionTable = Readonly<Record<string, FunctionCompiler>>;

/** @throws ExpressionFault for another number of arguments */
export function checkArguments({ name, args }: Call, least: number, most = least): void {
  if (args.length < least || args.length > most) {
    throw new ExpressionFault(`${name}() takes another number of arguments`);
  }
}

/** The scope of an expression that is evaluated for each item. */
export function scopeOf(scope: Scope, item: Item, index?: string): Scope {
  const one = { ...item, many: false };
  return { ...scope, this: (sink) => sink(one), index: index ?? scope.index };
}

/** Counts the items of a loop, where an expression asks for `$index`. */
export function indexFor(
  w: Writer,
  tree: Tree,
): { declare: string; next: string; index: string | undefined } {
  if (!mentions(tree, 'IndexInvocation')) return { declare: '', next: '', index: undefined };
  const index = w.fresh('i');
  return { declare: `let ${index}=-1;`, next: `${index}++;`, index };
}

function mentions(tree: Tree, type: string): boolean {
  return tree.type === type || (tree.children ?? []).some((child) => mentions(child, type));
}

/** `$index` as an item. */
export function indexItem(index: string): Item {
  return typedItem('System.Integer', index);
}
