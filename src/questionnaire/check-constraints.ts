/**
 * Whether a completed response keeps the constraints of its form. As of every invariant in FHIR, only `true` keeps one;
 * that of an item is asked where the item is.
 * https://hl7.org/fhir/extensions/StructureDefinition-targetConstraint.html
 */
import type { Issue } from '../core/issue.ts';
import type { Environment, TypedValue } from '../fhirpath/expression.ts';
import { formFinding } from './finding.ts';
import type { FormConstraint } from './form-constraint.ts';
import { type ExpressionParts, evaluate, fhirPathLanguage, formEnvironment } from './form-environment.ts';
import type { Form } from './read-form.ts';
import { type Place, type Visited, walkForm } from './walk-form.ts';

type Json = Readonly<Record<string, unknown>>;

/** @returns findings with expressions that begin with `QuestionnaireResponse` */
export function checkConstraints(response: Json, form: Form, { compile }: ExpressionParts): Issue[] {
  if (response.status !== 'completed' && response.status !== 'amended') return [];
  const issues: Issue[] = [];
  const target: TypedValue = { type: 'QuestionnaireResponse', value: response };
  const definition: TypedValue = { type: 'Questionnaire', value: form.questionnaire };
  const parts: ExpressionParts = { compile, variables: { target, definition } };
  const check = (
    constraint: FormConstraint,
    focus: TypedValue,
    environment: Environment,
    path: string,
    linkId?: string,
  ): void => {
    const { key, severity, expression, human } = constraint;
    const values =
      expression.language === fhirPathLanguage
        ? evaluate(expression.expression, focus, environment, compile)
        : undefined;
    if (!values) issues.push(formFinding('response-constraint-unchecked', path, linkId));
    else if (!(values.length === 1 && values[0]!.value === true))
      // The words are those of the form, which knows nothing of the patient.
      issues.push({ ...formFinding('response-constraint', path), severity, hint: `${key}: ${human}` });
  };
  if (form.constraints.length > 0) {
    const environment = formEnvironment(form, response, parts);
    for (const constraint of form.constraints)
      check(constraint, target, environment, 'QuestionnaireResponse');
  }
  const visit = (place: Place): Visited<undefined> => {
    const { item, at } = place;
    for (const constraint of form.itemConstraints.get(item) ?? [])
      check(constraint, place.focus, place.environment(), at.path, item.linkId);
    return { state: undefined };
  };
  if (form.constrained.size > 0)
    walkForm(form, response, parts, { state: undefined }, visit, {
      items: form.constrained,
      presentOnly: true,
    });
  return issues;
}
