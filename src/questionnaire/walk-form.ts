/**
 * A form and a response side by side: each enabled item in each of its places, with the expressions that hold there.
 * https://hl7.org/fhir/R4/questionnaireresponse.html#link
 */
import { once } from '../core/once.ts';
import type { Environment, TypedValue } from '../fhirpath/expression.ts';
import { enablement, itemFocus } from './enablement.ts';
import {
  type Answer,
  answersOf,
  type FormItem,
  itemsByLinkId,
  type Located,
  type ResponseItem,
  responseItems,
} from './form.ts';
import { type ExpressionParts, formEnvironment, itemEnvironment } from './form-environment.ts';
import { answersAround, type Holder, type KnownAnswers } from './given-answers.ts';
import type { Form } from './read-form.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Place {
  readonly item: FormItem;
  /** The item in the response; where it is not there, a bare one with its linkId. */
  readonly value: Json;
  readonly present: boolean;
  /** The item in the response; what would hold it, where it is not there. */
  readonly at: Located;
  readonly answers: readonly Answer[];
  /** What the item's expressions see, its own variables included; made when first asked for. */
  environment(): Environment;
  readonly focus: TypedValue;
}

const none: readonly never[] = [];

/** Few of the places that are visited are asked for more than their item. */
class ItemPlace implements Place {
  readonly item: FormItem;
  readonly at: ResponseItem;
  readonly present: boolean;
  readonly #around: () => Environment;
  readonly #parts: ExpressionParts;
  #answers: readonly Answer[] | undefined;
  #environment: Environment | undefined;

  constructor(
    item: FormItem,
    at: ResponseItem,
    present: boolean,
    around: () => Environment,
    parts: ExpressionParts,
  ) {
    this.item = item;
    this.at = at;
    this.present = present;
    this.#around = around;
    this.#parts = parts;
  }

  get value(): Json {
    return this.at.value;
  }

  get answers(): readonly Answer[] {
    this.#answers ??= this.present ? answersOf(this.at) : none;
    return this.#answers;
  }

  get focus(): TypedValue {
    return itemFocus(this.at.value);
  }

  environment(): Environment {
    this.#environment ??= itemEnvironment(this.#around(), this.item, this.focus, this.#parts);
    return this.#environment;
  }
}

/** How much of a form is visited: all of it, unless it says otherwise. */
export interface Extent {
  /** These items, with those around them. */
  readonly items?: ReadonlySet<FormItem>;
  /** No item that the response does not have. */
  readonly presentOnly?: boolean;
}

/**
 * Visits parents before children, in the order of the form.
 * @param visit gets what it returned for the parent of the place, and may add variables for the children
 */
export function walkForm<State>(
  form: Form,
  response: Json,
  parts: ExpressionParts,
  start: Visited<State>,
  visit: (place: Place, state: State) => Visited<State>,
  { items: entered, presentOnly = false }: Extent = {},
): void {
  const known: KnownAnswers = new Map();
  const level = (
    items: readonly FormItem[],
    holder: Holder,
    at: Located,
    outer: () => Environment,
    state: State,
  ): void => {
    const byLinkId = itemsByLinkId(responseItems(holder.value, at));
    const surroundings = {
      answersTo: answersAround(holder, form.byLinkId, known),
      environment: outer,
      compile: parts.compile,
    };
    for (const item of items) {
      if (entered?.has(item) === false) continue;
      const own = byLinkId.get(item.linkId) ?? none;
      const present = own.length > 0;
      if (presentOnly && !present) continue;
      if (enablement(item, form.demands(item), own, surroundings) === false) continue;
      const found = present ? own : [{ linkId: item.linkId, value: { linkId: item.linkId }, path: at.path }];
      for (const one of found) {
        const place = new ItemPlace(item, one, present, outer, parts);
        const visited = visit(place, state);
        if (item.children.length === 0) continue;
        const inner = once(() => adding(place.environment(), visited.variables));
        for (const inside of item.type === 'group' ? [one] : place.answers) {
          const within = { value: inside.value, item, outer: holder };
          level(item.children, within, inside, inner, visited.state);
        }
      }
    }
  };
  const environment = once(() => adding(formEnvironment(form, response, parts), start.variables));
  level(form.items, { value: response }, { path: 'QuestionnaireResponse' }, environment, start.state);
}

/** What is passed on to the children of a place. */
export interface Visited<State> {
  readonly state: State;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export function adding(
  environment: Environment,
  variables: Readonly<Record<string, unknown>> = {},
): Environment {
  return { ...environment, variables: { ...environment.variables, ...variables } };
}
