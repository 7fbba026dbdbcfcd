/**
 * The score of each answer of a response, as its form's options have it.
 * https://hl7.org/fhir/R4/extension-ordinalvalue.html and
 * https://hl7.org/fhir/extensions/StructureDefinition-itemWeight.html
 */
import { isObject, objectsOf } from '../fhir/resource.ts';
import { choiceOf, extensionValue, type FormItem } from './form.ts';
import type { Form } from './read-form.ts';
import { isSameAnswer } from './same-answer.ts';

const scores = ['itemWeight', 'ordinalValue'].map((id) => `http://hl7.org/fhir/StructureDefinition/${id}`);

/** An option of an item that counts. */
export interface OptionWeight {
  readonly offered: unknown;
  readonly weight: number;
}

/** @returns the score of an answer, or of the value of one, of this very response; undefined when it has none */
export type AnswerWeights = (value: unknown) => number | undefined;

export function answerWeights(
  form: Pick<Form, 'byLinkId' | 'demands'>,
  response: Readonly<Record<string, unknown>>,
): AnswerWeights {
  let known: ReadonlyMap<unknown, number> | undefined;
  return (value) => {
    known ??= weightsByAnswer(form, response);
    return known.get(value);
  };
}

function weightsByAnswer(
  { byLinkId, demands }: Pick<Form, 'byLinkId' | 'demands'>,
  response: Readonly<Record<string, unknown>>,
): ReadonlyMap<unknown, number> {
  const weights = new Map<unknown, number>();
  const walk = (holder: Readonly<Record<string, unknown>>): void => {
    for (const given of objectsOf(holder.item)) {
      const item = byLinkId.get(String(given.linkId));
      const weighed = item ? demands(item).weights : [];
      for (const answer of objectsOf(given.answer)) {
        const value = choiceOf(answer, 'value')?.value;
        const weight = weightAmong(weighed, value);
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

/** What the options of an item count. */
export function optionWeights(item: FormItem): OptionWeight[] {
  return objectsOf(item.definition.answerOption).flatMap((option) => {
    const offered = choiceOf(option, 'value')?.value;
    // On the option in later versions of FHIR, on its value in R4.
    const holders = [isObject(offered) ? offered : option, option];
    const found = holders.flatMap((holder) => scores.map((url) => extensionValue(holder, url)));
    const weight = found.find((one): one is number => typeof one === 'number');
    return weight === undefined ? [] : [{ offered, weight }];
  });
}

/** What the option counts that a value is. */
export function weightAmong(options: readonly OptionWeight[], value: unknown): number | undefined {
  return options.find(({ offered }) => isSameAnswer(value, offered))?.weight;
}
