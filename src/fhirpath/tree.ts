/**
 * The syntax tree of an expression: what fhirpath.js parses, kept as plain JSON so that it can be stored.
 * http://hl7.org/fhirpath/grammar.html
 */
import { fhirPathJs } from './fhirpath-js.ts';

/** Node types carry the names of the grammar's alternatives. */
export interface Tree {
  readonly type: string;
  readonly text?: string;
  readonly children?: readonly Tree[];
  /** Of a quantity literal. */
  readonly value?: string;
  readonly unit?: string;
  /** Name of an external constant in back quotes, or with its single quotes. */
  readonly delimitedText?: string;
  /** Of a sort argument. */
  readonly direction?: string;
  /** Of a name at the head of a path: 1, or 2 within the parameter of a function. */
  readonly atRoot?: number;
}

/**
 * Parses an expression.
 * @throws Error with line and column when the text is no FHIRPath
 */
export function parseToTree(text: string): Tree {
  return strip(fhirPathJs().parse(text) as Tree);
}

/** Positions are left out: nothing reads them, and the stored trees are a third of the size without. */
function strip(node: Tree): Tree {
  const { type, text, children, value, unit, delimitedText, direction, atRoot } = node;
  return {
    type,
    ...(text === undefined ? {} : { text }),
    ...(children === undefined ? {} : { children: children.map(strip) }),
    ...(value === undefined ? {} : { value }),
    ...(unit === undefined ? {} : { unit }),
    ...(delimitedText === undefined ? {} : { delimitedText }),
    ...(direction === undefined ? {} : { direction }),
    ...(atRoot === undefined ? {} : { atRoot }),
  };
}

/** Name of an external constant, without the percent sign and its quotes. */
export function constantName(node: Tree): string {
  return node.text ?? (node.delimitedText ?? '').replace(/^'(.*)'$/, '$1');
}

/** Names of all external constants below a node. */
export function constantNames(node: Tree): string[] {
  if (node.type === 'ExternalConstantTerm') return [constantName(node)];
  return (node.children ?? []).flatMap(constantNames);
}
