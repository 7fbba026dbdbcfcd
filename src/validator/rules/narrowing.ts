/**
 * What a profile says of an element is no more than its base allows.
 * https://hl7.org/fhir/R4/profiling.html#cardinality, https://hl7.org/fhir/R4/elementdefinition.html#interpretation
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { equals, fixedValue } from '../checks/fixed.ts';
import { ruleIssue } from '../finding.ts';
import type { ElementCase } from './element-case.ts';

/** A value that the base fixes stays as it is. */
export function fixedIssues({ element, base, place }: ElementCase): Issue[] {
  const own = fixedValue(element);
  const inherited = base?.snapshot?.element?.find(({ id }) => id === (element.id ?? element.path));
  const fixed = inherited && fixedValue(inherited);
  if (own === undefined || fixed === undefined || equals(own, fixed)) return [];
  return [ruleIssue('profile-fixed', place, base?.url ?? '')];
}

const limit = (max: string) => (max === '*' ? Number.POSITIVE_INFINITY : Number(max));
const codesOf = ({ type }: ElementDefinition) => (type ?? []).map(({ code = '' }) => code);

/** Cardinality, types, the strength of a binding, and whether it changes what others mean. */
export function wideningIssues({
  element,
  inherited,
  base,
  place,
  context: { model },
}: ElementCase): Issue[] {
  if (!inherited) return [];
  const { min, max, binding, isModifier } = element;
  const wider: string[] = [];
  if (min !== undefined && min < (inherited.min ?? 0)) wider.push('min');
  if (max !== undefined && limit(max) > limit(inherited.max ?? '*')) wider.push('max');
  const was = codesOf(inherited);
  const own = codesOf(element);
  const isNew = (code: string) => was.every((one) => one !== code && !model.isA(code, one));
  const isPlain = [...was, ...own].every((code) => model.type(code));
  if (isPlain && was.length > 0 && own.some(isNew)) wider.push('type');
  const wasRequired = inherited.binding?.strength === 'required';
  if (wasRequired && binding?.strength !== undefined && binding.strength !== 'required')
    wider.push('binding');
  // Of an extension as a whole its own definition says so. https://hl7.org/fhir/R4/extensibility.html#modifierExtension
  if (
    isModifier !== undefined &&
    isModifier !== (inherited.isModifier ?? false) &&
    element.path?.includes('.')
  )
    wider.push('isModifier');
  return wider.map((what) => ruleIssue('profile-widens', place, what, base?.url ?? ''));
}

/** What an element says of its cardinality leaves a range together with what it inherits; eld-2 sees only its own. */
export function rangeIssues({ element: { min, max }, inherited, place }: ElementCase): Issue[] {
  if (!inherited || (min === undefined) === (max === undefined)) return [];
  const isRange = (min ?? inherited.min ?? 0) <= limit(max ?? inherited.max ?? '*');
  return isRange ? [] : [ruleIssue('definition-range', place)];
}

const targetsOf = ({ type }: ElementDefinition) =>
  (type ?? []).flatMap(({ targetProfile }) => targetProfile ?? []);

/** A reference leads to what the base lets it lead to. */
export function targetIssues({ element, inherited, base, place, context }: ElementCase): Issue[] {
  const { structure, model } = context;
  const allowed = inherited === undefined ? [] : targetsOf(inherited).map((url) => structure(url)?.type);
  if (allowed.length === 0) return [];
  return targetsOf(element).flatMap((url) => {
    const type = structure(url)?.type;
    const fits = allowed.some((one) => one === undefined || type === one || model.isA(type ?? '', one));
    return type === undefined || fits
      ? []
      : [ruleIssue('profile-widens', place, 'targetProfile', base?.url ?? '')];
  });
}
