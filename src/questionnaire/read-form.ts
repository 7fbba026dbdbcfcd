/**
 * A Questionnaire as it is read once, to be asked by many responses.
 * https://hl7.org/fhir/R4/questionnaire.html
 */
import { allItems, type FormItem, formItems } from './form.ts';
import { expressionsOf, type FormExpression } from './form-environment.ts';

export interface Form {
  readonly questionnaire: Readonly<Record<string, unknown>>;
  readonly items: readonly FormItem[];
  readonly byLinkId: ReadonlyMap<string, FormItem>;
  /** What items calculate. */
  readonly calculations: ReadonlyMap<FormItem, FormExpression>;
  /** The items that calculate, and those around them. */
  readonly calculating: ReadonlySet<FormItem>;
}

const calculatedUrl = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression';

export function readForm(questionnaire: Readonly<Record<string, unknown>>): Form {
  const items = formItems(questionnaire);
  const all = allItems(items);
  const calculations = new Map<FormItem, FormExpression>();
  for (const item of all) {
    const [expression] = expressionsOf(item.definition, calculatedUrl);
    if (expression) calculations.set(item, expression);
  }
  const calculates = (item: FormItem): boolean => allItems([item]).some((one) => calculations.has(one));
  return {
    questionnaire,
    items,
    byLinkId: new Map(all.map((item) => [item.linkId, item])),
    calculations,
    calculating: new Set(calculations.size === 0 ? [] : all.filter(calculates)),
  };
}
