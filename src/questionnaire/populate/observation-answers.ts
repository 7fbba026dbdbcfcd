/**
 * Answers from the newest Observation of an item's code within the period that the form allows.
 * https://hl7.org/fhir/uv/sdc/populate.html#observation-based-population
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';
import { type AnswerValue, answerFromValue, unitOf } from '../answer-from-value.ts';
import { choiceOf, extensionValue, type FormItem } from '../form.ts';
import { resourcesIn, runQuery } from './form-query.ts';
import { type Json, type Population, sdc } from './population.ts';

const day = 86_400_000;

/** UCUM units of time, in milliseconds; months and years as long as they are on average. */
const units: Readonly<Record<string, number>> = {
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: day,
  wk: 7 * day,
  mo: 30.4375 * day,
  a: 365.25 * day,
};

/** The period of an element, in milliseconds. */
export function linkPeriod(element: Json): number | undefined {
  const duration = extensionValue(element, `${sdc}observationLinkPeriod`);
  if (!isObject(duration) || typeof duration.value !== 'number') return undefined;
  const unit = units[String(duration.code ?? duration.unit)];
  return unit === undefined ? undefined : duration.value * unit;
}

/** @param period milliseconds before now */
export async function observationAnswers(
  item: FormItem,
  period: number,
  population: Population,
): Promise<AnswerValue[]> {
  const codes = objectsOf(item.definition.code);
  const subject = population.input.subject?.reference;
  if (codes.length === 0 || typeof subject !== 'string') return [];
  const since = new Date(population.parts.now - period).toISOString();
  const tokens = codes.map(({ system = '', code }) => `${escaped(system)}|${escaped(code)}`).join(',');
  const terms = {
    subject,
    'combo-code': tokens,
    date: `ge${since}`,
    status: 'final,amended,corrected',
    _sort: '-date',
    _count: '1',
  };
  const query = `Observation?${new URLSearchParams(terms)}`;
  const found = await runQuery(query, population, item.path);
  const [newest] = resourcesIn(found ? [{ type: found.resourceType, value: found }] : []);
  return isObject(newest?.value) ? answersIn(newest.value, item, codes) : [];
}

/** The value of the Observation, or of its component, that has one of the codes. */
function answersIn(observation: Json, item: FormItem, codes: readonly Json[]): AnswerValue[] {
  const holders = [observation, ...objectsOf(observation.component)];
  const holder = holders.find(({ code }) => isObject(code) && hasOneOf(code, codes));
  const choice = holder && choiceOf(holder, 'value');
  if (!choice || isOtherUnit(choice.value, item)) return [];
  const answer = answerFromValue(item, { type: choice.type, value: choice.value });
  return answer ? [answer] : [];
}

function hasOneOf(concept: Json, codes: readonly Json[]): boolean {
  return objectsOf(concept.coding).some(({ system, code }) =>
    codes.some((wanted) => wanted.code === code && wanted.system === system),
  );
}

/** A number without its unit must be in the unit that the form gives to it. */
function isOtherUnit(value: unknown, item: FormItem): boolean {
  const { code } = unitOf(item);
  return code !== undefined && isObject(value) && value.code !== undefined && value.code !== code;
}

/** https://hl7.org/fhir/R4/search.html#escaping */
function escaped(text: unknown): string {
  return String(text).replace(/[\\,$|]/g, '\\$&');
}
