/**
 * The element of a base type that a profile's element constrains: what it says already need not be checked again.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Registry } from '../fhir/registry.ts';
import { type ElementNode, elementTree, typeCodes } from './element-tree.ts';

export interface BaseElement {
  readonly definition: ElementDefinition;
  /** Its children, where it is a backbone element. */
  child(name: string): BaseElement | undefined;
}

export interface BaseElements {
  /** The root of a type. */
  root(type: string): BaseElement | undefined;
  /** The child of an element, found in its backbone or, with one type, in that type. */
  child(parent: BaseElement | undefined, types: readonly string[], name: string): BaseElement | undefined;
}

export function baseElements(registry: Registry): BaseElements {
  const roots = new Map<string, BaseElement | undefined>();

  function wrap(node: ElementNode, type: string): BaseElement {
    const reference = node.definition.contentReference;
    const target = reference === undefined ? node : (nodeAt(type, reference) ?? node);
    return {
      definition: node.definition,
      child(name) {
        const found = target.children.find((child) => child.name === name);
        return found && wrap(found, type);
      },
    };
  }

  function nodeAt(type: string, reference: string): ElementNode | undefined {
    const structure = registry.typeStructure(type);
    let node = structure && elementTree(structure);
    const path = reference.slice(reference.indexOf('#') + 1);
    for (const step of path.split('.').slice(1)) node = node?.children.find((child) => child.name === step);
    return node;
  }

  function root(type: string): BaseElement | undefined {
    if (!roots.has(type)) {
      const structure = registry.typeStructure(type);
      const tree = structure && elementTree(structure);
      roots.set(type, tree && wrap(tree, type));
    }
    return roots.get(type);
  }

  return {
    root,
    child(parent, types, name) {
      const own = parent?.child(name);
      if (own) return own;
      const codes = types.length > 0 ? types : parent ? typeCodes(parent.definition) : [];
      return codes.length === 1 ? root(codes[0] as string)?.child(name) : undefined;
    },
  };
}
