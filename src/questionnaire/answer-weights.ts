/**
 * The score of each answer of a response, as its form's options have it.
 * https://hl7.org/fhir/R4/extension-ordinalvalue.html and
 * https://hl7.org/fhir/extensions/StructureDefinition-itemWeight.html
 */
import { isObject } from '../fhir/resource.ts';
import { allItems, choiceOf, extensionValue, type FormItem, formItems, objectsOf } from './form.ts';
import { isSameAnswer } from './same-answer.ts';

const scores = ['itemWeight', 'ordinalValue'].map((id) => `http://hl7.org/fhir/StructureDefinition/${id}`);

/** @returns the score of an answer, or of the value of one, of this very response; undefined when it has none */
export type AnswerWeights = (value: unknown) => number | undefined;

export function answerWeights(
  questionnaire: Readonly<Record<string, unknown>>,
  response: Readonly<Record<string, unknown>>,
): AnswerWeights {
  let known: ReadonlyMap<unknown, number> | undefined;
  return (value) => {
    known ??= weightsByAnswer(questionnaire, response);
    return known.get(value);
  };
}

function weightsByAnswer(
  questionnaire: Readonly<Record<string, unknown>>,
  response: Readonly<Record<string, unknown>>,
): ReadonlyMap<unknown, number> {
  const items = new Map(allItems(formItems(questionnaire)).map((item) => [item.linkId, item]));
  const weights = new Map<unknown, number>();
  const walk = (holder: Readonly<Record<string, unknown>>): void => {
    for (const given of objectsOf(holder.item)) {
      const item = items.get(String(given.linkId));
      for (const answer of objectsOf(given.answer)) {
        const value = choiceOf(answer, 'value')?.value;
        const weight = item && optionWeight(item, value);
        // The same code may count differently in another item: it is this very object that has the score.
        if (weight !== undefined) {
          weights.set(answer, weight);
          if (isObject(value)) weights.set(value, weight);
        }
        walk(answer);
      }
      walk(given);
    }
  };
  walk(response);
  return weights;
}

/** What an option of an item counts, by its value. */
export function optionWeight(item: FormItem, value: unknown): number | undefined {
  for (const option of objectsOf(item.definition.answerOption)) {
    const offered = choiceOf(option, 'value')?.value;
    if (!isSameAnswer(value, offered)) continue;
    // On the option in later versions of FHIR, on its value in R4.
    const holders = [isObject(offered) ? offered : option, option];
    const found = holders.flatMap((holder) => scores.map((url) => extensionValue(holder, url)));
    return found.find((weight): weight is number => typeof weight === 'number');
  }
  return undefined;
}
