/**
 * A snapshot as a tree: each element with its children and, where it is sliced, its slices.
 * https://hl7.org/fhir/R4/profiling.html#snapshot
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';

export interface ElementNode {
  readonly definition: ElementDefinition;
  /** Last step of the path without `[x]`. */
  readonly name: string;
  readonly choice: boolean;
  readonly children: ElementNode[];
  readonly slices: ElementNode[];
}

function createNode(definition: ElementDefinition): ElementNode {
  const step = definition.path?.slice(definition.path.lastIndexOf('.') + 1) ?? '';
  const choice = step.endsWith('[x]');
  return { definition, name: choice ? step.slice(0, -3) : step, choice, children: [], slices: [] };
}

const depthOf = (path: string) => path.split('.').length;

/** The node that a slice belongs to: `a/b` is a slice of slice `a`. */
function slicedBy(group: ElementNode, sliceName: string): ElementNode {
  let owner = group;
  for (const slice of group.slices) {
    if (sliceName.startsWith(`${slice.definition.sliceName}/`)) owner = slicedBy(slice, sliceName);
  }
  return owner;
}

/** Reads a snapshot in its order; a definition without a snapshot has no tree. */
export function elementTree(structure: StructureDefinition): ElementNode | undefined {
  const [first, ...rest] = structure.snapshot?.element ?? [];
  if (!first) return undefined;
  const root = createNode(first);
  /** The open node at each depth: what a deeper element belongs to. */
  const open: ElementNode[] = [root];
  /** The unsliced element at each depth: what a slice belongs to. */
  const groups: ElementNode[] = [root];
  for (const definition of rest) {
    const depth = depthOf(definition.path ?? '') - 1;
    const parent = open[depth - 1];
    if (!parent) continue;
    const node = createNode(definition);
    const group = groups[depth];
    const sliced = group && parent.children.includes(group) && group.definition.path === definition.path;
    if (definition.sliceName && sliced) slicedBy(group, definition.sliceName).slices.push(node);
    else if (definition.sliceName && choiceGroup(parent, node)) choiceGroup(parent, node)?.slices.push(node);
    else {
      parent.children.push(node);
      groups[depth] = node;
    }
    open.length = depth;
    open[depth] = node;
    groups.length = Math.max(depth + 1, 1);
  }
  return root;
}

/** Older profiles write a slice of `value[x]` as an element `valueQuantity`. */
function choiceGroup(parent: ElementNode, node: ElementNode): ElementNode | undefined {
  return parent.children.find(
    (sibling) =>
      sibling.choice && node.name.startsWith(sibling.name) && node.name.length > sibling.name.length,
  );
}

/** The types an element may have, by code; a content reference has none. */
export function typeCodes(definition: ElementDefinition): string[] {
  return (definition.type ?? []).map(({ code }) => primitiveCode(code ?? ''));
}

/** FHIRPath's own types stand for `id` attributes and `Extension.url`. */
export function primitiveCode(code: string): string {
  return code.startsWith('http://hl7.org/fhirpath/System.') ? 'string' : code;
}
