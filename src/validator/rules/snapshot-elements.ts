/**
 * A snapshot by itself: each element is of some type, what only elements of a type may say does not stand on its root,
 * and no element is of a type that the differential has taken from it.
 * https://hl7.org/fhir/R4/elementdefinition.html#interpretation
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { isObject } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import { idOf } from './inherited-elements.ts';

const ofNoRoot =
  /^(?:requirements|example|maxLength|(?:fixed|pattern|minValue|maxValue|defaultValue)[A-Z]\w*)$/;
/** What only profiles say. */
const ofNoType = /^(?:sliceName|(?:fixed|pattern)[A-Z]\w*)$/;

export function snapshotIssues(structure: StructureDefinition): Issue[] {
  const stated = new Map(
    (structure.differential?.element ?? [])
      .filter((element) => isObject(element) && element.type !== undefined)
      .map((element) => [idOf(element), codesOf(element)]),
  );
  return (structure.snapshot?.element ?? []).flatMap((element, index) => {
    if (!isObject(element)) return [];
    const place = `StructureDefinition.snapshot.element[${index}]`;
    if (element.path?.includes('.') !== true) return namedIssues(element, ofNoRoot, 'the root', place);
    const isUntyped = element.type === undefined && element.contentReference === undefined;
    const narrowed = stated.get(idOf(element));
    const isOther = narrowed !== undefined && codesOf(element).some((code) => !narrowed.includes(code));
    return [
      ...(isUntyped ? [ruleIssue('cardinality-min', place, 'type', '1')] : []),
      ...(isOther ? [ruleIssue('profile-widens', place, 'type', structure.url ?? '')] : []),
      ...(structure.derivation === 'specialization' ? namedIssues(element, ofNoType, 'a type', place) : []),
    ];
  });
}

const codesOf = ({ type }: ElementDefinition) => (type ?? []).map(({ code }) => code);

const namedIssues = (element: ElementDefinition, names: RegExp, what: string, place: string): Issue[] =>
  Object.keys(element)
    .filter((name) => names.test(name))
    .map((name) => ruleIssue('profile-member', place, name, what));
