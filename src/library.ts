/**
 * kat-fhir as a library: the validator of the server and of the command line, ready to use.
 *
 *     import { createValidator } from 'kat-fhir';
 *     const issues = createValidator().validate(resource);
 */
import { join } from 'node:path';
import { openRegistry } from './fhir/open-registry.ts';
import type { Registry } from './fhir/registry.ts';
import { createExpressionCompiler } from './fhirpath/create-expression-compiler.ts';
import type { ExpressionCompiler } from './fhirpath/expression.ts';
import { storedTrees } from './fhirpath/stored-trees.ts';
import { formRules } from './questionnaire/form-rules.ts';
import { createTerminology } from './terminology/create-terminology.ts';
import { type CompiledValidator, createValidator as wireValidator } from './validator/create-validator.ts';

export type { Issue, IssueSeverity, IssueType } from './core/issue.ts';
export { hasErrors } from './core/issue.ts';
export { withPositions } from './fhir/json-locator.ts';
export { parseJson } from './fhir/json-source.ts';
export type { Resource } from './fhir/resource.ts';
export type { ValidationOptions, Validator } from './validator/validator.ts';

export interface ValidatorOptions {
  /** The definitions to validate against. Default: R4 4.0.1, HL7's extension pack and terminology, and the guide. */
  readonly registry?: Registry;
  /** Shared with whoever else compiles expressions; default: one of its own. */
  readonly compile?: ExpressionCompiler;
}

/** Syntax trees of the expressions of the definitions, made by the build: in `dist/`, whether run from there or not. */
const treesFile = import.meta.url.endsWith('.ts')
  ? join(import.meta.dirname, '..', 'dist', 'expressions.json')
  : join(import.meta.dirname, 'expressions.json');

/** A compiler of FHIRPath that need not parse what the definitions hold. */
export function createCompiler(registry: Registry): ExpressionCompiler {
  return createExpressionCompiler(registry.model, { trees: storedTrees(treesFile) });
}

/** A validator with everything it needs: terminology, FHIRPath, the rules of forms. */
export function createValidator(options: ValidatorOptions = {}): CompiledValidator {
  const registry = options.registry ?? openRegistry();
  return wireValidator({
    registry,
    terminology: createTerminology(registry),
    compile: options.compile ?? createCompiler(registry),
    rules: formRules,
  });
}
