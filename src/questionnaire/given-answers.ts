/**
 * The answers a condition sees: those nearest to the item that asks. In a group that repeats, an item is enabled by
 * the answer in its own repetition.
 */

import type { AnswersTo } from './enable-when.ts';
import { choiceOf, objectsOf } from './form.ts';

/** @param around what holds the item, from the response down to its nearest holder */
export function answersAround(around: readonly Readonly<Record<string, unknown>>[]): AnswersTo {
  return (linkId) => {
    for (const holder of around.toReversed()) {
      const found = answersBelow(holder, linkId);
      if (found.length > 0) return found;
    }
    return [];
  };
}

function answersBelow(holder: Readonly<Record<string, unknown>>, linkId: string): unknown[] {
  return objectsOf(holder.item).flatMap((item) => {
    const answers = objectsOf(item.answer);
    const own =
      item.linkId === linkId ? answers.flatMap((answer) => choiceOf(answer, 'value')?.value ?? []) : [];
    return [
      ...own,
      ...answersBelow(item, linkId),
      ...answers.flatMap((answer) => answersBelow(answer, linkId)),
    ];
  });
}
