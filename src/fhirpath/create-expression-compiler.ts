/**
 * The door of this folder: a compiler of FHIRPath expressions that remembers what it compiled.
 * http://hl7.org/fhirpath/ and https://hl7.org/fhir/R4/fhirpath.html
 */
import type { Model } from '../fhir/model.ts';
import type { Expression, ExpressionCompiler } from './expression.ts';
import { referenceExpression } from './reference-engine.ts';
import { parseToTree, type Tree } from './tree.ts';

export interface CompilerOptions {
  /** Trees that were parsed earlier; what it does not have is parsed. */
  readonly trees?: (text: string) => Tree | undefined;
}

/** @param model the types that expressions are compiled for */
export function createExpressionCompiler(model: Model, options: CompilerOptions = {}): ExpressionCompiler {
  const compiled = new Map<string, Expression>();
  return (text, focusType) => {
    const key = `${focusType} ${text}`;
    let expression = compiled.get(key);
    if (!expression) {
      expression = referenceExpression(text, focusType, model, options.trees?.(text) ?? parseToTree(text));
      compiled.set(key, expression);
    }
    return expression;
  };
}
