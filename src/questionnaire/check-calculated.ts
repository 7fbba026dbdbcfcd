/**
 * Whether the calculated answers of a completed response are those that its form calculates.
 * https://hl7.org/fhir/uv/sdc/StructureDefinition-sdc-questionnaire-calculatedExpression.html
 */
import type { Issue } from '../core/issue.ts';
import { calculate } from './calculate.ts';
import { formFinding } from './finding.ts';
import { choiceOf } from './form.ts';
import type { ExpressionParts } from './form-environment.ts';
import type { Form } from './read-form.ts';
import { isSameAnswer } from './same-answer.ts';

type Json = Readonly<Record<string, unknown>>;

/** @returns findings with expressions that begin with `QuestionnaireResponse` */
export function checkCalculated(response: Json, form: Form, parts: ExpressionParts): Issue[] {
  if (response.status !== 'completed' && response.status !== 'amended') return [];
  // A program that does not calculate leaves the answer out; that is no fault.
  const calculated = calculate(form, response, parts, true);
  return calculated.flatMap(({ item, at, given, values }) => {
    if (values === undefined) return [formFinding('response-calculation-unchecked', at.path, item.linkId)];
    const agrees =
      values.length === given.length &&
      given.every(({ value }, index) =>
        isSameAnswer(choiceOf(value, 'value')?.value, choiceOf(values[index]!, 'value')?.value),
      );
    return agrees ? [] : [formFinding('response-calculated', at.path, item.linkId)];
  });
}
