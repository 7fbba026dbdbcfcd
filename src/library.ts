/**
 * kat-fhir as a library: the validator of the server and of the command line, ready to use.
 *
 *     import { createValidator } from 'kat-fhir';
 *     const issues = createValidator().validate(resource);
 *
 * Other FHIR packages come as bytes of their `.tgz`, positions from the text:
 *
 *     const { definitions } = readPackage(readFileSync('hl7.fhir.us.core.tgz'));
 *     const validator = createValidator({ definitions });
 *     const issues = withPositions(validator.validate(parseJson(text), { profiles, text }), text);
 */
import { join } from 'node:path';
import { openRegistry } from './fhir/open-registry.ts';
import type { Registry } from './fhir/registry.ts';
import type { Resource } from './fhir/resource.ts';
import { createExpressionCompiler } from './fhirpath/create-expression-compiler.ts';
import type { ExpressionCompiler } from './fhirpath/expression.ts';
import { storedTrees } from './fhirpath/stored-trees.ts';
import { formRules } from './questionnaire/form-rules.ts';
import { createTerminology } from './terminology/create-terminology.ts';
import { type CompiledValidator, createValidator as wireValidator } from './validator/create-validator.ts';

export { FhirError } from './core/fhir-error.ts';
export type { Issue, IssueSeverity, IssueType } from './core/issue.ts';
export { hasErrors } from './core/issue.ts';
export { withPositions } from './fhir/json-locator.ts';
export { parseJson, type ReadJson, readJson, type Spelling } from './fhir/json-source.ts';
export { openRegistry } from './fhir/open-registry.ts';
export { type FhirPackage, readPackage } from './fhir/read-package.ts';
export type { Registry } from './fhir/registry.ts';
export type { Resource } from './fhir/resource.ts';
export { readXml, type XmlResource } from './fhir/xml-reader.ts';
export type { CompiledValidator } from './validator/create-validator.ts';
export type { ValidationOptions, Validator } from './validator/validator.ts';

export interface ValidatorOptions {
  /** The definitions to validate against. Default: R4 4.0.1, HL7's extension pack and terminology, and the guide. */
  readonly registry?: Registry;
  /** Definitions besides those of the registry, of other packages say; missing snapshots are generated. */
  readonly definitions?: readonly Resource[];
  /** Shared with whoever else compiles expressions; default: one of its own. */
  readonly compile?: ExpressionCompiler;
}

/** Syntax trees of the expressions of the definitions, made by the build: in `dist/`, whether run from there or not. */
const treesFile = import.meta.url.endsWith('.ts')
  ? join(import.meta.dirname, '..', 'dist', 'expressions.json')
  : join(import.meta.dirname, 'expressions.json');

/** Steps that an expression of others may take: of forms, which may come from clients, and of other packages. */
const foreignSteps = 1_000_000;

/** A compiler of FHIRPath that need not parse what the definitions hold. */
export function createCompiler(registry: Registry): ExpressionCompiler {
  return createExpressionCompiler(registry.model, { trees: storedTrees(treesFile) });
}

/**
 * A validator with everything it needs: terminology, FHIRPath, the rules of forms. Make one and keep it: definitions are
 * compiled when a resource first needs them.
 */
export function createValidator(options: ValidatorOptions = {}): CompiledValidator {
  const known = options.registry ?? openRegistry();
  const registry = options.definitions ? known.extend(options.definitions) : known;
  return wireValidator({
    registry,
    terminology: createTerminology(registry),
    compile: options.compile ?? (options.definitions ? createWaryCompiler : createCompiler)(registry),
    rules: formRules(createExpressionCompiler(registry.model, { steps: foreignSteps })),
  });
}

/** A compiler that trusts what ships: what the build did not parse may take so many steps and no more. */
function createWaryCompiler(registry: Registry): ExpressionCompiler {
  const trees = storedTrees(treesFile);
  const trusted = createExpressionCompiler(registry.model, { trees });
  const wary = createExpressionCompiler(registry.model, { steps: foreignSteps });
  return (text, type) => (trees(text) ? trusted : wary)(text, type);
}
