/**
 * kat-fhir as a library: the validator of the server and of the command line, ready to use.
 *
 *     import { createValidator } from 'kat-fhir';
 *     const issues = createValidator().validate(resource);
 */
import { openRegistry } from './fhir/open-registry.ts';
import type { Registry } from './fhir/registry.ts';
import { createExpressionCompiler } from './fhirpath/create-expression-compiler.ts';
import type { ExpressionCompiler } from './fhirpath/expression.ts';
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

/** A validator with everything it needs: terminology, FHIRPath, the rules of forms. */
export function createValidator(options: ValidatorOptions = {}): CompiledValidator {
  const registry = options.registry ?? openRegistry();
  return wireValidator({
    registry,
    terminology: createTerminology(registry),
    compile: options.compile ?? createExpressionCompiler(registry.model),
    rules: formRules,
  });
}
