/** The score of a response, whatever form asked the questions, as long as its items carry the instrument's codes. */

import { objectsOf } from '../../fhir/resource.ts';
import { optionWeights, weightAmong } from '../answer-weights.ts';
import { allItems, type FormItem, formItems } from '../form.ts';
import { answersWithin } from '../given-answers.ts';
import type { Code, Instrument, ItemScores, Score } from './instrument.ts';
import { instruments } from './instruments.ts';

type Json = Readonly<Record<string, unknown>>;

export interface ResponseScore {
  readonly instrument: Instrument;
  readonly items: ItemScores;
  readonly score: Score;
}

/** @returns undefined when the form is none of an instrument that is scored from its items here */
export function scoreResponse(questionnaire: Json, response: Json): ResponseScore | undefined {
  const form = allItems(formItems(questionnaire));
  for (const instrument of instruments) {
    const questions = instrument.items?.map((code) => form.find((item) => hasCode(item, code)));
    if (!instrument.score || !questions?.every((item) => item !== undefined)) continue;
    const items = questions.map((item) => scoreOf(item, response));
    return { instrument, items, score: instrument.score(items) };
  }
  return undefined;
}

function hasCode({ definition }: FormItem, { system, code }: Code): boolean {
  return objectsOf(definition.code).some((coding) => coding.system === system && coding.code === code);
}

/** What the one answer counts. */
function scoreOf(item: FormItem, response: Json): number | undefined {
  const answers = answersWithin(response).get(item.linkId) ?? [];
  return answers.length === 1 ? weightAmong(optionWeights(item), answers[0]) : undefined;
}
