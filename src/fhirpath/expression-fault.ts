/**
 * What is wrong with the text of an expression, found without evaluating it: it does not parse, calls a function that
 * does not exist, or names elements and types that its focus does not have.
 * http://hl7.org/fhirpath/#syntax
 */
import type { Model } from '../fhir/model.ts';
import { createExpressionCompiler } from './create-expression-compiler.ts';
import { parseToTree, type Tree } from './tree.ts';

/** @param focusType without it, or where it is not known here, the elements that the text names are not looked up */
export type ExpressionJudge = (text: string, focusType: string | undefined) => ExpressionVerdict;

/** `not-judged`: the text is longer than any rule of a definition is. */
export type ExpressionVerdict = 'fine' | 'not-judged' | 'no-fhirpath' | 'no-such-name';

/** The longest expression of R4, the extension pack and US Core has 2,000 characters. */
const longest = 8000;
/** Parsing goes as deep as brackets nest. */
const deepest = 100;

/** Functions of the specifications that the compiler leaves to fhirpath.js, or that nothing here evaluates. */
const uncompiled: ReadonlySet<string> = new Set([
  'checkModifiers',
  'defineVariable',
  'elementDefinition',
  'repeatAll',
  'slice',
  'subsumedBy',
  'subsumes',
]);

export function createExpressionJudge(model: Model): ExpressionJudge {
  const compile = createExpressionCompiler(model, { strict: true });
  return (text, focusType) => {
    if (text.length > longest || depthOf(text) > deepest) return 'not-judged';
    let tree: Tree;
    try {
      tree = parseToTree(text);
    } catch {
      return 'no-fhirpath';
    }
    const type = focusType !== undefined && model.type(focusType) ? focusType : 'Element';
    try {
      if (compile(text, type).engine === 'compiled') return 'fine';
    } catch {
      return 'no-such-name';
    }
    return functionsIn(tree).every((name) => uncompiled.has(name) || isCompiled(name))
      ? 'fine'
      : 'no-such-name';
  };

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
