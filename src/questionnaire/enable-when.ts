/**
 * Whether an item is enabled, given the answers so far.
 * https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen
 */
import { isObject } from '../fhir/resource.ts';
import { isMoment } from './compare-moments.ts';
import { choiceValueOf } from './form.ts';
import { compareAnswers, isSameAnswer } from './same-answer.ts';

/** The answers given to a question, as values. */
export type AnswersTo = (linkId: string) => readonly unknown[];

type Operator = (given: readonly unknown[], expected: unknown) => boolean;

const ordered =
  (holds: (order: number) => boolean): Operator =>
  (given, expected) =>
    given.some((answer) => {
      const order = compareAnswers(answer, completed(expected, answer)) ?? orderOfStarts(answer, expected);
      return order !== undefined && holds(order);
    });

function isMet(answer: unknown, expected: unknown): boolean {
  const whole = completed(expected, answer);
  return isSameAnswer(answer, whole) || (isQuantity(expected) && compareAnswers(answer, whole) === 0);
}

/** What a condition leaves open, the system of a code or the unit of a quantity, is as the answer has it. */
function completed(expected: unknown, answer: unknown): unknown {
  if (!isObject(expected) || !isObject(answer)) return expected;
  const { system, code, unit } = answer;
  if (isQuantity(expected))
    return 'code' in expected || 'unit' in expected ? expected : { ...expected, system, code, unit };
  return 'code' in expected && !('system' in expected) ? { ...expected, system } : expected;
}

const isQuantity = (value: unknown) => isObject(value) && 'value' in value;

/** A year starts with its first day, and not after it: the shorter of two texts that begin alike comes first. */
function orderOfStarts(one: unknown, other: unknown): number | undefined {
  if (typeof one !== 'string' || typeof other !== 'string') return undefined;
  return isMoment(one) && isMoment(other) ? one.length - other.length : undefined;
}

const operators: Readonly<Record<string, Operator>> = {
  exists: (given, expected) => given.length > 0 === expected,
  '=': (given, expected) => given.some((answer) => isMet(answer, expected)),
  '!=': (given, expected) => given.length > 0 && !given.some((answer) => isMet(answer, expected)),
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
