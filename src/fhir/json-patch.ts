/**
 * JSON Patch over the text of a resource: what is not patched stays as it was submitted, decimals to the digit.
 * https://www.rfc-editor.org/rfc/rfc6902 and https://www.rfc-editor.org/rfc/rfc6901
 */
import { refuse } from '../core/fhir-error.ts';
import { parseJson } from './json-source.ts';
import {
  isMembers,
  type JsonMembers,
  type JsonTree,
  readJsonTree,
  unquoted,
  writeJsonTree,
} from './json-tree.ts';

type Pointer = readonly string[];

interface Operation {
  readonly op: keyof typeof handlers;
  readonly path: Pointer;
  readonly from: Pointer | undefined;
  readonly value: JsonTree | undefined;
}

interface Document {
  root: JsonTree;
  /** Arrays and objects that lost their last member: FHIR has no empty ones. */
  readonly emptied: Set<JsonTree>;
  /** Characters that may still be copied: each copy could double the resource. */
  copies: number;
}

const copyLimit = 1024 * 1024;
/** Operations times characters: an item put into an array moves those behind it, and others wait meanwhile. */
const mostWork = 1_000_000_000;

/**
 * The resource as patched.
 * @param text JSON text of the resource
 * @param patch JSON text of the patch document
 * @throws FhirError 400 for what is no patch document, 409 when it does not fit the resource or a test fails
 */
export function applyJsonPatch(text: string, patch: string): string {
  const operations = parsePatch(patch);
  if (operations.length * (text.length + patch.length) > mostWork)
    throw refuse('too-large', 'The patch has more operations than this server takes at once');
  const document: Document = { root: readJsonTree(text), emptied: new Set(), copies: copyLimit };
  operations.forEach((operation, index) => {
    handlers[operation.op](document, operation, index);
  });
  const { root, emptied } = document;
  return writeJsonTree(emptied.size > 0 ? (pruned(root, emptied) ?? new Map()) : root);
}

function parsePatch(patch: string): Operation[] {
  parseJson(patch);
  const tree = readJsonTree(patch);
  if (!Array.isArray(tree)) throw refuse('malformed-patch', 'A JSON Patch is an array of operations');
  return tree.map(parseOperation);
}

function parseOperation(tree: JsonTree, index: number): Operation {
  const malformed = (words: string) => refuse('malformed-patch', `Operation ${index}: ${words}`);
  if (!isMembers(tree)) throw malformed('it is not an object');
  const op = textOf(tree.get('op'));
  if (op === undefined || !Object.hasOwn(handlers, op)) {
    throw malformed(`op is none of ${Object.keys(handlers).join(', ')}`);
  }
  const pointer = (name: string): Pointer => {
    const found = parsePointer(textOf(tree.get(name)));
    if (!found) throw malformed(`${name} is not a JSON Pointer`);
    return found;
  };
  const value = tree.get('value');
  if (value === undefined && (op === 'add' || op === 'replace' || op === 'test'))
    throw malformed('value is missing');
  return {
    op: op as Operation['op'],
    path: pointer('path'),
    from: op === 'move' || op === 'copy' ? pointer('from') : undefined,
    value,
  };
}

function parsePointer(text: string | undefined): Pointer | undefined {
  if (text === '') return [];
  if (!text?.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  const tokens = text.slice(1).split('/');
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

type Handler = (document: Document, operation: Operation, index: number) => void;

const handlers = {
  add: (document, { path, value }, index) => add(document, path, value!, index),
  remove: (document, { path }, index) => void remove(document, path, index),
  replace(document, { path, value }, index) {
    if (path.length > 0) {
      const { holder, key } = placeOf(document, path, index);
      if (Array.isArray(holder)) holder[key as number] = value!;
      else holder.set(key as string, value!);
    } else document.root = value!;
  },
  move(document, { from, path }, index) {
    if (from!.length < path.length && from!.every((token, i) => token === path[i])) {
      throw refuse('malformed-patch', `Operation ${index}: an element cannot be moved into itself`);
    }
    add(document, path, remove(document, from!, index), index);
  },
  copy(document, { from, path }, index) {
    const source = valueAt(document, from!, index);
    document.copies -= writeJsonTree(source).length;
    if (document.copies < 0) throw refuse('too-large', 'The patch copies more than this server takes');
    add(document, path, readJsonTree(writeJsonTree(source)), index);
  },
  test(document, { path, value }, index) {
    if (!equal(valueAt(document, path, index), value!)) throw conflict(index, 'the test fails');
  },
} satisfies Record<string, Handler>;

function add(document: Document, path: Pointer, value: JsonTree, index: number): void {
  const name = path.at(-1);
  if (name === undefined) {
    document.root = value;
    return;
  }
  const holder = valueAt(document, path.slice(0, -1), index);
  if (isMembers(holder)) holder.set(name, value);
  else if (Array.isArray(holder)) holder.splice(indexIn(holder.length, name, index), 0, value);
  else throw conflict(index, 'path leads into a value that has no members');
}

function remove(document: Document, path: Pointer, index: number): JsonTree {
  if (path.length === 0) throw refuse('malformed-patch', `Operation ${index}: a resource cannot be removed`);
  const { holder, key, value } = placeOf(document, path, index);
  if (Array.isArray(holder)) holder.splice(key as number, 1);
  else holder.delete(key as string);
  if ((Array.isArray(holder) ? holder.length : holder.size) === 0) document.emptied.add(holder);
  return value;
}

/** Where something is: the object or array that holds it, and its name or index there. */
function placeOf(document: Document, path: Pointer, index: number) {
  const holder = valueAt(document, path.slice(0, -1), index);
  const value = valueAt(document, path, index);
  const name = path.at(-1)!;
  return Array.isArray(holder)
    ? { holder, key: Number(name), value }
    : { holder: holder as JsonMembers, key: name, value };
}

function valueAt(document: Document, path: Pointer, index: number): JsonTree {
  let value: JsonTree = document.root;
  for (const token of path) {
    let next: JsonTree | undefined;
    if (isMembers(value)) next = value.get(token);
    else if (Array.isArray(value) && token !== '-') next = value[indexIn(value.length - 1, token, index)];
    if (next === undefined) throw conflict(index, 'there is nothing at the path');
    value = next;
  }
  return value;
}

/** @param last the largest index there may be; `-` stands for it */
function indexIn(last: number, token: string, index: number): number {
  if (token === '-') return last;
  const isIndex = /^(?:0|[1-9][0-9]{0,8})$/.test(token);
  if (!isIndex || Number(token) > last) throw conflict(index, 'an index lies outside of its array');
  return Number(token);
}

function conflict(index: number, words: string) {
  return refuse('patch-conflict', `Operation ${index}: ${words}`, {
    hint: 'The patch was made for another state of the resource; read it and make the patch anew',
  });
}

/** Without what lost its last member and got none again, and what held nothing else. */
function pruned(tree: JsonTree, emptied: ReadonlySet<JsonTree>): JsonTree | undefined {
  if (typeof tree === 'string') return tree;
  if ((Array.isArray(tree) ? tree.length : tree.size) === 0) return emptied.has(tree) ? undefined : tree;
  if (Array.isArray(tree)) {
    const items = tree.map((item) => pruned(item, emptied)).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  const members: JsonMembers = new Map();
  for (const [key, value] of tree) {
    const kept = pruned(value, emptied);
    if (kept !== undefined) members.set(key, kept);
  }
  return members.size > 0 ? members : undefined;
}

/** Numbers are equal when they are numerically, however many digits they have; the order of members says nothing. */
function equal(one: JsonTree, other: JsonTree): boolean {
  if (typeof one === 'string' || typeof other === 'string') {
    return typeof one === 'string' && typeof other === 'string' && scalarKey(one) === scalarKey(other);
  }
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, i) => equal(item, other[i]!));
  }
  if (one.size !== other.size) return false;
  return [...one].every(([key, value]) => {
    const counterpart = other.get(key);
    return counterpart !== undefined && equal(value, counterpart);
  });
}

function scalarKey(token: string): string {
  if (token.startsWith('"')) return `"${unquoted(token)}`;
  const number = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(token);
  if (!number) return token;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = number;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const scale = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${scale}`;
}

function textOf(tree: JsonTree | undefined): string | undefined {
  return typeof tree === 'string' && tree.startsWith('"') ? unquoted(tree) : undefined;
}
