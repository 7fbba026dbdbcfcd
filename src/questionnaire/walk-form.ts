/**
 * A form and a response side by side: each enabled item in each of its places, with the expressions that hold there.
 * https://hl7.org/fhir/R4/questionnaireresponse.html#link
 */
import { once } from '../core/once.ts';
import type { Environment, TypedValue } from '../fhirpath/expression.ts';
import { enablement, itemFocus } from './enablement.ts';
import { type Answer, answersOf, type FormItem, itemsByLinkId, type Located, responseItems } from './form.ts';
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
  readonly environment: () => Environment;
  readonly focus: TypedValue;
}

/**
 * Visits parents before children, in the order of the form.
 * @param visit gets what it returned for the parent of the place, and may add variables for the children
 * @param entered the items that are visited, with those around them; without it all
 */
export function walkForm<State>(
  form: Form,
  response: Json,
  parts: ExpressionParts,
  start: Visited<State>,
  visit: (place: Place, state: State) => Visited<State>,
  entered?: ReadonlySet<FormItem>,
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
      const own = byLinkId.get(item.linkId) ?? [];
      if (enablement(item, form.demands(item), own, surroundings) === false) continue;
      const present = own.length > 0;
      const found = present ? own : [{ linkId: item.linkId, value: { linkId: item.linkId }, path: at.path }];
      for (const one of found) {
        const focus = itemFocus(one.value);
        const environment = once(() => itemEnvironment(outer(), item, focus, parts));
        const answers = present ? answersOf(one) : [];
        const { value } = one;
        const visited = visit({ item, value, at: one, present, answers, environment, focus }, state);
        if (item.children.length === 0) continue;
        const inner = once(() => adding(environment(), visited.variables));
        for (const inside of item.type === 'group' ? [one] : answers) {
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
