/**
 * A Questionnaire as a form: what its own invariants cannot say because it spans items.
 * https://hl7.org/fhir/R4/questionnaire.html
 */
import type { Issue } from '../core/issue.ts';
import { objectsOf } from '../fhir/resource.ts';
import { itemTypeRule } from './answer-type.ts';
import { orderedOperators } from './enable-when.ts';
import { type FormFindingKey, formFinding } from './finding.ts';
import { allItems, choiceOf, type FormItem, formItems } from './form.ts';
import { constraintTexts } from './form-constraint.ts';
import { isSameAnswer } from './same-answer.ts';

/** Answers of these types have no order. */
const unordered: ReadonlySet<string> = new Set(['Boolean', 'Coding', 'Reference']);

/**
 * @param isFhirPath whether a text parses, as far as that can be told
 * @returns findings with expressions that begin with `Questionnaire`
 */
export function checkForm(
  questionnaire: Readonly<Record<string, unknown>>,
  isFhirPath: (text: string) => boolean,
): Issue[] {
  const items = allItems(formItems(questionnaire));
  const byLinkId = new Map<string, FormItem>();
  const issues: Issue[] = [];
  for (const item of items) {
    // One that is not there is structural validation's to report.
    if (item.linkId === '') continue;
    if (byLinkId.has(item.linkId))
      issues.push(formFinding('form-link-id', `${item.path}.linkId`, item.linkId));
    else byLinkId.set(item.linkId, item);
  }
  for (const item of items) {
    issues.push(...conditionIssues(item, byLinkId), ...optionIssues(item), ...initialIssues(item));
  }
  const constrained = [{ definition: questionnaire, path: 'Questionnaire', linkId: undefined }, ...items];
  for (const { definition, path, linkId } of constrained)
    for (const constraint of constraintTexts(definition, path))
      if (!isFhirPath(constraint.text)) issues.push(formFinding('form-constraint', constraint.path, linkId));
  return issues;
}

function conditionIssues(item: FormItem, byLinkId: ReadonlyMap<string, FormItem>): Issue[] {
  return objectsOf(item.definition.enableWhen).flatMap((condition, index) => {
    const own = `enableWhen[${index}]`;
    const path = `${item.path}.${own}`;
    /** That no answer can ever enable the item is said of the item. */
    const unanswerable = (key: FormFindingKey): Issue[] => {
      const issue = formFinding(key, item.path, item.linkId);
      return [{ ...issue, text: `${issue.text}: ${own}` }];
    };
    const question = byLinkId.get(String(condition.question));
    if (!question) return unanswerable('form-enable-when-target');
    // What is within the item is as disabled as the item itself.
    if (question === item || question.path.startsWith(`${item.path}.item`))
      return unanswerable('form-enable-when-self');
    const rule = itemTypeRule(question.type);
    const operator = String(condition.operator);
    const answer = choiceOf(condition, 'answer');
    if (!rule || !answer || operator === 'exists') return [];
    const issues: Issue[] = [];
    if (!(rule.asked ?? rule.answers).includes(answer.type)) {
      issues.push(formFinding('form-enable-when-answer', `${path}.answer`, item.linkId));
    }
    if (orderedOperators.has(operator) && unordered.has(answer.type)) {
      issues.push(formFinding('form-enable-when-operator', `${path}.operator`, item.linkId));
    }
    return issues;
  });
}

function optionIssues(item: FormItem): Issue[] {
  const rule = itemTypeRule(item.type);
  if (!rule) return [];
  return objectsOf(item.definition.answerOption).flatMap((option, index) => {
    const value = choiceOf(option, 'value');
    if (!value || rule.options.includes(value.type)) return [];
    return [formFinding('form-option-type', `${item.path}.answerOption[${index}].value`, item.linkId)];
  });
}

function initialIssues(item: FormItem): Issue[] {
  const rule = itemTypeRule(item.type);
  if (!rule) return [];
  const options = objectsOf(item.definition.answerOption).map((option) => choiceOf(option, 'value')?.value);
  return [
    ...initialCountIssues(item),
    ...objectsOf(item.definition.initial).flatMap((initial, index) => {
      const value = choiceOf(initial, 'value');
      const path = `${item.path}.initial[${index}].value`;
      if (!value) return [];
      if (!rule.answers.includes(value.type)) return [formFinding('form-initial-type', path, item.linkId)];
      const isListed = options.length === 0 || options.some((option) => isSameAnswer(value.value, option));
      // A form with an open choice may begin with an answer of its own.
      if (isListed || item.type === 'open-choice') return [];
      return [formFinding('form-initial-option', path, item.linkId)];
    }),
  ];
}

/** que-13 says nothing where `repeats` is absent, which means false. */
function initialCountIssues({ definition, path, linkId }: FormItem): Issue[] {
  const selected = objectsOf(definition.answerOption).filter(
    ({ initialSelected }) => initialSelected === true,
  );
  const isMany = objectsOf(definition.initial).length > 1 || selected.length > 1;
  return isMany && definition.repeats !== true ? [formFinding('form-initial-many', path, linkId)] : [];
}
