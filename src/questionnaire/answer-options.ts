/**
 * Whether an answer is one the item offers: its answer options, or the value set they are drawn from.
 * https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.answerValueSet
 */
import type { Issue } from '../core/issue.ts';
import { isObject, objectsOf } from '../fhir/resource.ts';
import { formFinding } from './finding.ts';
import { type Answer, choiceValueOf, extensionValue, type FormItem } from './form.ts';
import type { ItemDemands } from './item-demands.ts';
import { isSameAnswer } from './same-answer.ts';

/** Membership of a coding in a value set, by its canonical URL. */
export type MemberOf = (
  valueSet: string,
  coding: { readonly system?: string; readonly code?: string },
) => 'member' | 'not-member' | 'unknown';

const none: readonly never[] = [];

/** @param type suffix of the answer's `value[x]` */
export function optionIssues(
  item: FormItem,
  { options, valueSet }: ItemDemands,
  answer: Answer,
  type: string,
  value: unknown,
  memberOf: MemberOf,
): readonly Issue[] {
  const isOpen = item.type === 'open-choice';
  // An open choice takes any text besides what it offers.
  if (isOpen && type === 'String') return none;
  if (options.length > 0) {
    if (options.some((option) => isSameAnswer(value, option))) return none;
    // Of a choice the answer is at fault; of other types, which need no options, the value.
    const isChoice = isOpen || item.type === 'choice';
    const path = isChoice ? answer.path : `${answer.path}.value`;
    return [formFinding('response-answer-option', path, item.linkId)];
  }
  // A value set is of codings; the code of a quantity is its unit.
  if (valueSet === undefined || type !== 'Coding' || !isObject(value)) return none;
  if (isOpen && isText(value)) return none;
  // Of a code without a system nobody can tell what it means, nor that it is none of the set.
  const membership = value.system === undefined ? 'unknown' : memberOf(valueSet, value);
  if (membership === 'member') return none;
  const key = membership === 'unknown' ? 'response-answer-unchecked' : 'response-answer-set';
  return [formFinding(key, answer.path, item.linkId)];
}

/** A coding that has nothing but words. */
const isText = ({ display, code, system }: Record<string, unknown>) =>
  display !== undefined && code === undefined && system === undefined;

const exclusive = 'http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive';

/** Of several answers none is an option that stands alone. */
export function exclusiveIssues(item: FormItem, answers: readonly Answer[]): Issue[] {
  const alone = objectsOf(item.definition.answerOption).filter(
    (option) => extensionValue(option, exclusive) === true,
  );
  if (alone.length === 0) return [];
  const isAlone = (answer: Answer) => {
    const value = choiceValueOf(answer.value, 'value');
    return alone.some((option) => isSameAnswer(value, choiceValueOf(option, 'value')));
  };
  return answers
    .filter(isAlone)
    .map(({ path }) => formFinding('response-answer-exclusive', path, item.linkId));
}
