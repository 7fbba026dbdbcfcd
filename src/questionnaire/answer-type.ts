/**
 * Which answers each item type takes, one row a type.
 * https://hl7.org/fhir/R4/valueset-item-type.html
 */

export interface ItemTypeRule {
  /** Suffixes of `value[x]` an answer may have. */
  readonly answers: readonly string[];
  /** Suffixes an answer option may have: it has no decimal and no dateTime, but integers and dates are such. */
  readonly options: readonly string[];
  /** Suffixes of `answer[x]` in enableWhen, where they are others: it has no `answerUri`. */
  readonly asked?: readonly string[];
}

/** What a choice may be made of. */
export const listed = ['Coding', 'String', 'Integer', 'Date', 'Time', 'Reference'] as const;

const rules: Readonly<Record<string, ItemTypeRule>> = {
  group: { answers: [], options: [] },
  display: { answers: [], options: [] },
  boolean: { answers: ['Boolean'], options: [] },
  decimal: { answers: ['Decimal'], options: ['Integer'] },
  integer: { answers: ['Integer'], options: ['Integer'] },
  date: { answers: ['Date'], options: ['Date'] },
  dateTime: { answers: ['DateTime'], options: ['Date'] },
  time: { answers: ['Time'], options: ['Time'] },
  string: { answers: ['String'], options: ['String'] },
  text: { answers: ['String'], options: [] },
  url: { answers: ['Uri'], options: [], asked: ['String'] },
  choice: { answers: listed, options: listed },
  'open-choice': { answers: listed, options: listed },
  attachment: { answers: ['Attachment'], options: [] },
  reference: { answers: ['Reference'], options: ['Reference'] },
  quantity: { answers: ['Quantity'], options: [] },
};

/** @returns undefined for a type that R4 does not have; the binding of `item.type` reports that */
export function itemTypeRule(type: string): ItemTypeRule | undefined {
  return Object.hasOwn(rules, type) ? rules[type] : undefined;
}
