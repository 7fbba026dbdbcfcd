/**
 * From a node of the syntax tree to the stream that stands for it: one line a node type.
 * http://hl7.org/fhirpath/grammar.html
 */
import { namedConstant } from '../constants.ts';
import { ExpressionFault } from '../fault.ts';
import { isOfType } from '../runtime/types.ts';
import type { Tree } from '../tree.ts';
import { arithmetic, concatenation, polarity } from './arithmetic.ts';
import { type FunctionTable, indexItem } from './call.ts';
import { assignBoolean } from './capture.ts';
import { collectionFunctions, combined } from './collection-functions.ts';
import { equality, equivalence, inequality, logic, membership } from './comparison.ts';
import { existenceFunctions } from './existence-functions.ts';
import { filteringFunctions, itemAt } from './filtering-functions.ts';
import { literalItem, unquote } from './literal.ts';
import { headStream } from './member.ts';
import { isType, ofType, specifier, typeFunctions } from './type-functions.ts';
import { valueFunctions } from './value-functions.ts';
import {
  collectionStream,
  just,
  NotCompiled,
  nodeItem,
  quoted,
  type Scope,
  type Stream,
  typedItem,
  type Writer,
} from './writer.ts';

const functions: FunctionTable = {
  ...existenceFunctions,
  ...filteringFunctions,
  ...typeFunctions,
  ...collectionFunctions,
  ...valueFunctions,
};

type Emitter = (w: Writer, node: Tree, scope: Scope) => Stream;

const literal: Emitter = (w, node) => {
  const item = literalItem(w, node);
  if (!item) throw new NotCompiled(node.type);
  return just(item);
};

const operands = ({ children }: Tree): readonly [Tree, Tree] => [children![0]!, children![1]!];

const logicOperator: Emitter = (w, node, scope) => logic(w, operands(node), scope, node.text ?? '');

const emitters: Readonly<Record<string, Emitter>> = {
  InvocationTerm: (w, node, scope) => invocation(w, node.children![0]!, scope.this, scope, true),
  InvocationExpression: (w, node, scope) => {
    const [input, step] = operands(node);
    if (w.strict && positional.has(step.text ?? '') && isUnordered(input)) {
      throw new ExpressionFault(`${step.text}() needs an order`);
    }
    return invocation(w, step, w.stream(input, scope), scope, false);
  },
  IndexerExpression: (w, node, scope) => {
    const [input, position] = operands(node);
    if (w.strict && isUnordered(input)) throw new ExpressionFault('An index needs an order');
    return itemAt(w, w.stream(input, scope), w.stream(position, scope));
  },
  PolarityExpression: (w, node, scope) => {
    const item = literalItem(w, node);
    return item ? just(item) : polarity(w, w.stream(node.children![0]!, scope), node.text ?? '+');
  },
  MultiplicativeExpression: (w, node, scope) => arithmetic(w, operands(node), scope, node.text ?? ''),
  AdditiveExpression: (w, node, scope) =>
    node.text === '&'
      ? concatenation(w, operands(node), scope)
      : arithmetic(w, operands(node), scope, node.text ?? ''),
  TypeExpression: (w, node, scope) => {
    const input = w.stream(node.children![0]!, scope);
    const type = specifier(w, node.children![1]!);
    return node.text === 'is' ? isType(w, input, type) : ofType(w, input, type, isOfType);
  },
  UnionExpression: (w, node, scope) => {
    const [left, right] = operands(node);
    const each = { ...scope, alternative: true };
    return combined(w, w.stream(left, each), w.stream(right, each), 'union');
  },
  InequalityExpression: (w, node, scope) => inequality(w, operands(node), scope, node.text ?? ''),
  EqualityExpression: (w, node, scope) => {
    const not = node.text?.startsWith('!') ?? false;
    return node.text?.endsWith('~')
      ? equivalence(w, operands(node), scope, not)
      : equality(w, operands(node), scope, not);
  },
  MembershipExpression: (w, node, scope) => {
    const [left, right] = operands(node);
    return node.text === 'in' ? membership(w, left, right, scope) : membership(w, right, left, scope);
  },
  AndExpression: logicOperator,
  OrExpression: logicOperator,
  ImpliesExpression: logicOperator,
  ExternalConstantTerm: (w, node, scope) => externalConstant(w, node.text ?? '', scope),
  NullLiteral: () => () => '',
  BooleanLiteral: literal,
  StringLiteral: literal,
  NumberLiteral: literal,
  LongNumberLiteral: literal,
  DateLiteral: literal,
  DateTimeLiteral: literal,
  TimeLiteral: literal,
  QuantityLiteral: literal,
};

/** The first thing in a tree that the compiler has no code for. */
export function notCovered({ type, text = '', children = [] }: Tree): string | undefined {
  const call = type === 'FunctionInvocation';
  if (call ? !Object.hasOwn(functions, unquote(text)) : !structural.has(type) && !(type in emitters)) {
    return call ? `${text}()` : type;
  }
  return children.map(notCovered).find((missing) => missing !== undefined);
}

/** Nodes that are handled by those above them. */
const structural: ReadonlySet<string> = new Set([
  'MemberInvocation',
  'ThisInvocation',
  'IndexInvocation',
  'TotalInvocation',
  'TypeSpecifier',
  'SortDirectionArgument',
  'SortArgument',
]);

/**
 * The stream of a tree.
 * @throws NotCompiled when the compiler has no code for it
 */
export function emit(w: Writer, node: Tree, scope: Scope): Stream {
  const emitter = emitters[node.type];
  if (!emitter) throw new NotCompiled(node.type);
  return emitter(w, node, scope);
}

/** Functions whose answer depends on the order of items. */
const positional: ReadonlySet<string> = new Set(['first', 'last', 'tail', 'skip', 'take']);

/** The children of an item come in no defined order. http://hl7.org/fhirpath/#tree-navigation */
function isUnordered({ type, children = [] }: Tree): boolean {
  if (type !== 'InvocationExpression' && type !== 'InvocationTerm') return false;
  const step = children.at(-1)!;
  return /^(children|descendants)$/.test(step.text ?? '') || isUnordered(children[0]!);
}

/** Code that assigns the boolean of a tree. */
export function emitBoolean(w: Writer, node: Tree, scope: Scope, target: string): string {
  return assignBoolean(w, emit(w, node, scope), target);
}

function invocation(w: Writer, node: Tree, input: Stream, scope: Scope, head: boolean): Stream {
  switch (node.type) {
    case 'MemberInvocation': {
      const name = unquote(node.text ?? '');
      return head ? headStream(w, input, name, scope.alternative ?? false) : w.member(input, name);
    }
    case 'FunctionInvocation': {
      const name = unquote(node.text ?? '');
      const compile = Object.hasOwn(functions, name) ? functions[name] : undefined;
      if (!compile) throw new NotCompiled(`${name}()`);
      return compile(w, { name, input, args: node.children ?? [], scope, head });
    }
    case 'ThisInvocation':
      return scope.this;
    case 'IndexInvocation':
      if (scope.index === undefined) throw new ExpressionFault('$index has no meaning here');
      return just(indexItem(scope.index));
    case 'TotalInvocation':
      if (!scope.total) throw new ExpressionFault('$total has no meaning here');
      return scope.total;
    default:
      throw new NotCompiled(node.type);
  }
}

/** https://hl7.org/fhir/R4/fhirpath.html#variables */
function externalConstant(w: Writer, name: string, scope: Scope): Stream {
  if (name === 'context') return scope.root;
  if (name === 'resource' || name === 'rootResource') {
    const type = name === 'resource' ? w.resourceType : 'DomainResource';
    return (sink) => {
      const [node, value] = [w.fresh('n'), w.fresh('v')];
      const item = { ...nodeItem(node, type === undefined ? undefined : [type], false), value };
      return `const ${node}=env.${name},${value}=${node}.value;${sink(item)}`;
    };
  }
  const value = namedConstant(name);
  if (value !== undefined) return just(typedItem('System.String', quoted(value)));
  return (sink) => collectionStream(w, `${w.runtime('variable')}(env,${quoted(name)})`)(sink);
}
