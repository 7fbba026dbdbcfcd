/**
 * Slices of a choice of types: its types tell them apart, each is named after its type, and where one of them has to be
 * there, no other can.
 * https://hl7.org/fhir/R4/profiling.html#slicing
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { choiceKey } from '../../fhir/choice-key.ts';
import { isObject } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import { idOf, wholeOf } from './inherited-elements.ts';

interface Placed {
  readonly element: ElementDefinition;
  readonly place: string;
}

export function typeSliceIssues(elements: readonly ElementDefinition[], place: string): Issue[] {
  const slices = new Map<string, Placed[]>();
  for (const [index, element] of elements.entries()) {
    const whole = isObject(element) && element.sliceName !== undefined ? wholeOf(idOf(element)) : undefined;
    // Of one type each: others are no slices by type.
    if (!whole?.endsWith('[x]') || element.type?.length !== 1) continue;
    const own = slices.get(whole) ?? [];
    own.push({ element, place: `${place}[${index}]` });
    slices.set(whole, own);
  }
  return [...slices].flatMap(([whole, own]) => {
    const at = elements.findIndex((element) => isObject(element) && idOf(element) === whole);
    const issues = at === -1 ? [] : slicingIssues(elements[at] ?? {}, `${place}[${at}].slicing`);
    return [...issues, ...nameIssues(whole, own), ...onlyOneIssues(own)];
  });
}

/** What tells the slices apart is their type, in no order. */
function slicingIssues({ slicing }: Partial<ElementDefinition>, place: string): Issue[] {
  const [one, ...others] = slicing?.discriminator ?? [];
  if (one === undefined) return [];
  const isByType = others.length === 0 && one.type === 'type' && one.path === '$this';
  return isByType && slicing?.ordered !== true
    ? []
    : [ruleIssue('profile-slice', place, 'is of a choice: only its types tell its slices apart')];
}

/** `valueQuantity` of `value[x]`. */
function nameIssues(whole: string, slices: readonly Placed[]): Issue[] {
  const start = whole.slice(whole.lastIndexOf('.') + 1, -'[x]'.length);
  return slices.flatMap(({ element: { sliceName, type }, place }) => {
    const code = type?.[0]?.code ?? '';
    const name = choiceKey(start, code);
    return sliceName === name || code.includes(':')
      ? []
      : [ruleIssue('profile-slice', place, `of a choice is named after its type: ${name}`)];
  });
}

function onlyOneIssues(slices: readonly Placed[]): Issue[] {
  return slices.flatMap(({ element: { min = 0 }, place }, index) =>
    min > 0 && slices.slice(index + 1).some(({ element: { max } }) => max !== '0')
      ? [ruleIssue('profile-slice', place, 'of a choice has to be there: another one after it cannot')]
      : [],
  );
}
