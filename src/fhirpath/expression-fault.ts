/**
 * What is wrong with the text of an expression, found without evaluating it: it does not parse, calls a function that
 * does not exist, or names elements and types that its focus does not have.
 * http://hl7.org/fhirpath/#syntax
 */
import type { Model } from '../fhir/model.ts';
import { createExpressionCompiler } from './create-expression-compiler.ts';
import { parseToTree, type Tree } from './tree.ts';

/** `not-judged`: the text is longer, or nests deeper, than any rule of a definition does. */
export type ExpressionVerdict = 'fine' | 'not-judged' | 'no-fhirpath' | 'no-such-name';

/** @param focusType undefined, or not of the model: the elements that the text names are not looked up */
export type ExpressionJudge = (text: string, focusType: string | undefined) => ExpressionVerdict;

/** R4's longest expression has 1,400 characters; the time to parse grows with the square. */
const longest = 2000;
/** The parser calls itself for each bracket. */
const deepest = 50;
const remembered = 2000;

/** Functions of the specifications that the compiler leaves to fhirpath.js, or that nothing here evaluates. */
const uncompiled: ReadonlySet<string> = new Set([
  'checkModifiers',
  'defineVariable',
  'elementDefinition',
  'slice',
  'subsumedBy',
  'subsumes',
]);

export function createExpressionJudge(model: Model): ExpressionJudge {
  const compile = createExpressionCompiler(model, { strict: true });
  const verdicts = new Map<string, ExpressionVerdict>();

  return (text, focusType) => {
    if (text.length > longest || depthOf(text) > deepest) return 'not-judged';
    const type = focusType !== undefined && model.type(focusType) ? focusType : 'Element';
    const key = `${type} ${text}`;
    const known = verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = judge(text, type);
    if (verdicts.size < remembered) verdicts.set(key, verdict);
    return verdict;
  };

  function judge(text: string, type: string): ExpressionVerdict {
    let tree: Tree;
    try {
      tree = parseToTree(text);
    } catch (error) {
      return error instanceof RangeError ? 'not-judged' : 'no-fhirpath';
    }
    try {
      if (compile(text, type).engine === 'compiled') return 'fine';
    } catch (error) {
      return error instanceof RangeError ? 'not-judged' : 'no-such-name';
    }
    const exists = (name: string) => uncompiled.has(name) || isCompiled(name);
    return functionsIn(tree).every(exists) ? 'fine' : 'no-such-name';
  }

  /** Another number of arguments is a fault, and no function a case for fhirpath.js. */
  function isCompiled(name: string): boolean {
    try {
      return compile(`${name}()`, 'Element').engine === 'compiled';
    } catch {
      return true;
    }
  }
}

function functionsIn({ type, text = '', children = [] }: Tree): string[] {
  const own = type === 'FunctionInvocation' ? [text.replace(/^`(.*)`$/, '$1')] : [];
  return [...own, ...children.flatMap(functionsIn)];
}

function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (const character of text) {
    if (character === '(') most = Math.max(most, ++depth);
    else if (character === ')') depth--;
  }
  return most;
}
