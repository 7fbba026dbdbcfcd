/**
 * The values that a form calculates from the answers of a response.
 * https://hl7.org/fhir/uv/sdc/StructureDefinition-sdc-questionnaire-calculatedExpression.html
 */
import { type AnswerValue, answerFromValue } from './answer-from-value.ts';
import type { Answer, FormItem, Located } from './form.ts';
import { type ExpressionParts, evaluate, fhirPathLanguage } from './form-environment.ts';
import type { Form } from './read-form.ts';
import { type Place, type Visited, walkForm } from './walk-form.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Calculated {
  readonly item: FormItem;
  /** The item in the response; what would hold it, where it is not there. */
  readonly at: Located;
  /** What the response says now. */
  readonly given: readonly Answer[];
  /** What the form says; undefined when the expression is not FHIRPath, or failed. */
  readonly values: readonly AnswerValue[] | undefined;
}

/**
 * Every enabled item with a calculated expression, in the order of the form; in each repetition of its group.
 * @param answeredOnly whether those without an answer are left out
 */
export function calculate(
  form: Form,
  response: Json,
  parts: ExpressionParts,
  answeredOnly = false,
): Calculated[] {
  if (form.calculations.size === 0) return [];
  const found: Calculated[] = [];
  const visit = (place: Place): Visited<undefined> => {
    const { item, at } = place;
    const expression = form.calculations.get(item);
    if (expression && !(answeredOnly && place.answers.length === 0)) {
      const results =
        expression.language === fhirPathLanguage
          ? evaluate(expression.expression, place.focus, place.environment(), parts.compile)
          : undefined;
      const values = results?.flatMap((value) => answerFromValue(item, value) ?? []);
      found.push({ item, at, given: place.answers, values });
    }
    return { state: undefined };
  };
  walkForm(form, response, parts, { state: undefined }, visit, {
    items: form.calculating,
    presentOnly: answeredOnly,
  });
  return found;
}
