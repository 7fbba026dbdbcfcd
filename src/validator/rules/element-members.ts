/**
 * What a definition may say of an element depends on what the element holds: lengths are of texts and numbers, ranges
 * of what has an order, bindings of codes; and a profile cannot give a meaning to what is missing.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.minValue_x_
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { choiceValue } from '../checks/fixed.ts';
import { ruleIssue } from '../finding.ts';
import type { ElementCase } from './element-case.ts';

const texts = ['string', 'uri', 'canonical', 'code', 'id', 'markdown', 'oid', 'url', 'uuid'];
const moments = ['instant', 'dateTime', 'time'];
const numbers = ['integer', 'decimal', 'positiveInt', 'unsignedInt'];
const amounts = ['Quantity', 'Age', 'Distance', 'Duration', 'Money'];

const measured = [...texts, ...moments, ...numbers, 'date'];
const ordered = [...moments, ...numbers, ...amounts, 'date', 'Count'];

const systemTypes = 'http://hl7.org/fhirpath/';

interface Member {
  readonly name: string;
  /** The types of elements that it is for. */
  readonly types: readonly string[];
  has(element: ElementDefinition): boolean;
}

const extension = (name: string, types: readonly string[]): Member => {
  const url = `http://hl7.org/fhir/StructureDefinition/${name}`;
  return { name, types, has: (element) => element.extension?.some((one) => one.url === url) ?? false };
};
const choice = (name: string, types: readonly string[]): Member => ({
  name,
  types,
  has: (element) => choiceValue(element, name) !== undefined,
});

const members: readonly Member[] = [
  { name: 'maxLength', types: measured, has: ({ maxLength }) => maxLength !== undefined },
  choice('minValue', ordered),
  choice('maxValue', ordered),
  extension('minLength', measured),
  extension('maxDecimalPlaces', ['decimal', ...moments, ...amounts]),
  extension('maxSize', ['base64Binary', 'Attachment']),
];

export function memberIssues({ element, types, place }: ElementCase): Issue[] {
  // The value of a primitive type is of none of the types of FHIR.
  const isSystem = element.type?.some(({ code = '' }) => code.startsWith(systemTypes));
  if (types === undefined || types.length === 0 || isSystem) return [];
  return members
    .filter((member) => member.has(element) && !types.some((type) => member.types.includes(type)))
    .map(({ name }) => ruleIssue('profile-member', place, name, types.join(', ')));
}

/** What is on an extension says what it means when the extension is not there. */
const ofExtension = /(?:^Extension|\.extension)$/;

/** What only the definition of a type says. */
export function meaningIssues({ element: { meaningWhenMissing, path = '' }, place }: ElementCase): Issue[] {
  if (meaningWhenMissing === undefined || ofExtension.test(path)) return [];
  return [ruleIssue('profile-member', place, 'meaningWhenMissing', 'a profile')];
}
