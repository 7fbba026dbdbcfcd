/**
 * What expressions of a form may name: `%resource` and `%questionnaire`, `%qitem`, its variables, the scores of answers.
 * https://hl7.org/fhir/uv/sdc/expressions.html#fhirpath
 */

import { objectsOf } from '../fhir/resource.ts';
import type { Environment, ExpressionCompiler, TypedValue } from '../fhirpath/expression.ts';
import { answerWeights } from './answer-weights.ts';
import type { FormItem } from './form.ts';
import type { Form } from './read-form.ts';

type Json = Readonly<Record<string, unknown>>;

export interface ExpressionParts {
  readonly compile: ExpressionCompiler;
  /** Milliseconds since the epoch, for `now()` and `today()`. */
  readonly now?: number;
  /** Further variables: launch contexts, results of queries. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** An `Expression` of a form, as far as it is FHIRPath. */
export interface FormExpression {
  readonly name?: string;
  readonly language: string;
  readonly expression: string;
}

export const fhirPathLanguage = 'text/fhirpath';
const none: readonly never[] = [];
const variableUrl = 'http://hl7.org/fhir/StructureDefinition/variable';

/** The environment of expressions of a form about a response, with the variables of the form itself. */
export function formEnvironment(form: Form, response: Json, parts: ExpressionParts): Environment {
  const { questionnaire } = form;
  const resource: TypedValue = { type: 'QuestionnaireResponse', value: response };
  const bare: Environment = {
    resource,
    rootResource: resource,
    weight: answerWeights(form, response),
    variables: { ...parts.variables, questionnaire: { type: 'Questionnaire', value: questionnaire } },
    ...(parts.now === undefined ? {} : { now: parts.now }),
  };
  return withVariables(bare, questionnaire, resource, parts);
}

/** The environment of expressions of an item. */
export function itemEnvironment(
  outer: Environment,
  item: FormItem,
  focus: TypedValue,
  parts: ExpressionParts,
): Environment {
  const qitem = { type: 'Questionnaire.item', value: item.definition };
  const inner = { ...outer, variables: { ...outer.variables, qitem } };
  return withVariables(inner, item.definition, focus, parts);
}

/** Adds the FHIRPath variables that an element declares, each visible to the next; one that fails is not there. */
function withVariables(
  outer: Environment,
  element: Json,
  focus: TypedValue,
  { compile }: ExpressionParts,
): Environment {
  let environment = outer;
  for (const { name, language, expression } of expressionsOf(element, variableUrl)) {
    if (name === undefined || language !== fhirPathLanguage) continue;
    const values = evaluate(expression, focus, environment, compile);
    if (values) environment = { ...environment, variables: { ...environment.variables, [name]: values } };
  }
  return environment;
}

/** The values of extensions that hold an Expression. */
export function expressionsOf(element: Json, url: string): readonly FormExpression[] {
  // Most elements declare none, and every one is asked.
  if (element.extension === undefined) return none;
  return objectsOf(element.extension).flatMap((extension) => {
    if (extension.url !== url) return [];
    const { name, language, expression } = (extension.valueExpression ?? {}) as Partial<FormExpression>;
    if (typeof expression !== 'string' || typeof language !== 'string') return [];
    return [{ ...(typeof name === 'string' ? { name } : {}), language, expression }];
  });
}

/** The values an expression yields; undefined when it cannot be parsed or evaluated. */
export function evaluate(
  expression: string,
  focus: TypedValue,
  environment: Environment,
  compile: ExpressionCompiler,
): readonly TypedValue[] | undefined {
  try {
    return compile(expression, focus.type).values(focus, environment);
  } catch {
    // The expression comes with the form: that it fails is no fault of the server. Whoever asks says so.
    return undefined;
  }
}
