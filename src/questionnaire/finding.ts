/** The findings about forms and responses: key to severity, code and words. The keys are part of kat-issue. */
import type { Issue, IssueSeverity, IssueType } from '../core/issue.ts';

const table = {
  'form-enable-when-target': [
    'error',
    'business-rule',
    'enableWhen.question is not the linkId of an item of the form',
  ],
  'form-enable-when-self': [
    'error',
    'business-rule',
    'An item cannot be enabled by its own answer, or by one within it',
  ],
  // What follows is never met, but R4 does not forbid it.
  'form-enable-when-answer': [
    'warning',
    'value',
    'enableWhen.answer is not of the type of the question it asks about',
  ],
  'form-enable-when-operator': ['warning', 'value', 'enableWhen compares by order what has none'],
  'form-option-type': ['error', 'value', 'The answer option is not of the type of its item'],
  'form-initial-type': ['error', 'value', 'The initial value is not of the type of its item'],
  'form-initial-option': ['error', 'code-invalid', 'The initial value is none of the answer options'],
  'form-initial-many': ['error', 'value', 'Only an item that repeats has several initial values'],
  'form-constraint': ['error', 'invalid', 'The expression of the constraint is no FHIRPath'],
  'form-derivation': [
    'error',
    'business-rule',
    'The item does not keep to the form that this one complies with or extends',
  ],
  'form-link-id': ['error', 'invariant', 'The linkId is used by another item of the form'],
  'response-form-unknown': [
    'warning',
    'not-found',
    'The questionnaire is not known here, so the answers were not checked',
  ],
  'response-form-missing': [
    'warning',
    'required',
    'No questionnaire is named, so the answers were not checked',
  ],
  'response-subject': ['error', 'value', 'The questionnaire is not for a subject of this type'],
  'response-item-unknown': ['error', 'not-found', 'The linkId is not in the questionnaire'],
  'response-item-place': [
    'error',
    'structure',
    'The item does not belong at this place of the questionnaire',
  ],
  'response-item-order': ['error', 'structure', 'The item is not in the order of the questionnaire'],
  'response-item-repeated': ['error', 'invalid', 'The item does not repeat but is there more than once'],
  'response-item-text': ['error', 'invalid', 'The text is not that of the questionnaire'],
  'response-item-disabled': ['error', 'invalid', 'The item has answers or items although it is disabled'],
  'response-enabled-unchecked': [
    'information',
    'not-supported',
    'Not checked: whether the item is enabled could not be computed here',
  ],
  'response-item-display': ['error', 'structure', 'A display item has neither answers nor items'],
  'response-required': ['error', 'required', 'A required item has no answer'],
  'response-answers-few': ['error', 'invalid', 'There are fewer answers than minOccurs asks for'],
  'response-answers-many': ['error', 'invalid', 'There are more answers than the item takes'],
  'response-group-answer': ['error', 'structure', 'A group takes items, not answers'],
  'response-question-items': ['error', 'structure', 'Items below a question belong to its answer'],
  'response-answer-type': ['error', 'invariant', 'The answer is not of the type of the item'],
  'response-answer-empty': ['error', 'required', 'The answer has no value'],
  'response-answer-option': ['error', 'invariant', 'The answer is none of the options'],
  'response-answer-set': ['error', 'code-invalid', 'The answer is not in the value set of the item'],
  'response-answer-unchecked': [
    'information',
    'not-supported',
    'Not checked: whether the answer is in the value set of the item cannot be known here',
  ],
  'response-answer-exclusive': [
    'error',
    'invariant',
    'The option that was chosen leaves no room for another answer',
  ],
  'response-answer-length': ['error', 'invariant', 'The answer is longer or shorter than the item allows'],
  'response-answer-range': ['error', 'invariant', 'The answer is outside of the range the item allows'],
  'response-answer-digits': ['error', 'invariant', 'The answer has more decimal places than the item allows'],
  'response-answer-pattern': ['error', 'invariant', 'The answer does not match the pattern of the item'],
  'response-answer-attachment': [
    'error',
    'value',
    'The attachment is larger, or of another kind, than the item allows',
  ],
  'response-answer-unit': ['error', 'invariant', 'The unit is none that the item allows'],
  'response-answer-target': [
    'error',
    'invariant',
    'The reference leads to a type that the item does not allow',
  ],
  'response-calculated': ['warning', 'value', 'The answer is not the value that the form calculates'],
  'response-calculation-unchecked': [
    'information',
    'not-supported',
    'Not checked: the value that the form calculates could not be computed here',
  ],
  'response-constraint': ['error', 'invariant', 'The answers break a constraint of the form'],
  'response-constraint-unchecked': [
    'information',
    'not-supported',
    'Not checked: a constraint of the form could not be evaluated here',
  ],
  'extract-incomplete': [
    'warning',
    'business-rule',
    'Nothing is extracted: the response is neither completed nor amended',
  ],
  'extract-value': ['warning', 'not-supported', 'Not extracted: an Observation cannot hold such an answer'],
  'extract-template': ['error', 'not-found', 'The template that the form names is not contained in it'],
  'extract-expression': ['error', 'processing', 'An expression of the form could not be evaluated'],
  'extract-element': ['error', 'not-found', 'The definition of the item names no element of the resource'],
  'extract-map': ['warning', 'not-supported', 'The form names a StructureMap; maps are not carried out here'],
  'populate-map': [
    'warning',
    'not-supported',
    'The form names a StructureMap; maps are not carried out here',
  ],
  'populate-source': ['warning', 'not-supported', 'Only what this server holds is used, no other source'],
  'populate-context': ['warning', 'required', 'A launch context that the form names was not given'],
  'populate-query': ['warning', 'not-found', 'A query of the form could not be answered here'],
  'populate-expression': ['warning', 'processing', 'An expression of the form could not be evaluated'],
} as const satisfies Record<string, readonly [IssueSeverity, IssueType, string]>;

export type FormFindingKey = keyof typeof table;

/** Every key, for the guide's code system. */
export const formFindings: Readonly<Record<FormFindingKey, readonly [IssueSeverity, IssueType, string]>> =
  table;

/** @param linkId names the item for the reader; it comes from the form, never from the patient */
export function formFinding(key: FormFindingKey, expression: string, linkId?: string): Issue {
  const [severity, code, text] = table[key];
  return {
    severity,
    code,
    key,
    text,
    expression,
    ...(linkId === undefined ? {} : { hint: `linkId ${linkId}` }),
  };
}
