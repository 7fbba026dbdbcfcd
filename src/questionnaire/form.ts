/**
 * A Questionnaire and its response as this folder reads them: plain JSON, of which nothing is trusted but what the
 * structural validation has passed.
 * https://hl7.org/fhir/R4/questionnaire.html and https://hl7.org/fhir/R4/questionnaireresponse.html
 */
import { isObject } from '../fhir/resource.ts';

export interface FormItem {
  readonly linkId: string;
  readonly type: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly children: readonly FormItem[];
  /** FHIRPath within the Questionnaire, e.g. `Questionnaire.item[0].item[2]`. */
  readonly path: string;
}

export interface ResponseItem {
  readonly linkId: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** FHIRPath within the response. */
  readonly path: string;
}

export interface Answer {
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: string;
}

/** The objects of an array; anything else is structural validation's to report. */
export function objectsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The items of a Questionnaire as a tree. */
export function formItems(parent: Readonly<Record<string, unknown>>, path = 'Questionnaire'): FormItem[] {
  return objectsOf(parent.item).map((definition, index) => {
    const own = `${path}.item[${index}]`;
    return {
      linkId: String(definition.linkId ?? ''),
      type: String(definition.type ?? ''),
      definition,
      children: formItems(definition, own),
      path: own,
    };
  });
}

/** All items of a form, parents before children. */
export function allItems(items: readonly FormItem[]): FormItem[] {
  return items.flatMap((item) => [item, ...allItems(item.children)]);
}

/** The items directly below a response, a group's item or an answer. */
export function responseItems(parent: Readonly<Record<string, unknown>>, path: string): ResponseItem[] {
  return objectsOf(parent.item).map((value, index) => ({
    linkId: String(value.linkId ?? ''),
    value,
    path: `${path}.item[${index}]`,
  }));
}

/** Items of one place, those of a linkId together. */
export function itemsByLinkId(items: readonly ResponseItem[]): ReadonlyMap<string, readonly ResponseItem[]> {
  return Map.groupBy(items, ({ linkId }) => linkId);
}

export function answersOf(item: ResponseItem): Answer[] {
  return objectsOf(item.value.answer).map((value, index) => ({
    value,
    path: `${item.path}.answer[${index}]`,
  }));
}

/** `{type: 'Coding', value: …}` of the one `value[x]`, `answer[x]` or `initial` an object holds. */
export function choiceOf(
  holder: Readonly<Record<string, unknown>>,
  name: string,
): { readonly type: string; readonly value: unknown } | undefined {
  for (const key of Object.keys(holder)) {
    if (key.startsWith(name) && key.length > name.length)
      return { type: key.slice(name.length), value: holder[key] };
  }
  return undefined;
}

/** The value of an extension of an element, by URL. */
export function extensionValue(element: Readonly<Record<string, unknown>>, url: string): unknown {
  const extension = objectsOf(element.extension).find((candidate) => candidate.url === url);
  return extension && choiceOf(extension, 'value')?.value;
}
