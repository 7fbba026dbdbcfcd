/**
 * Where the items of a response stand: in the places and in the order of the form. It is said of what holds them.
 * https://hl7.org/fhir/R4/questionnaireresponse-definitions.html#QuestionnaireResponse.questionnaire
 */
import type { Issue } from '../core/issue.ts';
import { type FormFindingKey, formFinding } from './finding.ts';
import type { FormItem, Located, ResponseItem } from './form.ts';
import type { Form } from './read-form.ts';

/** @param items those that the form has at this place */
export function placeIssues(
  form: Form,
  items: readonly FormItem[],
  given: readonly ResponseItem[],
  holder: Located,
): Issue[] {
  const issues: Issue[] = [];
  let last = -1;
  for (const one of given) {
    const item = form.byLinkId.get(one.linkId);
    // They come in the order of the form: the search begins where the last one stood.
    const ahead = item ? items.indexOf(item, Math.max(last, 0)) : -1;
    const place = item && ahead === -1 ? items.indexOf(item) : ahead;
    if (place === -1) {
      issues.push(placeIssue(item ? 'response-item-place' : 'response-item-unknown', one, holder));
    } else {
      if (place < last) issues.push(placeIssue('response-item-order', one, holder));
      // One that is out of its order puts no other out of it.
      last = place;
    }
  }
  return issues;
}

/** The words end with which of the items it is: `item[2]`. */
export function placeIssue(key: FormFindingKey, { path, linkId }: ResponseItem, holder: Located): Issue {
  const issue = formFinding(key, holder.path, linkId);
  return { ...issue, text: `${issue.text}: ${path.slice(holder.path.length + 1)}` };
}
