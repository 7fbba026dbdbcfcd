/**
 * The rules of forms as the validator asks for them: of a Questionnaire, of a QuestionnaireResponse, of nothing else.
 */
import type { Issue } from '../core/issue.ts';
import { isObject, type Resource } from '../fhir/resource.ts';
import type { MemberOf } from './answer-options.ts';
import { checkForm } from './check-form.ts';
import { checkResponse } from './check-response.ts';
import { formFinding } from './finding.ts';
import { objectsOf } from './form.ts';

export interface FormRuleParts {
  readonly memberOf: MemberOf;
}

/** Finds a resource by its canonical, `url` or `url|version`. */
export type FindCanonical = (canonical: string) => Resource | undefined;

/** Findings whose expressions begin with the type of the resource. */
export type FormRules = (resource: Readonly<Record<string, unknown>>, find: FindCanonical) => Issue[];

export function createFormRules(parts: FormRuleParts): FormRules {
  return (resource, find) => {
    if (resource.resourceType === 'Questionnaire') return checkForm(resource);
    if (resource.resourceType !== 'QuestionnaireResponse') return [];
    const { questionnaire } = resource;
    if (typeof questionnaire !== 'string') {
      return [formFinding('response-form-missing', 'QuestionnaireResponse')];
    }
    const form = questionnaire.startsWith('#')
      ? contained(resource, questionnaire.slice(1))
      : find(questionnaire);
    if (form?.resourceType !== 'Questionnaire') {
      return [formFinding('response-form-unknown', 'QuestionnaireResponse.questionnaire')];
    }
    return checkResponse(resource, form, parts);
  };
}

function contained(
  resource: Readonly<Record<string, unknown>>,
  id: string,
): Record<string, unknown> | undefined {
  return objectsOf(resource.contained).find((candidate) => isObject(candidate) && candidate.id === id);
}
