/**
 * A profile of what is sliced already keeps to that: it may tell slices apart by more and close them, but not open
 * them; it adds slices after those that there are, and none where the slicing is closed.
 * https://hl7.org/fhir/R4/profiling.html#reslicing
 */
import type { ElementDefinition, ElementDefinitionSlicing, StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { isObject } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import { idOf, wholeOf } from './inherited-elements.ts';

export function slicingOfBaseIssues(
  elements: readonly ElementDefinition[],
  base: StructureDefinition | undefined,
  place: string,
): Issue[] {
  const known = (base?.snapshot?.element ?? []).filter(isObject);
  const positions = new Map(known.map((element, index) => [idOf(element), index]));
  /** The last slice that was met, by what it is a slice of; a new one stands after all that there were. */
  const last = new Map<string, number>();
  return elements.flatMap((element, index): Issue[] => {
    if (!isObject(element)) return [];
    const id = idOf(element);
    const was = known[positions.get(id) ?? -1]?.slicing;
    const differs = element.slicing && was && difference(element.slicing, was, id);
    if (differs) return [ruleIssue('profile-slice', `${place}[${index}].slicing`, differs)];
    const whole = wholeOf(id);
    const slicing = whole === undefined ? undefined : known[positions.get(whole) ?? -1]?.slicing;
    if (whole === undefined || slicing === undefined || isChoice(whole)) return [];
    const position = positions.get(id) ?? Number.POSITIVE_INFINITY;
    // What re-slices a slice is none besides it.
    const isNew = position === Number.POSITIVE_INFINITY && !positions.has(id.split('/')[0] ?? id);
    if (isNew && slicing.rules === 'closed')
      return [ruleIssue('profile-slice', `${place}[${index}]`, 'is one more of a slicing that is closed')];
    const isLate = position < (last.get(whole) ?? -1);
    last.set(whole, position);
    return isLate ? [ruleIssue('profile-order', `${place}[${index}]`)] : [];
  });
}

const isChoice = (id: string) => id.endsWith('[x]');

/** What a slicing says otherwise than that of the base, in words; undefined when it does not. */
function difference(
  own: ElementDefinitionSlicing,
  was: ElementDefinitionSlicing,
  id: string,
): string | undefined {
  if (own.ordered !== undefined && was.ordered !== undefined && own.ordered !== was.ordered)
    return 'is ordered otherwise than that of the base';
  const wasOpen = was.rules === undefined || was.rules === 'open';
  const opens = was.rules === 'closed' ? own.rules !== 'closed' : own.rules === 'open';
  if (!wasOpen && own.rules !== undefined && opens && !isChoice(id))
    return 'is open where that of the base is not';
  const kept = own.discriminator ?? [];
  const isKept = (was.discriminator ?? []).every((one) =>
    kept.some(({ type, path }) => type === one.type && path === one.path),
  );
  return isKept || kept.length === 0 ? undefined : 'lacks a discriminator of that of the base';
}
