/**
 * The door of this folder: a compiler of FHIRPath expressions that remembers what it compiled. What the compiler has
 * no code for, fhirpath.js evaluates.
 * http://hl7.org/fhirpath/ and https://hl7.org/fhir/R4/fhirpath.html
 */
import type { Model } from '../fhir/model.ts';
import { type Compilation, compiledExpression } from './compile/compile-expression.ts';
import { NotCompiled } from './compile/writer.ts';
import type { Expression, ExpressionCompiler } from './expression.ts';
import { ExpressionFault } from './fault.ts';
import { referenceExpression } from './reference-engine.ts';
import { createRuntime } from './runtime/runtime.ts';
import { parseToTree, type Tree } from './tree.ts';

export interface CompilerOptions {
  /** Trees that were parsed earlier; what it does not have is parsed. */
  readonly trees?: (text: string) => Tree | undefined;
  /** Whether an element that no definition has is a fault. Default false. */
  readonly strict?: boolean;
  /**
   * Steps one evaluation may take, for expressions that come from clients; regular expressions that could take long
   * are refused as well. Default: no limit, for expressions of definitions.
   */
  readonly steps?: number;
}

/** Expressions remembered: far more than the definitions have, so that only clients' ones are ever forgotten. */
const capacity = 20_000;

/** @param model the types that expressions are compiled for */
export function createExpressionCompiler(model: Model, options: CompilerOptions = {}): ExpressionCompiler {
  const compilation: Compilation = {
    model,
    runtime: createRuntime(model),
    strict: options.strict ?? false,
    steps: options.steps,
  };
  const compiled = new Map<string, Expression>();
  return (text, focusType) => {
    const key = `${focusType} ${text}`;
    let expression = compiled.get(key);
    if (!expression) {
      const tree = options.trees?.(text) ?? parseToTree(text);
      expression = compile(text, focusType, tree, compilation);
      if (compiled.size >= capacity) compiled.clear();
      compiled.set(key, expression);
    }
    return expression;
  };
}

function compile(text: string, focusType: string, tree: Tree, compilation: Compilation): Expression {
  try {
    return compiledExpression(text, focusType, tree, compilation);
  } catch (error) {
    if (!(error instanceof NotCompiled)) throw error;
    // What fhirpath.js does cannot be counted.
    if (compilation.steps !== undefined) throw new ExpressionFault('The expression may take too long');
    return referenceExpression(text, focusType, compilation.model, tree);
  }
}
