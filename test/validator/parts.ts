/** What the validator's tests share: one validator over all definitions, and findings in a form that is easy to read. */
import type { Issue } from '../../src/core/issue.ts';
import { openRegistry } from '../../src/fhir/open-registry.ts';
import type { Registry } from '../../src/fhir/registry.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { formRules } from '../../src/questionnaire/form-rules.ts';
import { createTerminology } from '../../src/terminology/create-terminology.ts';
import { type CompiledValidator, createValidator } from '../../src/validator/create-validator.ts';
import type { ValidationOptions } from '../../src/validator/validator.ts';

export const registry = openRegistry();

/** A validator over a registry. */
export function validatorOver(definitions: Registry): CompiledValidator {
  const terminology = createTerminology(definitions);
  const compile = createExpressionCompiler(definitions.model);
  return createValidator({ registry: definitions, terminology, compile, rules: formRules(compile) });
}

export const validator = validatorOver(registry);

/** A validator that also knows these definitions; missing snapshots are generated. */
export function validatorWith(...definitions: object[]): CompiledValidator {
  return validatorOver(registry.extend(definitions as Resource[]));
}

const said = ({ key, expression }: Issue) => `${key} @ ${expression}`;

/** Errors as `key @ expression`. */
export function errors(resource: unknown, options?: ValidationOptions, by = validator): string[] {
  return by
    .validate(resource, options)
    .filter(({ severity }) => severity === 'error')
    .map(said);
}

/** All findings of a severity as `key @ expression`. */
export function findings(
  resource: unknown,
  severity: Issue['severity'],
  options?: ValidationOptions,
  by = validator,
): string[] {
  return by
    .validate(resource, options)
    .filter((issue) => issue.severity === severity)
    .map(said);
}

/** A case of a table: a resource and the errors it must have, exactly and in any order. */
export type Case = readonly [name: string, resource: object, errors: readonly string[]];

const base = 'http://hl7.org/fhir/StructureDefinition/';
let serial = 0;

/** A profile of a type by its differential: `[path or id, what it says]`. Its url is unique. */
export function profile(type: string, elements: Record<string, object>, more: object = {}): { url: string } {
  const url = `https://kat.test/StructureDefinition/p${++serial}`;
  const element = Object.entries(elements).map(([id, says]) => ({
    id,
    path: id.replace(/:[^.]*/g, ''),
    ...says,
  }));
  return {
    resourceType: 'StructureDefinition',
    url,
    name: `P${serial}`,
    status: 'active',
    fhirVersion: '4.0.1',
    kind: /^(Extension|Quantity|HumanName|Address|Coding)$/.test(type) ? 'complex-type' : 'resource',
    abstract: false,
    type,
    baseDefinition: base + type,
    derivation: 'constraint',
    differential: { element },
    ...more,
  } as { url: string };
}
