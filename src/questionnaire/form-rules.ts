/**
 * The rules of forms as a validator asks for them: functions by resource type, given what they may ask of their
 * surroundings.
 */
import type { Issue } from '../core/issue.ts';
import { isResource, type Resource } from '../fhir/resource.ts';
import type { ExpressionCompiler } from '../fhirpath/expression.ts';
import type { ExpressionJudge } from '../fhirpath/expression-fault.ts';
import type { MemberOf } from './answer-options.ts';
import { leadsTo } from './answer-quantities.ts';
import { checkCalculated } from './check-calculated.ts';
import { checkConstraints } from './check-constraints.ts';
import { checkDerivation } from './check-derivation.ts';
import { checkForm } from './check-form.ts';
import { checkResponse } from './check-response.ts';
import { formFinding } from './finding.ts';
import { type Form, readForm } from './read-form.ts';

export interface FormSurroundings {
  /** A resource of a type by canonical URL (`url`, `url|version`) or fragment. */
  find(canonical: string, type: string): Resource | undefined;
  readonly memberOf: MemberOf;
  /** Membership of a coding in a value set that is at hand itself. */
  memberIn(valueSet: Resource, coding: Parameters<MemberOf>[1]): ReturnType<MemberOf>;
  readonly judgeExpression: ExpressionJudge;
}

type FormRule = (resource: Resource, surroundings: FormSurroundings) => readonly Issue[];

/**
 * Findings whose expressions begin with the type of the resource.
 * @param compile for expressions of forms, which may come from clients: with a limit to what they may take
 */
export function formRules(compile: ExpressionCompiler): Readonly<Record<string, readonly FormRule[]>> {
  /** What a form says of its items does not depend on who answers it. */
  const forms = new WeakMap<Resource, Form>();
  const formOf = (questionnaire: Resource): Form => {
    const known = forms.get(questionnaire) ?? readForm(questionnaire);
    forms.set(questionnaire, known);
    return known;
  };
  return {
    Questionnaire: [
      (questionnaire, { judgeExpression }) =>
        checkForm(questionnaire, (text) => judgeExpression(text, undefined) !== 'no-fhirpath'),
      (questionnaire, { find }) =>
        checkDerivation(questionnaire, (canonical) => find(canonical, 'Questionnaire')),
    ],
    QuestionnaireResponse: [
      (response, surroundings) => responseFindings(response, surroundings, formOf, compile),
    ],
  };
}

function responseFindings(
  response: Resource,
  { find, memberOf, memberIn }: FormSurroundings,
  formOf: (questionnaire: Resource) => Form,
  compile: ExpressionCompiler,
): readonly Issue[] {
  const { questionnaire } = response;
  if (typeof questionnaire !== 'string') {
    return [formFinding('response-form-missing', 'QuestionnaireResponse')];
  }
  const found = find(questionnaire, 'Questionnaire');
  if (!found) return [formFinding('response-form-unknown', 'QuestionnaireResponse.questionnaire')];
  const form = formOf(found);
  // What is contained contains nothing itself: beside such a form stand its value sets.
  const { contained } = questionnaire.startsWith('#') ? response : found;
  const inside: unknown[] = Array.isArray(contained) ? contained : [];
  /** A fragment names a value set that is contained; another one may come along with the response. */
  const offers: MemberOf = (valueSet, coding) => {
    const isInside = valueSet.startsWith('#');
    const known = isInside ? 'unknown' : memberOf(valueSet, coding);
    if (known !== 'unknown') return known;
    const own = isInside
      ? inside.filter(isResource).find(({ id }) => `#${id}` === valueSet)
      : find(valueSet, 'ValueSet');
    return own?.resourceType === 'ValueSet' ? memberIn(own, coding) : 'unknown';
  };
  const { subjectType } = found;
  const isFor = !Array.isArray(subjectType) || leadsTo(response.subject, subjectType, response.contained);
  return [
    ...(isFor ? [] : [formFinding('response-subject', 'QuestionnaireResponse.subject')]),
    ...checkResponse(response, form, { memberOf: offers, compile }),
    ...checkConstraints(response, form, { compile }),
    ...checkCalculated(response, form, { compile }),
  ];
}
