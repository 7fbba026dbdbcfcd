/**
 * JSON as a tree that can be changed, in which what was not changed keeps its spelling: every scalar is its own text.
 * For text that `JSON.parse` accepts.
 */
import { isArrayAt, isObjectAt, skipSpace, skipString, skipValue } from './json-text.ts';

/** @template S what a scalar is in the tree */
export type Tree<S> = S | Tree<S>[] | Map<string, Tree<S>>;

/** A scalar is a token of JSON: `"a\n"`, `1.50`, `null`. */
export type JsonTree = Tree<string>;
export type JsonMembers = Map<string, JsonTree>;

export function isMembers(tree: JsonTree | undefined): tree is JsonMembers {
  return tree instanceof Map;
}

/** @param scalar what becomes of a token */
export function readTree<S>(text: string, scalar: (token: string) => S): Tree<S> {
  let at = 0;

  function value(): Tree<S> {
    at = skipSpace(text, at);
    if (isObjectAt(text, at)) return members();
    if (isArrayAt(text, at)) return items();
    const start = at;
    at = skipValue(text, start);
    return scalar(text.slice(start, at));
  }

  function members(): Map<string, Tree<S>> {
    const found = new Map<string, Tree<S>>();
    while (enter('}')) {
      const start = at;
      at = skipString(text, start);
      const key = unquoted(text.slice(start, at));
      at = skipSpace(text, at) + 1;
      found.set(key, value());
    }
    return found;
  }

  function items(): Tree<S>[] {
    const found: Tree<S>[] = [];
    while (enter(']')) found.push(value());
    return found;
  }

  /** Steps over a bracket or comma to the next member or item; past the end when there is none. */
  function enter(close: string): boolean {
    at = skipSpace(text, at);
    if (text[at] !== close) at = skipSpace(text, at + 1);
    if (text[at] !== close) return true;
    at++;
    return false;
  }

  return value();
}

/** The text of a string token. */
export function unquoted(token: string): string {
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}

export function readJsonTree(text: string): JsonTree {
  return readTree(text, (token) => token);
}

/** The tree as JSON, without white space between its tokens. */
export function writeJsonTree(tree: JsonTree): string {
  if (typeof tree === 'string') return tree;
  if (Array.isArray(tree)) return `[${tree.map(writeJsonTree).join(',')}]`;
  const members = [...tree].map(([key, value]) => `${JSON.stringify(key)}:${writeJsonTree(value)}`);
  return `{${members.join(',')}}`;
}
