/**
 * The rules of forms as a validator asks for them: functions by resource type, given what they may ask of their
 * surroundings.
 */
import type { Issue } from '../core/issue.ts';
import type { Resource } from '../fhir/resource.ts';
import type { MemberOf } from './answer-options.ts';
import { checkForm } from './check-form.ts';
import { checkResponse } from './check-response.ts';
import { formFinding } from './finding.ts';

export interface FormSurroundings {
  /** A resource of a type by canonical URL (`url`, `url|version`) or fragment. */
  find(canonical: string, type: string): Resource | undefined;
  readonly memberOf: MemberOf;
}

type FormRule = (resource: Resource, surroundings: FormSurroundings) => readonly Issue[];

/** Findings whose expressions begin with the type of the resource. */
export const formRules: Readonly<Record<string, readonly FormRule[]>> = {
  Questionnaire: [(questionnaire) => checkForm(questionnaire)],
  QuestionnaireResponse: [responseRule],
};

function responseRule(response: Resource, { find, memberOf }: FormSurroundings): readonly Issue[] {
  const { questionnaire } = response;
  if (typeof questionnaire !== 'string') {
    return [formFinding('response-form-missing', 'QuestionnaireResponse')];
  }
  const form = find(questionnaire, 'Questionnaire');
  return form
    ? checkResponse(response, form, { memberOf })
    : [formFinding('response-form-unknown', 'QuestionnaireResponse.questionnaire')];
}
