/**
 * The syntax tree of an expression: what fhirpath.js parses, without what nothing reads, as plain JSON, so that the
 * trees of definitions can be stored with them.
 * http://hl7.org/fhirpath/grammar.html
 */
import { fhirPathJs } from './fhirpath-js.ts';

/** Node types carry the names of the grammar's alternatives. */
export interface Tree {
  readonly type: string;
  /** Operator, name or literal as written. */
  readonly text?: string;
  /** Operands; the arguments of a function. */
  readonly children?: readonly Tree[];
  /** Of a quantity literal. */
  readonly value?: string;
  readonly unit?: string;
  /** Of a sort argument. */
  readonly direction?: string;
}

/** What fhirpath.js gives: each level of the grammar is a node, and nodes carry positions. */
interface ParsedNode extends Tree {
  readonly children?: readonly ParsedNode[];
  /** Name of an external constant in back quotes, or with its single quotes. */
  readonly delimitedText?: string;
}

/**
 * Parses an expression.
 * @throws Error with line and column when the text is no FHIRPath
 */
export function parseToTree(text: string): Tree {
  return simplify(fhirPathJs().parse(text) as ParsedNode);
}

/** Levels of the grammar that add nothing to what they hold. */
const transparent: ReadonlySet<string> = new Set([
  'EntireExpression',
  'TermExpression',
  'LiteralTerm',
  'ParenthesizedTerm',
]);

/** Nodes whose text says all. */
const leaves: ReadonlySet<string> = new Set([
  'MemberInvocation',
  'TypeSpecifier',
  'StringLiteral',
  'NumberLiteral',
  'QuantityLiteral',
]);

function simplify(node: ParsedNode): Tree {
  const { type, text, children = [], value, unit, direction } = node;
  if (transparent.has(type) && children.length === 1) return simplify(children[0]!);
  if (type === 'ExternalConstantTerm') return { type, text: constantName(node) };
  const kept = type === 'FunctionInvocation' ? argumentsOf(children[0]!) : leaves.has(type) ? [] : children;
  return {
    type,
    ...(text === undefined ? {} : { text }),
    ...(kept.length === 0 ? {} : { children: kept.map(simplify) }),
    ...(value === undefined ? {} : { value }),
    ...(unit === undefined ? {} : { unit }),
    ...(direction === undefined ? {} : { direction }),
  };
}

/** The name and the list of parameters; `sort()` has its arguments side by side, with or without its name. */
function argumentsOf({ children = [] }: ParsedNode): readonly ParsedNode[] {
  const rest = children[0]?.type === 'Identifier' ? children.slice(1) : children;
  return rest[0]?.type === 'ParamList' ? (rest[0].children ?? []) : rest;
}

/** Without the percent sign and quotes. */
function constantName({ text, delimitedText = '' }: ParsedNode): string {
  return text ?? delimitedText.replace(/^'(.*)'$/, '$1');
}

/** Names of all external constants below a node. */
export function constantNames({ type, text, children = [] }: Tree): string[] {
  return type === 'ExternalConstantTerm' ? [text ?? ''] : children.flatMap(constantNames);
}
