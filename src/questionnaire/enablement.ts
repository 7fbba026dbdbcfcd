/**
 * Whether an item is enabled where it stands: by the conditions it lists, or by the one expression it has instead.
 * https://hl7.org/fhir/uv/sdc/StructureDefinition-sdc-questionnaire-enableWhenExpression.html
 */
import type { Environment, ExpressionCompiler, TypedValue } from '../fhirpath/expression.ts';
import { type AnswersTo, isEnabled } from './enable-when.ts';
import type { FormItem, ResponseItem } from './form.ts';
import { evaluate, fhirPathLanguage, itemEnvironment } from './form-environment.ts';
import type { ItemDemands } from './item-demands.ts';

export interface Surroundings {
  readonly answersTo: AnswersTo;
  /** Of what holds the item. */
  readonly environment: () => Environment;
  readonly compile: ExpressionCompiler;
}

/**
 * @param own the item in the response, as often as it is there
 * @returns undefined when the expression does not say: whoever fills in the form then sees the item
 */
export function enablement(
  item: FormItem,
  { conditions, any, enabledBy: expression }: ItemDemands,
  own: readonly Pick<ResponseItem, 'value'>[],
  { answersTo, environment, compile }: Surroundings,
): boolean | undefined {
  if (!expression) return isEnabled(conditions, any, answersTo);
  if (expression.language !== fhirPathLanguage) return undefined;
  const focus = itemFocus(own[0]?.value ?? { linkId: item.linkId });
  const around = itemEnvironment(environment(), item, focus, { compile });
  const says = (from: TypedValue) => truth(evaluate(expression.expression, from, around, compile));
  const said = says(focus);
  // Many a form means the response where it begins with a path, not with a variable.
  return said === false && says(around.resource) === true ? true : said;
}

/** Undefined for what is neither true nor false. */
function truth(values: readonly TypedValue[] | undefined): boolean | undefined {
  if (values?.length === 0) return false;
  const [only] = values?.length === 1 ? values : [];
  return typeof only?.value === 'boolean' ? only.value : undefined;
}

/** What the expressions of an item begin from. */
export function itemFocus(value: Readonly<Record<string, unknown>>): TypedValue {
  return { type: 'QuestionnaireResponse.item', value };
}
