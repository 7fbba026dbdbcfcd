/**
 * Members of a Group are of the type that it says.
 * https://hl7.org/fhir/R4/group-definitions.html#Group.type
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';
import { literal } from '../checks/reference-text.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule } from '../type-rules.ts';

/** By the type of the group; a group may be a member of any. */
const members: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['person', ['Patient', 'Group']],
  ['animal', ['Patient', 'Group']],
  ['practitioner', ['Practitioner', 'PractitionerRole', 'Group']],
  ['device', ['Device', 'Group']],
  ['medication', ['Medication', 'Group']],
  ['substance', ['Substance', 'Group']],
]);

/** What else a reference leads to the walk reports. */
const anyMember: ReadonlySet<string> = new Set([...members.values()].flat());

export const groupRule: TypeRule = ({ type, member }) => {
  const allowed = members.get(type);
  if (allowed === undefined) return [];
  return objectsOf(member).flatMap(({ entity }, index) => {
    const reference = isObject(entity) && typeof entity.reference === 'string' ? entity.reference : '';
    const named = literal.exec(reference)?.[1];
    if (named === undefined || allowed.includes(named) || !anyMember.has(named)) return [];
    return [ruleIssue('reference-type', `Group.member[${index}].entity`, named, allowed.join(', '))];
  });
};
