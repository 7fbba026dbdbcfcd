/**
 * The answers a condition sees: those nearest to the item that asks. In a group that repeats, an item is enabled by
 * the answer in its own repetition.
 */
import { isObject } from '../fhir/resource.ts';
import type { AnswersTo } from './enable-when.ts';
import { choiceOf } from './form.ts';

/** @param around what holds the item, from the response down to its nearest holder */
export function answersAround(around: readonly Readonly<Record<string, unknown>>[]): AnswersTo {
  return (linkId) => {
    for (let index = around.length - 1; index >= 0; index--) {
      const found: unknown[] = [];
      collect(around[index]!.item, linkId, found);
      if (found.length > 0) return found;
    }
    return [];
  };
}

/** Forms ask for the same answers many times, so nothing is built on the way to them. */
function collect(items: unknown, linkId: string, found: unknown[]): void {
  if (!Array.isArray(items)) return;
  for (const item of items) {
    if (!isObject(item)) continue;
    const isWanted = item.linkId === linkId;
    if (Array.isArray(item.answer)) {
      for (const answer of item.answer) {
        if (!isObject(answer)) continue;
        const value = isWanted ? choiceOf(answer, 'value')?.value : undefined;
        if (value !== undefined) found.push(value);
        collect(answer.item, linkId, found);
      }
    }
    collect(item.item, linkId, found);
  }
}
