/**
 * A Questionnaire as it is read once, to be asked by many responses.
 * https://hl7.org/fhir/R4/questionnaire.html
 */

import { allItems, type FormItem, formItems } from './form.ts';
import { constraintsOf, type FormConstraint } from './form-constraint.ts';
import { expressionsOf, type FormExpression } from './form-environment.ts';
import { type ItemDemands, itemDemands } from './item-demands.ts';

export interface Form {
  readonly questionnaire: Readonly<Record<string, unknown>>;
  readonly items: readonly FormItem[];
  readonly byLinkId: ReadonlyMap<string, FormItem>;
  /** What each of its items demands. */
  readonly demands: (item: FormItem) => ItemDemands;
  /** What items calculate. */
  readonly calculations: ReadonlyMap<FormItem, FormExpression>;
  /** The items that calculate, and those around them. */
  readonly calculating: ReadonlySet<FormItem>;
  /** What must hold before a response is complete: of the form as a whole, and of items. */
  readonly constraints: readonly FormConstraint[];
  readonly itemConstraints: ReadonlyMap<FormItem, readonly FormConstraint[]>;
  /** The items that have constraints, and those around them. */
  readonly constrained: ReadonlySet<FormItem>;
}

const calculatedUrl = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression';

export function readForm(questionnaire: Readonly<Record<string, unknown>>): Form {
  const items = formItems(questionnaire);
  const all = allItems(items);
  const calculations = new Map<FormItem, FormExpression>();
  const itemConstraints = new Map<FormItem, readonly FormConstraint[]>();
  const demands = new Map<FormItem, ItemDemands>();
  for (const item of all) {
    const [expression] = expressionsOf(item.definition, calculatedUrl);
    if (expression) calculations.set(item, expression);
    const constraints = constraintsOf(item.definition);
    if (constraints.length > 0) itemConstraints.set(item, constraints);
  }
  return {
    questionnaire,
    items,
    demands(item) {
      const known = demands.get(item);
      if (known) return known;
      const read = itemDemands(item);
      demands.set(item, read);
      return read;
    },
    byLinkId: new Map(all.map((item) => [item.linkId, item])),
    calculations,
    calculating: withThoseAround(all, calculations),
    constraints: constraintsOf(questionnaire),
    itemConstraints,
    constrained: withThoseAround(all, itemConstraints),
  };
}

function withThoseAround(all: readonly FormItem[], some: ReadonlyMap<FormItem, unknown>): Set<FormItem> {
  if (some.size === 0) return new Set();
  return new Set(all.filter((item) => allItems([item]).some((one) => some.has(one))));
}
