/**
 * A Questionnaire and its response as this folder reads them: plain JSON, of which nothing is trusted but what the
 * structural validation has passed.
 * https://hl7.org/fhir/R4/questionnaire.html and https://hl7.org/fhir/R4/questionnaireresponse.html
 */
import { objectsOf } from '../fhir/resource.ts';

export interface FormItem {
  readonly linkId: string;
  readonly type: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly children: readonly FormItem[];
  /** FHIRPath within the Questionnaire, e.g. `Questionnaire.item[0].item[2]`. */
  readonly path: string;
}

/** Where something stands: FHIRPath within the response. */
export interface Located {
  readonly path: string;
}

export interface ResponseItem extends Located {
  readonly linkId: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface Answer extends Located {
  readonly value: Readonly<Record<string, unknown>>;
}

/** One of a list, whose path is spelled out when something is to be said of it. */
class Step implements ResponseItem {
  readonly linkId: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly #holder: Located;
  readonly #name: string;
  readonly #index: number;

  constructor(value: Readonly<Record<string, unknown>>, holder: Located, name: string, index: number) {
    this.linkId = String(value.linkId ?? '');
    this.value = value;
    this.#holder = holder;
    this.#name = name;
    this.#index = index;
  }

  get path(): string {
    return `${this.#holder.path}.${this.#name}[${this.#index}]`;
  }
}

const none: readonly never[] = [];

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
export function responseItems(
  parent: Readonly<Record<string, unknown>>,
  holder: Located,
): readonly ResponseItem[] {
  return steps(parent.item, holder, 'item');
}

function steps(list: unknown, holder: Located, name: string): readonly ResponseItem[] {
  if (list === undefined) return none;
  return objectsOf(list).map((value, index) => new Step(value, holder, name, index));
}

/** Items of one place, those of a linkId together. */
export function itemsByLinkId(items: readonly ResponseItem[]): ReadonlyMap<string, readonly ResponseItem[]> {
  const byLinkId = new Map<string, ResponseItem[]>();
  for (const item of items) {
    const own = byLinkId.get(item.linkId);
    if (own) own.push(item);
    else byLinkId.set(item.linkId, [item]);
  }
  return byLinkId;
}

export function answersOf(item: ResponseItem): readonly Answer[] {
  return steps(item.value.answer, item, 'answer');
}

/** `{type: 'Coding', value: …}` of the one `value[x]`, `answer[x]` or `initial` an object holds. */
export function choiceOf(
  holder: Readonly<Record<string, unknown>>,
  name: string,
): { readonly type: string; readonly value: unknown } | undefined {
  const key = choiceKeyOf(holder, name);
  return key === undefined ? undefined : { type: key.slice(name.length), value: holder[key] };
}

/** The value of `choiceOf` alone. */
export function choiceValueOf(holder: Readonly<Record<string, unknown>>, name: string): unknown {
  const key = choiceKeyOf(holder, name);
  return key === undefined ? undefined : holder[key];
}

function choiceKeyOf(holder: Readonly<Record<string, unknown>>, name: string): string | undefined {
  for (const key in holder) if (key.length > name.length && key.startsWith(name)) return key;
  return undefined;
}

/** The value of an extension of an element, by URL. */
export function extensionValue(element: Readonly<Record<string, unknown>>, url: string): unknown {
  for (const extension of objectsOf(element.extension))
    if (extension.url === url) return choiceValueOf(extension, 'value');
  return undefined;
}
