/** What the validator's tests share: one validator over all definitions, and findings in a form that is easy to read. */
import type { Issue } from '../../src/core/issue.ts';
import { openRegistry } from '../../src/fhir/open-registry.ts';
import type { Registry } from '../../src/fhir/registry.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import { checkForm } from '../../src/questionnaire/check-form.ts';
import { checkResponse } from '../../src/questionnaire/check-response.ts';
import { createTerminology } from '../../src/terminology/create-terminology.ts';
import { type CompiledValidator, createValidator } from '../../src/validator/create-validator.ts';
import type { TypeRules } from '../../src/validator/type-rules.ts';
import type { ValidationOptions } from '../../src/validator/validator.ts';

export const registry = openRegistry();

/** The rules that the server wires in from other folders. */
const rules: TypeRules = {
  Questionnaire: [(questionnaire) => checkForm(questionnaire)],
  QuestionnaireResponse: [
    (response, { find, memberOf }) => {
      const canonical = response.questionnaire;
      const questionnaire = typeof canonical === 'string' ? find(canonical, 'Questionnaire') : undefined;
      return questionnaire ? checkResponse(response, questionnaire, { memberOf }) : [];
    },
  ],
};

/** A validator over a registry. */
export function validatorOver(definitions: Registry): CompiledValidator {
  return createValidator({
    registry: definitions,
    terminology: createTerminology(definitions),
    compile: createExpressionCompiler(definitions.model),
    rules,
  });
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
