/**
 * Which answers each item type takes, one row a type.
 * https://hl7.org/fhir/R4/valueset-item-type.html
 */

export interface ItemTypeRule {
  /** Suffixes of `value[x]` an answer may have. */
  readonly answers: readonly string[];
  /** Suffixes an answer option may have. */
  readonly options: readonly string[];
  /** Whether its answers have an order, for `>` and the like in enableWhen. */
  readonly ordered: boolean;
}

const listed = ['Coding', 'String', 'Integer', 'Date', 'Time', 'Reference'] as const;

const rules: Readonly<Record<string, ItemTypeRule>> = {
  group: { answers: [], options: [], ordered: false },
  display: { answers: [], options: [], ordered: false },
  boolean: { answers: ['Boolean'], options: [], ordered: false },
  decimal: { answers: ['Decimal'], options: [], ordered: true },
  integer: { answers: ['Integer'], options: ['Integer'], ordered: true },
  date: { answers: ['Date'], options: ['Date'], ordered: true },
  dateTime: { answers: ['DateTime'], options: [], ordered: true },
  time: { answers: ['Time'], options: ['Time'], ordered: true },
  string: { answers: ['String'], options: ['String'], ordered: true },
  text: { answers: ['String'], options: [], ordered: true },
  url: { answers: ['Uri'], options: [], ordered: false },
  choice: { answers: listed, options: listed, ordered: false },
  'open-choice': { answers: listed, options: listed, ordered: false },
  attachment: { answers: ['Attachment'], options: [], ordered: false },
  reference: { answers: ['Reference'], options: ['Reference'], ordered: false },
  quantity: { answers: ['Quantity'], options: [], ordered: true },
};

/** @returns undefined for a type that R4 does not have; the binding of `item.type` reports that */
export function itemTypeRule(type: string): ItemTypeRule | undefined {
  return Object.hasOwn(rules, type) ? rules[type] : undefined;
}
