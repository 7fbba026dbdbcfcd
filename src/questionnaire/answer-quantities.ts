/**
 * Units and limits of quantities, and the targets of references, that a form allows by extension.
 * https://hl7.org/fhir/R4/extension-questionnaire-unitoption.html,
 * https://hl7.org/fhir/R4/extension-questionnaire-referenceresource.html
 */
import type { Issue } from '../core/issue.ts';
import { isObject } from '../fhir/resource.ts';
import { compareUnitValues } from '../terminology/canonical-units.ts';
import { ucumSystem } from '../terminology/ucum.ts';
import type { MemberOf } from './answer-options.ts';
import { formFinding } from './finding.ts';
import { type Answer, extensionValue, type FormItem, objectsOf } from './form.ts';

const core = 'http://hl7.org/fhir/StructureDefinition/questionnaire-';
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';

/** Whether a quantity keeps a limit; units that cannot be compared keep none. */
function keeps(value: Record<string, unknown>, limit: unknown, direction: 1 | -1): boolean {
  if (!isObject(limit) || typeof limit.value !== 'number' || typeof value.value !== 'number') return true;
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
    issues.push(formFinding('response-answer-range', answer.path, item.linkId));
  }
  const options = objectsOf(item.definition.extension)
    .filter(({ url }) => url === `${core}unitOption`)
    .map(({ valueCoding }) => valueCoding)
    .filter(isObject);
  const set = extensionValue(item.definition, `${core}unitValueSet`);
  const offered = options.some(({ system, code }) => system === value.system && code === value.code);
  const refused = options.length > 0 ? !offered : typeof set === 'string' && !isMember(value, set, memberOf);
  if (refused) issues.push(formFinding('response-answer-unit', answer.path, item.linkId));
  return issues;
}

function isMember({ system, code }: Record<string, unknown>, valueSet: string, memberOf: MemberOf): boolean {
  if (typeof code !== 'string') return false;
  const coding = typeof system === 'string' ? { system, code } : { code };
  return memberOf(valueSet, coding) !== 'not-member';
}

/** A reference leads to one of the resource types that its item allows. */
export function referenceIssues(item: FormItem, answer: Answer, value: unknown): Issue[] {
  const types = objectsOf(item.definition.extension)
    .filter(({ url }) => url === `${core}referenceResource`)
    .map(({ valueCode }) => valueCode);
  return types.length === 0 || leadsTo(value, types)
    ? []
    : [formFinding('response-answer-target', answer.path, item.linkId)];
}

/** Whether a reference leads to one of some types, as far as it tells. */
export function leadsTo(reference: unknown, types: readonly unknown[]): boolean {
  if (!isObject(reference)) return true;
  const { reference: url, type } = reference;
  const named = typeof url === 'string' ? /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+$/.exec(url)?.[1] : undefined;
  const target = named ?? type;
  return target === undefined || types.includes(target);
}
