/**
 * Units and limits of quantities, and the targets of references, that a form allows by extension.
 * https://hl7.org/fhir/R4/extension-questionnaire-unitoption.html,
 * https://hl7.org/fhir/R4/extension-questionnaire-referenceresource.html
 */
import type { Issue } from '../core/issue.ts';
import { isObject } from '../fhir/resource.ts';
import type { MemberOf } from './answer-options.ts';
import { formFinding } from './finding.ts';
import { type Answer, extensionValue, type FormItem, objectsOf } from './form.ts';

const core = 'http://hl7.org/fhir/StructureDefinition/questionnaire-';
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';
const ucum = 'http://unitsofmeasure.org';

/** Powers of ten of the metric prefixes. */
const prefixes = new Map(
  Object.entries({ G: 9, M: 6, k: 3, h: 2, da: 1, d: -1, c: -2, m: -3, u: -6, n: -9, p: -12 }),
);
/** Units that take prefixes. */
const metric = new Set([
  'g',
  'm',
  'L',
  'l',
  's',
  'mol',
  'V',
  'W',
  'Pa',
  'J',
  'Hz',
  'bar',
  'eq',
  'cal',
  'Bq',
  'Gy',
  'kat',
]);

/** A metric unit as its base and a power of ten; undefined for others. */
function metricUnit(code: string): { base: string; power: number } | undefined {
  if (metric.has(code)) return { base: code, power: 0 };
  for (const [prefix, power] of prefixes) {
    const base = code.slice(prefix.length);
    if (code.startsWith(prefix) && metric.has(base)) return { base, power };
  }
  return undefined;
}

/** The factor from one unit to another; undefined when they cannot be compared. */
function factor(from: Record<string, unknown>, to: Record<string, unknown>): number | undefined {
  if (typeof from.code !== 'string' || typeof to.code !== 'string' || from.system !== to.system)
    return undefined;
  if (from.code === to.code) return 1;
  if (from.system !== ucum) return undefined;
  const [one, other] = [metricUnit(from.code), metricUnit(to.code)];
  return one && other && one.base === other.base ? 10 ** (one.power - other.power) : undefined;
}

/** Whether a quantity keeps a limit; units that cannot be compared keep none. */
function keeps(value: Record<string, unknown>, limit: unknown, direction: 1 | -1): boolean {
  if (!isObject(limit) || typeof limit.value !== 'number' || typeof value.value !== 'number') return true;
  const times = factor(value, limit);
  return times !== undefined && direction * (value.value * times - limit.value) >= 0;
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
  if (types.length === 0 || !isObject(value)) return [];
  const named =
    typeof value.reference === 'string'
      ? /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+$/.exec(value.reference)?.[1]
      : undefined;
  const type = named ?? value.type;
  if (type === undefined || types.includes(type)) return [];
  return [formFinding('response-answer-target', answer.path, item.linkId)];
}
