/**
 * Walking a resource whose shape is only known at run time: members, children, descendants.
 * http://hl7.org/fhirpath/#tree-navigation
 */
import type { Model, PropertyModel } from '../../fhir/model.ts';
import { isSystemType, type Node, stringNode, toNode, untypedNode } from './node.ts';

const none: readonly never[] = [];

/** A JSON value as a list: what is absent is empty, what stands alone is one. */
export function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return none;
  return Array.isArray(value) ? value : [value];
}

export interface Navigation {
  members(node: Node, name: string): readonly Node[];
  children(node: Node): readonly Node[];
  descendants(node: Node): Node[];
}

export function createNavigation(model: Model): Navigation {
  const members = (node: Node, name: string): readonly Node[] => {
    const { value, element, type } = node;
    if (typeof value !== 'object' || value === null) return ofElement(element, name);
    const record = value as Record<string, unknown>;
    const owner = model.type(type);
    const property = owner?.property(name);
    if (property) return chosen(record, property);
    if (owner || name === 'resourceType' || !Object.hasOwn(record, name)) return none;
    return list(record[name]).map(untypedNode);
  };

  const chosen = (record: Record<string, unknown>, property: PropertyModel): readonly Node[] => {
    for (const { key, companion: companionKey, type } of property.keys) {
      const value = record[key];
      const companion = record[companionKey];
      if (value !== undefined || companion !== undefined) return pairs(value, companion, type);
    }
    return none;
  };

  /** A primitive has an id and extensions, in the companion of its value. */
  const ofElement = (element: unknown, name: string): readonly Node[] => {
    if (typeof element !== 'object' || element === null) return none;
    const { id, extension } = element as Record<string, unknown>;
    if (name === 'extension') return list(extension).map((item) => toNode('Extension', item));
    return name === 'id' && typeof id === 'string' ? [stringNode(id)] : none;
  };

  const children = (node: Node): readonly Node[] => {
    const { value, element, type } = node;
    if (typeof value !== 'object' || value === null) {
      if (element === undefined) return none;
      return [...ofElement(element, 'id'), ...ofElement(element, 'extension')];
    }
    if (isSystemType(type)) return none;
    const record = value as Record<string, unknown>;
    const typeModel = model.type(type);
    const found: Node[] = [];
    for (const member in record) {
      const key = member.startsWith('_') ? member.slice(1) : member;
      if (key === 'resourceType' || (key !== member && Object.hasOwn(record, key))) continue;
      const known = typeModel?.key(key);
      const companion = record[`_${key}`];
      if (known) addPairs(found, record[key], companion, known.type);
      else found.push(...list(record[key]).map(untypedNode));
    }
    return found;
  };

  const descendants = (node: Node): Node[] => {
    const found: Node[] = [];
    let level = children(node);
    while (level.length > 0) {
      const next: Node[] = [];
      for (const one of level) {
        found.push(one);
        for (const child of children(one)) next.push(child);
      }
      level = next;
    }
    return found;
  };

  return { members, children, descendants };
}

/** How many children a value has: as `children`, without making them. */
export function countChildren(value: unknown, element: unknown): number {
  const own = typeof value === 'object' && value !== null ? value : (element ?? {});
  const record = own as Record<string, unknown>;
  let count = 0;
  for (const key in record) {
    if (key === 'resourceType' || (key.startsWith('_') && Object.hasOwn(record, key.slice(1)))) continue;
    const member = record[key];
    if (!Array.isArray(member)) count++;
    else count += Math.max(member.length, list(record[`_${key}`]).length);
  }
  return count;
}

/** Values with their companions, position by position; a contained resource has the type it names. */
function pairs(value: unknown, companion: unknown, type: string): readonly Node[] {
  const found: Node[] = [];
  addPairs(found, value, companion, type);
  return found;
}

function addPairs(found: Node[], value: unknown, companion: unknown, type: string): void {
  if (!Array.isArray(value) && !Array.isArray(companion)) {
    found.push(pair(value, companion, type));
    return;
  }
  const values = list(value);
  const companions = list(companion);
  for (let i = 0; i < Math.max(values.length, companions.length); i++) {
    const [one, other] = [values[i] ?? undefined, companions[i] ?? undefined];
    if (one !== undefined || other !== undefined) found.push(pair(one, other, type));
  }
}

function pair(value: unknown, companion: unknown, type: string): Node {
  const own = type === 'Resource' ? resourceTypeOf(value) : type;
  return toNode(own, value ?? undefined, companion ?? undefined);
}

/** The type a resource names. */
export function resourceTypeOf(value: unknown): string {
  const named = (value as { resourceType?: unknown } | null | undefined)?.resourceType;
  return typeof named === 'string' ? named : 'Resource';
}
