/**
 * A populated response brought to rest: with what the form calculates from its answers, without answers to what its other
 * answers disable. One may lead to the other, so both are done until nothing changes any more.
 * https://hl7.org/fhir/uv/sdc/behavior.html
 */
import { once } from '../../core/once.ts';
import { objectsOf, type Resource } from '../../fhir/resource.ts';
import type { AnswerValue } from '../answer-from-value.ts';
import { calculate } from '../calculate.ts';
import { enablement, itemFocus } from '../enablement.ts';
import { formFinding } from '../finding.ts';
import { answersOf, type FormItem, itemsByLinkId, responseItems } from '../form.ts';
import { type ExpressionParts, formEnvironment, itemEnvironment } from '../form-environment.ts';
import { answersAround, type Holder } from '../given-answers.ts';
import { type Form, readForm } from '../read-form.ts';
import type { Json, Population } from './population.ts';

/** A form whose answers still change after so many rounds chases itself. */
const mostRounds = 5;

/** @param parts with the variables that are known to the whole form */
export function settledResponse(
  questionnaire: Json,
  populated: Resource,
  parts: ExpressionParts,
  { issues }: Population,
): Resource {
  const form = readForm(questionnaire);
  const failed = new Set<FormItem>();
  const response = atRest(populated, (response) => {
    const calculated = atRest(response, (one) => withCalculated(one, form, parts, failed));
    return withItems(calculated, enabledItems(calculated, form, parts));
  });
  for (const { path } of failed) issues.push(formFinding('populate-expression', path));
  return response;
}

/** What a step makes of a response, until it makes no difference. */
function atRest(begin: Resource, step: (response: Resource) => Resource): Resource {
  let response = begin;
  for (let round = 0; round < mostRounds; round++) {
    const before = JSON.stringify(response.item);
    response = step(response);
    if (JSON.stringify(response.item) === before) break;
  }
  return response;
}

function withCalculated(
  response: Resource,
  form: Form,
  parts: ExpressionParts,
  failed: Set<FormItem>,
): Resource {
  const found = new Map<string, readonly AnswerValue[]>();
  for (const { item, at, values } of calculate(form, response, parts)) {
    if (values) found.set(`${at.path} ${item.linkId}`, values);
    else failed.add(item);
  }
  if (found.size === 0) return response;
  return withItems(response, placed(response, 'QuestionnaireResponse', form.items, found));
}

function withItems<Holder extends Json>({ item: _, ...rest }: Holder, items: readonly Json[]): Holder {
  return (items.length > 0 ? { ...rest, item: items } : rest) as unknown as Holder;
}

/** The items that the answers around them enable. */
function enabledItems(response: Resource, form: Form, parts: ExpressionParts): Json[] {
  const { compile } = parts;
  const level = (
    items: readonly FormItem[],
    holder: Holder,
    environment: () => ReturnType<typeof formEnvironment>,
  ): Json[] => {
    const surroundings = { answersTo: answersAround(holder, form.byLinkId), environment, compile };
    const byLinkId = itemsByLinkId(responseItems(holder.value, { path: '' }));
    return items.flatMap((item) => {
      const own = byLinkId.get(item.linkId) ?? [];
      if (own.length === 0 || enablement(item, form.demands(item), own, surroundings) === false) return [];
      return own.flatMap(({ value }) => {
        const inner = once(() => itemEnvironment(environment(), item, itemFocus(value), parts));
        const kept = (one: Json): Json =>
          withItems(one, level(item.children, { value: one, item, outer: holder }, inner));
        if (item.type !== 'group') return [{ ...value, answer: objectsOf(value.answer).map(kept) }];
        const group = kept(value);
        return group.item ? [group] : [];
      });
    });
  };
  const environment = once(() => formEnvironment(form, response, parts));
  return level(form.items, { value: response }, environment);
}

/** The items with the calculated answers in their places. A place that is not there yet has the path of its holder. */
function placed(
  holder: Json,
  path: string,
  items: readonly FormItem[],
  calculated: ReadonlyMap<string, readonly AnswerValue[]>,
): Json[] {
  const byLinkId = itemsByLinkId(responseItems(holder, { path }));
  return items.flatMap((item) => {
    const own = byLinkId.get(item.linkId) ?? [{ value: itemHead(item), path, linkId: item.linkId }];
    return own.flatMap((one): Json[] => {
      if (item.type === 'group') {
        const group = withItems(one.value, placed(one.value, one.path, item.children, calculated));
        return group.item ? [group] : [];
      }
      const values = calculated.get(`${one.path} ${item.linkId}`);
      const answer =
        values ??
        answersOf(one).map(({ value, path: at }) =>
          withItems(value, placed(value, at, item.children, calculated)),
        );
      return answer.length > 0 ? [{ ...one.value, answer }] : [];
    });
  });
}

/** What names an item in a response. */
export function itemHead({ linkId, definition: { text } }: FormItem): Json {
  return { linkId, ...(typeof text === 'string' ? { text } : {}) };
}
