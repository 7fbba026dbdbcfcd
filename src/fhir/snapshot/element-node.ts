/**
 * A snapshot as a tree while it is being made: elements with their children and their slices, and back to the list.
 * https://hl7.org/fhir/R4/elementdefinition.html#id
 */
import type { ElementDefinition } from '@medplum/fhirtypes';

export interface ElementNode {
  definition: ElementDefinition;
  /** Last step of the path, `[x]` included. */
  readonly step: string;
  readonly children: ElementNode[];
  readonly slices: ElementNode[];
}

export const lastStep = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

export function createNode(definition: ElementDefinition, step: string): ElementNode {
  return { definition, step, children: [], slices: [] };
}

/** @param elements of a snapshot, in its order; the root first */
export function toTree(elements: readonly ElementDefinition[]): ElementNode {
  const [first, ...rest] = elements;
  if (!first) throw new Error('a snapshot needs a root element');
  const root = createNode(first, lastStep(first.path ?? ''));
  /** The open node at each depth. */
  const open = [root];
  for (const definition of rest) {
    const path = definition.path ?? '';
    const depth = path.split('.').length - 1;
    const parent = open[depth - 1];
    if (!parent) throw new Error(`${path} has no parent`);
    const node = createNode(definition, lastStep(path));
    const group = definition.sliceName ? parent.children.find(({ step }) => step === node.step) : undefined;
    (group ? slicesFor(group, definition.sliceName ?? '') : parent.children).push(node);
    open.length = depth;
    open[depth] = node;
  }
  return root;
}

/** Where a slice of this name belongs: `a/b` re-slices slice `a`. */
export function slicesFor(group: ElementNode, sliceName: string): ElementNode[] {
  const sliced = group.slices.find(({ definition }) => sliceName.startsWith(`${definition.sliceName}/`));
  return sliced ? slicesFor(sliced, sliceName) : group.slices;
}

/** The list in document order, paths and ids written anew. */
export function toElements(root: ElementNode): ElementDefinition[] {
  const elements: ElementDefinition[] = [];
  const visit = (node: ElementNode, parentPath: string, parentId: string): void => {
    const { sliceName } = node.definition;
    const path = parentPath + node.step;
    const id = parentId + node.step + (sliceName ? `:${sliceName}` : '');
    elements.push({ ...node.definition, id, path });
    for (const child of node.children) visit(child, `${path}.`, `${id}.`);
    for (const slice of node.slices) visit(slice, parentPath, parentId);
  };
  visit(root, '', '');
  return elements;
}

/** A copy that shares nothing that will be changed. */
export function copyNode({ definition, step, children, slices }: ElementNode): ElementNode {
  return { definition, step, children: children.map(copyNode), slices: slices.map(copyNode) };
}
