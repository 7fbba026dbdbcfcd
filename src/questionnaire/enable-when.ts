/**
 * Whether an item is enabled, given the answers so far.
 * https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen
 */
import { choiceValueOf } from './form.ts';
import { compareAnswers, isSameAnswer } from './same-answer.ts';

/** The answers given to a question, as values. */
export type AnswersTo = (linkId: string) => readonly unknown[];

type Operator = (given: readonly unknown[], expected: unknown) => boolean;

const ordered =
  (holds: (order: number) => boolean): Operator =>
  (given, expected) =>
    given.some((answer) => {
      const order = compareAnswers(answer, expected);
      return order !== undefined && holds(order);
    });

const operators: Readonly<Record<string, Operator>> = {
  exists: (given, expected) => given.length > 0 === expected,
  '=': (given, expected) => given.some((answer) => isSameAnswer(answer, expected)),
  '!=': (given, expected) => given.length > 0 && !given.some((answer) => isSameAnswer(answer, expected)),
  '>': ordered((order) => order > 0),
  '<': ordered((order) => order < 0),
  '>=': ordered((order) => order >= 0),
  '<=': ordered((order) => order <= 0),
};

/** One row of `enableWhen`. */
export interface Condition {
  readonly question: string;
  readonly operator: Operator | undefined;
  readonly answer: unknown;
}

export function conditionOf(row: Readonly<Record<string, unknown>>): Condition {
  return {
    question: String(row.question),
    operator: operators[String(row.operator)],
    answer: choiceValueOf(row, 'answer'),
  };
}

/** Operators that need answers with an order. */
export const orderedOperators: ReadonlySet<string> = new Set(['>', '<', '>=', '<=']);

/** True when the item's own conditions hold; those of its ancestors are for the caller. */
export function isEnabled(conditions: readonly Condition[], any: boolean, answersTo: AnswersTo): boolean {
  for (const { question, operator, answer } of conditions)
    if ((operator?.(answersTo(question), answer) ?? false) === any) return any;
  return !any || conditions.length === 0;
}
