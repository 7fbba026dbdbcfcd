/**
 * The values of a property in JSON, each with what stands beside it (`given` and `_given`), as one list that a patch
 * can change. https://hl7.org/fhir/R4/json.html#primitive
 */
import { isMembers, type JsonMembers, type JsonTree } from '../fhir/json-tree.ts';
import type { PropertyModel } from '../fhir/model.ts';

export interface Slot {
  readonly value?: JsonTree;
  /** The companion of a primitive: its id and extensions. */
  readonly companion?: JsonTree;
}

/** The values under a key; one at most when it is no array. */
export function readSlots(holder: JsonMembers, key: string): Slot[] {
  const values = listOf(holder.get(key));
  const companions = listOf(holder.get(`_${key}`));
  return Array.from({ length: Math.max(values.length, companions.length) }, (_, i) => ({
    ...member('value', values[i]),
    ...member('companion', companions[i]),
  }));
}

/** Writes them back; none takes the key away. */
export function writeSlots(holder: JsonMembers, key: string, array: boolean, slots: readonly Slot[]): void {
  for (const [name, part] of [
    [key, 'value'],
    [`_${key}`, 'companion'],
  ] as const) {
    const items = slots.map((slot) => slot[part] ?? 'null');
    if (items.every((item) => item === 'null')) holder.delete(name);
    else holder.set(name, array ? items : items[0]!);
  }
}

/** The key under which a property has a value; a choice has one key for each type. */
export function presentKey(holder: JsonMembers, { keys }: PropertyModel): string | undefined {
  return keys.map(({ key }) => key).find((key) => holder.has(key) || holder.has(`_${key}`));
}

/**
 * The object that holds what the last step names.
 * @param steps keys and indexes that lead to something; the companion of a primitive is made where it is missing
 */
export function holdingOf(root: JsonMembers, steps: readonly (string | number)[]): JsonMembers {
  let tree: JsonTree = root;
  let holder = root;
  // An index follows the key of its array.
  const path = typeof steps.at(-1) === 'number' ? steps.slice(0, -2) : steps.slice(0, -1);
  path.forEach((step, i) => {
    let next: JsonTree | undefined;
    if (Array.isArray(tree)) next = tree[step as number];
    else if (isMembers(tree)) next = tree.get(step as string);
    if (next === undefined || next === 'null') {
      next = typeof path[i + 1] === 'number' ? [] : new Map();
      if (Array.isArray(tree)) {
        while (tree.length < (step as number)) tree.push('null');
        tree[step as number] = next;
      } else if (isMembers(tree)) tree.set(step as string, next);
    }
    tree = next;
    if (isMembers(tree)) holder = tree;
  });
  return holder;
}

function listOf(tree: JsonTree | undefined): readonly JsonTree[] {
  if (tree === undefined) return [];
  return Array.isArray(tree) ? tree : [tree];
}

function member(name: 'value' | 'companion', tree: JsonTree | undefined): Slot {
  return tree === undefined || tree === 'null' ? {} : { [name]: tree };
}
