/**
 * One answer to a question: its type, whether the item offers it, and the limits that it keeps.
 * https://hl7.org/fhir/R4/questionnaireresponse-definitions.html#QuestionnaireResponse.item.answer.value_x_
 */
import type { Issue } from '../core/issue.ts';
import { isObject } from '../fhir/resource.ts';
import { limitIssues } from './answer-limits.ts';
import { type MemberOf, optionIssues } from './answer-options.ts';
import { quantityIssues, referenceIssues } from './answer-quantities.ts';
import { formFinding } from './finding.ts';
import { type Answer, choiceOf, type FormItem } from './form.ts';
import type { ItemDemands } from './item-demands.ts';

export interface AnswerSurroundings {
  readonly memberOf: MemberOf;
  /** What the response contains. */
  readonly contained: unknown;
}

/** @param issues grows */
export function checkAnswer(
  item: FormItem,
  demands: ItemDemands,
  answer: Answer,
  { memberOf, contained }: AnswerSurroundings,
  issues: Issue[],
): void {
  const rule = demands.type;
  const choice = choiceOf(answer.value, 'value') ?? choiceOf(answer.value, '_value');
  if (!rule) return;
  if (!choice) {
    // Or an extension says why there is no value; or there are but items within the answer.
    if (answer.value.extension === undefined && answer.value.item === undefined)
      issues.push(formFinding('response-answer-empty', answer.path, item.linkId));
  } else if (!rule.answers.includes(choice.type) || !suitsOptions(item, demands, choice.type)) {
    issues.push(formFinding('response-answer-type', `${answer.path}.value`, item.linkId));
  } else if (!isExplained(choice.value)) {
    issues.push(...optionIssues(item, demands, answer, choice.type, choice.value, memberOf));
    issues.push(...limitIssues(item, demands, answer, choice.value));
    if (demands.extended && choice.type === 'Quantity')
      issues.push(...quantityIssues(item, answer, choice.value, memberOf));
    if (demands.extended && choice.type === 'Reference')
      issues.push(...referenceIssues(item, answer, choice.value, contained));
  }
}

/** Whether there is but an extension, which says why there is no value. */
function isExplained(value: unknown): boolean {
  if (!isObject(value) || value.extension === undefined) return false;
  return Object.keys(value).every((key) => key === 'extension' || key === 'id');
}

/** A choice is answered in the type of its options; one that names a value set, or nothing, with a Coding. */
function suitsOptions(item: FormItem, { optionTypes }: ItemDemands, type: string): boolean {
  if (item.type !== 'choice' && item.type !== 'open-choice') return true;
  if (item.type === 'open-choice' && type === 'String') return true;
  return optionTypes.size === 0 ? type === 'Coding' : optionTypes.has(type);
}
