/**
 * What a profile says of an element is no more than its base allows.
 * https://hl7.org/fhir/R4/profiling.html#cardinality, https://hl7.org/fhir/R4/elementdefinition.html#interpretation
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import type { Model } from '../../fhir/model.ts';
import { isObject } from '../../fhir/resource.ts';
import { equals, fixedValue, patternValue } from '../checks/fixed.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext } from '../type-rules.ts';
import type { ElementCase } from './element-case.ts';

/** A value that the base fixes stays as it is, and what it demands as a pattern stays in what is demanded. */
export function fixedIssues({ element, inherited, base, place }: ElementCase): Issue[] {
  if (!inherited) return [];
  const [fixed, pattern] = [fixedValue(inherited), patternValue(inherited)];
  const own = fixedValue(element);
  const ownPattern = patternValue(element);
  const differs =
    (fixed !== undefined && own !== undefined && !equals(own, fixed)) ||
    (fixed !== undefined && ownPattern !== undefined && !holds(fixed, ownPattern)) ||
    (pattern !== undefined && own !== undefined && !holds(own, pattern)) ||
    (pattern !== undefined && ownPattern !== undefined && !holds(ownPattern, pattern));
  return differs ? [ruleIssue('profile-fixed', place, base?.url ?? '')] : [];
}

/** Whether a value has at least what a pattern has. */
function holds(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern))
    return Array.isArray(value) && pattern.every((part) => value.some((item) => holds(item, part)));
  if (!isObject(pattern)) return value === pattern;
  return isObject(value) && Object.entries(pattern).every(([key, part]) => holds(value[key], part));
}

const limit = (max: string) => (max === '*' ? Number.POSITIVE_INFINITY : Number(max));
const codesOf = ({ type }: ElementDefinition) => (type ?? []).map(({ code = '' }) => code);

type Widenings = Readonly<
  Record<string, (own: ElementDefinition, was: ElementDefinition, model: Model) => boolean>
>;

/** What of an element is wider than it was. */
const wider: Widenings = {
  // Of all slices together something may be demanded that not each of them has.
  min: ({ min, sliceName }, was) => sliceName === undefined && min !== undefined && min < (was.min ?? 0),
  max: ({ max }, was) => max !== undefined && limit(max) > limit(was.max ?? '*'),
  type: (own, was, model) => hasOtherType(codesOf(own), codesOf(was), model),
  binding: ({ binding }, was) =>
    was.binding?.strength === 'required' &&
    binding?.strength !== undefined &&
    binding.strength !== 'required',
  // Of an extension as a whole its own definition says so. https://hl7.org/fhir/R4/extensibility.html#modifierExtension
  isModifier: ({ isModifier, path = '' }, was) =>
    isModifier !== undefined && isModifier !== (was.isModifier ?? false) && path.includes('.'),
};

/** Marks of a differential that take back those of the base. */
const marks: Widenings = {
  isSummary: ({ isSummary }, was) =>
    isSummary !== undefined && was.isSummary !== undefined && isSummary !== was.isSummary,
  mustSupport: ({ mustSupport }, was) => mustSupport === false && was.mustSupport === true,
};

/** Cardinality, types, the strength of a binding, and whether it changes what others mean. */
export const wideningIssues = (one: ElementCase) => wideningsIn(wider, one);
export const markIssues = (one: ElementCase) => wideningsIn(marks, one);

function wideningsIn(table: Widenings, { element, inherited, base, place, context }: ElementCase): Issue[] {
  if (!inherited) return [];
  return Object.entries(table)
    .filter(([, isWider]) => isWider(element, inherited, context.model))
    .map(([what]) => ruleIssue('profile-widens', place, what, base?.url ?? ''));
}

/** Types that are no type of an instance: any that specializes one of them narrows it. */
const abstract: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement']);

function hasOtherType(own: readonly string[], was: readonly string[], model: Model): boolean {
  if (was.length === 0 || ![...was, ...own].every((code) => model.type(code))) return false;
  const fits = (code: string) =>
    was.some((one) => one === code || (abstract.has(one) && model.isA(code, one)));
  return !own.every(fits);
}

/** What an element says of its cardinality leaves a range together with what it inherits; eld-2 sees only its own. */
export function rangeIssues({ element, inherited, place }: ElementCase): Issue[] {
  const { min, max, sliceName } = element;
  if (!inherited || (min === undefined) === (max === undefined)) return [];
  // The least number of a sliced element is that of all its slices.
  const least = min ?? (sliceName === undefined ? inherited.min : 0) ?? 0;
  return least <= limit(max ?? inherited.max ?? '*') ? [] : [ruleIssue('definition-range', place)];
}

/** A reference leads to what the base lets it lead to, or to what derives from that. */
export function targetIssues({ element, inherited, base, place, context }: ElementCase): Issue[] {
  return (element.type ?? []).flatMap(({ code, targetProfile = [] }) => {
    const was = (inherited?.type ?? []).filter((one) => one.code === code);
    if (was.length === 0 || was.some((one) => one.targetProfile === undefined)) return [];
    const allowed = new Set(was.flatMap((one) => one.targetProfile ?? []));
    return targetProfile.flatMap((url) =>
      derives(url, allowed, context)
        ? []
        : [ruleIssue('profile-widens', place, 'targetProfile', base?.url ?? '')],
    );
  });
}

/** Whether a profile is one of some, or derives from one; of what is not known nothing is said. */
function derives(url: string, allowed: ReadonlySet<string>, { structure }: RuleContext): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = url; at !== undefined && !seen.has(at); ) {
    if (allowed.has(at)) return true;
    seen.add(at);
    const known: StructureDefinition | undefined = structure(at);
    if (known === undefined || allowed.has(known.url)) return true;
    at = known.baseDefinition;
  }
  return false;
}
