/**
 * The answers a condition sees: those nearest to the item that asks. In a group that repeats, an item is enabled by
 * the answer in its own repetition.
 */
import { isObject } from '../fhir/resource.ts';
import type { AnswersTo } from './enable-when.ts';
import { choiceValueOf } from './form.ts';

type Json = Readonly<Record<string, unknown>>;
type AnswersByQuestion = ReadonlyMap<unknown, readonly unknown[]>;

/** The answers within each holder that was looked into: forms ask for the same ones many times. */
export type KnownAnswers = Map<Json, AnswersByQuestion>;

const none: readonly never[] = [];

/**
 * @param around what holds the item, from the response down to its nearest holder
 * @param known of this response; grows
 */
export function answersAround(around: readonly Json[], known: KnownAnswers = new Map()): AnswersTo {
  return (linkId) => {
    for (let index = around.length - 1; index >= 0; index--) {
      const found = answersWithin(around[index] as Json, known).get(linkId);
      if (found) return found;
    }
    return none;
  };
}

function answersWithin(holder: Json, known: KnownAnswers): AnswersByQuestion {
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
        const value = choiceValueOf(answer, 'value');
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
