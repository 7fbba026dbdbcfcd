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
  countChildren(node: Node): number;
}

export function createNavigation(model: Model): Navigation {
  const members = (node: Node, name: string): readonly Node[] => {
    const { value, element, type } = node;
    if (typeof value !== 'object' || value === null) return ofElement(element, name);
    const record = value as Record<string, unknown>;
    const property = model.type(type)?.property(name);
    if (property) return property.keys.length === 1 ? only(record, property) : chosen(record, property);
    if (model.type(type) || name === 'resourceType' || !Object.hasOwn(record, name)) return none;
    return list(record[name]).map(untypedNode);
  };

  const only = (record: Record<string, unknown>, property: PropertyModel): readonly Node[] => {
    const { key, type } = property.keys[0]!;
    const value = record[key];
    const companion = record[`_${key}`];
    if (value === undefined && companion === undefined) return none;
    return pairs(value, companion, type);
  };

  const chosen = (record: Record<string, unknown>, property: PropertyModel): readonly Node[] => {
    for (const { key, type } of property.keys) {
      const value = record[key];
      const companion = record[`_${key}`];
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
      if (known) found.push(...pairs(record[key], companion, known.type));
      else found.push(...list(record[key]).map(untypedNode));
    }
    return found;
  };

  const descendants = (node: Node): Node[] => {
    const found: Node[] = [];
    let level = children(node);
    while (level.length > 0) {
      found.push(...level);
      level = level.flatMap(children);
    }
    return found;
  };

  return { members, children, descendants, countChildren: (node) => children(node).length };
}

/** Values with their companions, position by position; a contained resource has the type it names. */
function pairs(value: unknown, companion: unknown, type: string): readonly Node[] {
  if (!Array.isArray(value) && !Array.isArray(companion)) return [pair(value, companion, type)];
  const values = list(value);
  const companions = list(companion);
  const found: Node[] = [];
  for (let i = 0; i < Math.max(values.length, companions.length); i++) {
    const [one, other] = [values[i] ?? undefined, companions[i] ?? undefined];
    if (one !== undefined || other !== undefined) found.push(pair(one, other, type));
  }
  return found;
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
