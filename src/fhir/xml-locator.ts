/** From the FHIRPath of an issue to its line and column in XML text; the counterpart of json-locator.ts. */
import { type Locator, positionAt, segmentsOf, startsOfLines } from './json-locator.ts';
import type { XmlElement } from './xml-tree.ts';

/** @param text the text that `root` was read from */
export function createXmlLocator(root: XmlElement, text: string): Locator {
  const lineStarts = startsOfLines(text);
  return (expression) => positionAt(lineStarts, find(root, segmentsOf(expression)).start);
}

function find(root: XmlElement, segments: readonly string[]): XmlElement {
  let found = root;
  let candidates: readonly XmlElement[] = [root];
  for (const segment of segments) {
    const next = segment.startsWith('[')
      ? candidates.slice(Number(segment.slice(1, -1))).slice(0, 1)
      : childrenNamed(found, segment.replace(/^<(.*)>$/, '$1'));
    if (next.length === 0) break;
    candidates = next;
    found = next[0]!;
  }
  return found;
}

function childrenNamed(element: XmlElement, name: string): readonly XmlElement[] {
  const holder = heldResource(element) ?? element;
  const named = holder.children.filter((child) => child.name === name);
  return named.length > 0 ? named : holder.children.filter((child) => isChoice(child.name, name));
}

/** `contained`, `resource` and the like hold an element that is named after a type: paths leave that step out. */
function heldResource({ children }: XmlElement): XmlElement | undefined {
  return children.length === 1 && /^[A-Z]/.test(children[0]!.name) ? children[0] : undefined;
}

/** `value` is spelled `valueQuantity` and the like. */
function isChoice(spelled: string, name: string): boolean {
  return spelled.startsWith(name) && /^[A-Z]/.test(spelled.slice(name.length));
}
