/**
 * Units and limits of quantities, and the targets of references, that a form allows by extension.
 * https://hl7.org/fhir/R4/extension-questionnaire-unitoption.html,
 * https://hl7.org/fhir/R4/extension-questionnaire-referenceresource.html
 */
import type { Issue } from '../core/issue.ts';
import { isObject, objectsOf } from '../fhir/resource.ts';
import { compareUnitValues } from '../terminology/canonical-units.ts';
import { ucumSystem } from '../terminology/ucum.ts';
import type { MemberOf } from './answer-options.ts';
import { formFinding } from './finding.ts';
import { type Answer, extensionValue, type FormItem } from './form.ts';

const core = 'http://hl7.org/fhir/StructureDefinition/questionnaire-';
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';

/**
 * Whether a quantity keeps a limit; units that cannot be compared keep none. One that is `> 3` may be as great as is
 * wanted.
 */
function keeps(value: Record<string, unknown>, limit: unknown, direction: 1 | -1): boolean {
  if (!isObject(limit) || typeof limit.value !== 'number' || typeof value.value !== 'number') return true;
  if (String(value.comparator ?? '').startsWith(direction === 1 ? '>' : '<')) return true;
  if (typeof value.code !== 'string' || typeof limit.code !== 'string' || value.system !== limit.system)
    return false;
  if (value.code === limit.code) return direction * (value.value - limit.value) >= 0;
  if (value.system !== ucumSystem) return false;
  const compared = compareUnitValues(
    { value: value.value, code: value.code },
    { value: limit.value, code: limit.code },
  );
  return compared !== undefined && direction * compared >= 0;
}

/** What a quantity breaks of the units and limits of its item. */
export function quantityIssues(item: FormItem, answer: Answer, value: unknown, memberOf: MemberOf): Issue[] {
  if (!isObject(value)) return [];
  const issues: Issue[] = [];
  const min = extensionValue(item.definition, `${sdc}minQuantity`);
  const max = extensionValue(item.definition, `${sdc}maxQuantity`);
  if (!keeps(value, min, 1) || !keeps(value, max, -1)) {
    issues.push(formFinding('response-answer-range', `${answer.path}.value`, item.linkId));
  }
  const options = objectsOf(item.definition.extension)
    .filter(({ url }) => url === `${core}unitOption`)
    .map(({ valueCoding }) => valueCoding)
    .filter(isObject);
  const set = extensionValue(item.definition, `${core}unitValueSet`);
  const offered = options.some((option) => isUnit(value, option));
  const refused = options.length > 0 ? !offered : typeof set === 'string' && !isMember(value, set, memberOf);
  if (refused && !isOpenTo(item, value))
    issues.push(formFinding('response-answer-unit', `${answer.path}.value`, item.linkId));
  return issues;
}

/** By what the option has of system and code; by the word for it, where it has neither. */
function isUnit({ unit, system, code }: Record<string, unknown>, option: Record<string, unknown>): boolean {
  if (option.code === undefined && option.system === undefined) return unit === option.display;
  return (option.system ?? system) === system && (option.code ?? code) === code;
}

/** Whether an item takes other units besides those it lists: any that has a code, or a word for one. */
function isOpenTo(item: FormItem, { code }: Record<string, unknown>): boolean {
  const openness = extensionValue(item.definition, `${sdc}unitOpen`);
  return openness === (code === undefined ? 'optionsOrString' : 'optionsOrType');
}

function isMember({ system, code }: Record<string, unknown>, valueSet: string, memberOf: MemberOf): boolean {
  if (typeof code !== 'string') return false;
  const coding = typeof system === 'string' ? { system, code } : { code };
  return memberOf(valueSet, coding) !== 'not-member';
}

/** A reference leads to one of the resource types that its item allows. */
export function referenceIssues(item: FormItem, answer: Answer, value: unknown, contained: unknown): Issue[] {
  const types = objectsOf(item.definition.extension)
    .filter(({ url }) => url === `${core}referenceResource`)
    .map(({ valueCode }) => valueCode);
  return types.length === 0 || leadsTo(value, types, contained)
    ? []
    : [formFinding('response-answer-target', `${answer.path}.value`, item.linkId)];
}

const typed = /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/;

/** What these are every resource is. */
const abstract: ReadonlySet<unknown> = new Set(['Resource', 'DomainResource']);

/**
 * Whether a reference leads to one of some types, as far as it tells.
 * @param contained what the resource around it contains
 */
export function leadsTo(reference: unknown, types: readonly unknown[], contained: unknown): boolean {
  if (!isObject(reference)) return true;
  const { reference: url, type } = reference;
  const inside = objectsOf(contained).find(({ id }) => `#${id}` === url);
  const named = typeof url === 'string' ? typed.exec(url)?.[1] : undefined;
  const target = inside?.resourceType ?? named ?? type;
  return target === undefined || types.includes(target) || types.some((type) => abstract.has(type));
}
