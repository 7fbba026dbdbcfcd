/**
 * The values that a form calculates from the answers of a response.
 * https://hl7.org/fhir/uv/sdc/StructureDefinition-sdc-questionnaire-calculatedExpression.html
 */
import type { Environment, TypedValue } from '../fhirpath/expression.ts';
import { type AnswerValue, answerFromValue } from './answer-from-value.ts';
import { isEnabled } from './enable-when.ts';
import {
  type Answer,
  allItems,
  answersOf,
  type FormItem,
  formItems,
  type ResponseItem,
  responseItems,
} from './form.ts';
import {
  type ExpressionParts,
  evaluate,
  expressionsOf,
  fhirPathLanguage,
  formEnvironment,
  itemEnvironment,
} from './form-environment.ts';
import { answersAround } from './given-answers.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Calculated {
  readonly item: FormItem;
  /** FHIRPath of the item in the response; of what would hold it, where it is not there. */
  readonly path: string;
  /** What the response says now. */
  readonly given: readonly Answer[];
  /** What the form says; undefined when the expression is not FHIRPath, or failed. */
  readonly values: readonly AnswerValue[] | undefined;
}

const calculatedUrl = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression';

/** Every enabled item with a calculated expression, in the order of the form; in each repetition of its group. */
export function calculate(questionnaire: Json, response: Json, parts: ExpressionParts): Calculated[] {
  const found: Calculated[] = [];
  const form = formItems(questionnaire);
  if (!allItems(form).some(({ definition }) => expressionsOf(definition, calculatedUrl).length > 0))
    return found;
  const visit = (
    items: readonly FormItem[],
    holder: Json,
    path: string,
    around: readonly Json[],
    outer: Environment,
  ): void => {
    const given = responseItems(holder, path);
    for (const item of items) {
      if (!isEnabled(item.definition, answersAround(around))) continue;
      const own = given.filter(({ linkId }) => linkId === item.linkId);
      const places: readonly Pick<ResponseItem, 'value' | 'path'>[] =
        own.length > 0 ? own : [{ value: { linkId: item.linkId }, path }];
      for (const place of places) {
        const focus: TypedValue = { type: 'QuestionnaireResponse.item', value: place.value };
        const environment = itemEnvironment(outer, item, focus, parts);
        const [expression] = expressionsOf(item.definition, calculatedUrl);
        if (expression) {
          const results =
            expression.language === fhirPathLanguage
              ? evaluate(expression.expression, focus, environment, parts.compile)
              : undefined;
          const values = results?.flatMap((value) => answerFromValue(item, value) ?? []);
          const answers = own.length > 0 ? answersOf({ ...place, linkId: item.linkId }) : [];
          found.push({ item, path: place.path, given: answers, values });
        }
        if (item.children.length === 0) continue;
        const holders = item.type === 'group' ? [place] : answersOf({ ...place, linkId: item.linkId });
        for (const { value, path: at } of holders) {
          visit(item.children, value, at, [...around, value], environment);
        }
      }
    }
  };
  visit(form, response, 'QuestionnaireResponse', [response], formEnvironment(questionnaire, response, parts));
  return found;
}
