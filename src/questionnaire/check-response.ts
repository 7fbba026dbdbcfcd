/**
 * A QuestionnaireResponse against its Questionnaire: every item in its place, enabled, answered as often and in the
 * type the form asks for. While a response is in progress, what is still to come is not missed.
 * https://hl7.org/fhir/R4/questionnaireresponse.html#notes
 */
import type { Issue } from '../core/issue.ts';
import { once } from '../core/once.ts';
import { objectsOf } from '../fhir/resource.ts';
import type { Environment, ExpressionCompiler } from '../fhirpath/expression.ts';
import { exclusiveIssues, type MemberOf } from './answer-options.ts';
import { type AnswerSurroundings, checkAnswer } from './check-answer.ts';
import { enablement, itemFocus } from './enablement.ts';
import { formFinding } from './finding.ts';
import {
  type Answer,
  answersOf,
  type FormItem,
  itemsByLinkId,
  type Located,
  type ResponseItem,
  responseItems,
} from './form.ts';
import { formEnvironment, itemEnvironment } from './form-environment.ts';
import { answersAround, type Holder, type KnownAnswers } from './given-answers.ts';
import { placeIssue, placeIssues } from './place-issues.ts';
import type { Form } from './read-form.ts';

export interface ResponseCheck {
  readonly memberOf: MemberOf;
  /** For the expressions that enable items. */
  readonly compile: ExpressionCompiler;
}

/** One place of the response whose items are checked. */
interface Level {
  readonly form: readonly FormItem[];
  /** What holds the items, for answers that enable them. */
  readonly holder: Holder;
  readonly at: Located;
  /** What expressions see there. */
  readonly environment: () => Environment;
}

interface Walk extends ResponseCheck, AnswerSurroundings {
  /** Whether what is required must be there by now. */
  readonly complete: boolean;
  readonly form: Form;
  readonly answers: KnownAnswers;
  readonly issues: Issue[];
}

const none: readonly never[] = [];

type Json = Readonly<Record<string, unknown>>;

const completeStatuses: ReadonlySet<unknown> = new Set(['completed', 'amended']);

/** @returns findings with expressions that begin with `QuestionnaireResponse` */
export function checkResponse(response: Json, form: Form, { memberOf, compile }: ResponseCheck): Issue[] {
  const { items } = form;
  const complete = completeStatuses.has(response.status);
  const { contained } = response;
  const walk: Walk = { memberOf, compile, complete, form, contained, answers: new Map(), issues: [] };
  checkLevel(walk, {
    form: items,
    holder: { value: response },
    at: { path: 'QuestionnaireResponse' },
    environment: once(() => formEnvironment(form, response, { compile })),
  });
  return walk.issues;
}

function checkLevel(walk: Walk, level: Level): void {
  const { form, holder, at, environment } = level;
  const given = responseItems(holder.value, at);
  walk.issues.push(...placeIssues(walk.form, form, given, at));
  const byLinkId = itemsByLinkId(given);
  const answersTo = answersAround(holder, walk.form.byLinkId, walk.answers);
  const surroundings = { answersTo, environment, compile: walk.compile };
  for (const item of form) {
    const own = byLinkId.get(item.linkId) ?? none;
    const demands = walk.form.demands(item);
    if (own.length === 0 && !demands.required && demands.enabledBy === undefined) continue;
    const enabled = enablement(item, demands, own, surroundings);
    if (enabled === undefined)
      walk.issues.push(formFinding('response-enabled-unchecked', (own[0] ?? at).path, item.linkId));
    if (enabled === false) {
      for (const { value, path } of own)
        if (isFilled(value)) walk.issues.push(formFinding('response-item-disabled', path, item.linkId));
    } else if (enabled === undefined && own.length === 0) {
      // Whether it had to be answered cannot be known.
    } else if (item.type === 'group') checkGroup(walk, item, own, level);
    else checkQuestion(walk, item, own, level);
  }
}

/** What is disabled may still be listed, but holds nothing. */
const isFilled = ({ answer, item }: Json): boolean => answer !== undefined || item !== undefined;

/** What is below one repetition of an item, or below one of its answers. */
function below(walk: Walk, item: FormItem, own: ResponseItem, holder: Answer, outer: Level): Level {
  const { compile } = walk;
  return {
    form: item.children,
    holder: { value: holder.value, item, outer: outer.holder },
    at: holder,
    environment: once(() => itemEnvironment(outer.environment(), item, itemFocus(own.value), { compile })),
  };
}

/** Whether there is nothing below an answer, and nothing that should be. */
const isLeaf = (item: FormItem, { value }: Answer) => item.children.length === 0 && value.item === undefined;

function checkGroup(walk: Walk, item: FormItem, own: readonly ResponseItem[], level: Level): void {
  const { most, required } = walk.form.demands(item);
  if (own.length > most) walk.issues.push(placeIssue('response-item-repeated', own[most]!, level.at));
  checkCount(walk, item, own.length, level.at);
  const isBare = own.length > 0 && own.every(({ value: { answer, item } }) => (answer ?? item) === undefined);
  // One that is required holds at least one item.
  if (isBare && walk.complete && required)
    walk.issues.push(formFinding('response-required', own[0]!.path, item.linkId));
  for (const group of own) {
    checkText(walk, item, group);
    if (answersOf(group).length > 0)
      walk.issues.push(formFinding('response-group-answer', group.path, item.linkId));
    checkLevel(walk, below(walk, item, group, group, level));
  }
}

function checkQuestion(walk: Walk, item: FormItem, own: readonly ResponseItem[], level: Level): void {
  if (item.type === 'display') {
    for (const shown of own) {
      checkText(walk, item, shown);
      const isBare = answersOf(shown).length === 0 && objectsOf(shown.value.item).length === 0;
      if (!isBare) walk.issues.push(formFinding('response-item-display', shown.path, item.linkId));
    }
    return;
  }
  if (own.length > 1) walk.issues.push(placeIssue('response-item-repeated', own[1]!, level.at));
  const answers = own.length === 1 ? answersOf(own[0] as ResponseItem) : own.flatMap(answersOf);
  const at = own[0] ?? level.at;
  if (answers.length > walk.form.demands(item).most)
    walk.issues.push(formFinding('response-answers-many', at.path, item.linkId));
  checkCount(walk, item, answers.length, at, own.length > 0);
  if (answers.length > 1) walk.issues.push(...exclusiveIssues(item, answers));
  for (const question of own) {
    checkText(walk, item, question);
    if (objectsOf(question.value.item).length > 0) {
      walk.issues.push(formFinding('response-question-items', question.path, item.linkId));
    }
    for (const answer of own.length === 1 ? answers : answersOf(question)) {
      checkAnswer(item, walk.form.demands(item), answer, walk, walk.issues);
      if (!isLeaf(item, answer)) checkLevel(walk, below(walk, item, question, answer, level));
    }
  }
}

/** Required and minOccurs. */
function checkCount(walk: Walk, item: FormItem, count: number, at: Located, present = count > 0): void {
  const { required, least } = walk.form.demands(item);
  if (!walk.complete) return;
  if (required && count === 0) walk.issues.push(formFinding('response-required', at.path, item.linkId));
  else if (present && count < least)
    walk.issues.push(formFinding('response-answers-few', at.path, item.linkId));
}

function checkText(walk: Walk, item: FormItem, at: ResponseItem): void {
  const { texts } = walk.form.demands(item);
  if (typeof at.value.text === 'string' && texts?.includes(at.value.text) === false) {
    walk.issues.push(formFinding('response-item-text', at.path, item.linkId));
  }
}
