/**
 * The answers a condition sees: those nearest to the item that asks. In a group that repeats, an item is enabled by the
 * answer in its own repetition, and by none where that is not answered.
 * https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen.question
 */
import { isObject } from '../fhir/resource.ts';
import type { AnswersTo } from './enable-when.ts';
import { choiceValueOf, type FormItem } from './form.ts';

type Json = Readonly<Record<string, unknown>>;
type AnswersByQuestion = ReadonlyMap<unknown, readonly unknown[]>;

/** The answers within each holder that was looked into: forms ask for the same ones many times. */
export type KnownAnswers = Map<Json, AnswersByQuestion>;

const none: readonly never[] = [];

/** Stands for the value of an answer that only says why it has none: there is an answer, but it equals nothing. */
const explained = {};

/** What holds items of a response: the response, a group's item or an answer. */
export interface Holder {
  readonly value: Json;
  /** The item of the form that it is of; the response is of none. */
  readonly item?: FormItem;
  /** What holds it in turn. */
  readonly outer?: Holder;
}

/**
 * @param holder what holds the item that asks
 * @param questions of the form, by linkId
 * @param known of this response; grows
 */
export function answersAround(
  holder: Holder,
  questions: ReadonlyMap<string, FormItem>,
  known: KnownAnswers = new Map(),
): AnswersTo {
  return (linkId) => {
    let nearest = holder;
    while (nearest.outer && !isWithin(questions.get(linkId), nearest.item)) nearest = nearest.outer;
    return answersWithin(nearest.value, known).get(linkId) ?? none;
  };
}

/** Whether a question is somewhere below an item of the form. */
const isWithin = (question: FormItem | undefined, item: FormItem | undefined) =>
  question !== undefined &&
  item !== undefined &&
  question.path.startsWith(item.path) &&
  question.path[item.path.length] === '.';

export function answersWithin(holder: Json, known: KnownAnswers = new Map()): AnswersByQuestion {
  const before = known.get(holder);
  if (before) return before;
  const found = new Map<unknown, unknown[]>();
  collect(holder.item, found);
  known.set(holder, found);
  return found;
}

function collect(items: unknown, found: Map<unknown, unknown[]>): void {
  if (!Array.isArray(items)) return;
  for (const item of items) {
    if (!isObject(item)) continue;
    if (Array.isArray(item.answer)) {
      for (const answer of item.answer) {
        if (!isObject(answer)) continue;
        const value = choiceValueOf(answer, 'value') ?? (isExplained(answer) ? explained : undefined);
        if (value !== undefined) {
          const own = found.get(item.linkId);
          if (own) own.push(value);
          else found.set(item.linkId, [value]);
        }
        collect(answer.item, found);
      }
    }
    collect(item.item, found);
  }
}

const isExplained = (answer: Json) =>
  answer.extension !== undefined || choiceValueOf(answer, '_value') !== undefined;
