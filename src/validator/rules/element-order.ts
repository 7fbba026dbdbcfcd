/**
 * The elements of a differential stand in the order of the type: children after their parent, slices after what they
 * are slices of.
 * https://hl7.org/fhir/R4/elementdefinition.html#ElementDefinition
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import type { Model } from '../../fhir/model.ts';
import { isObject } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import { typesAt } from './element-types.ts';

export function orderIssues(elements: readonly ElementDefinition[], place: string, model: Model): Issue[] {
  let before: string | undefined;
  for (const [index, element] of elements.entries()) {
    const id = isObject(element) ? (element.id ?? element.path) : undefined;
    if (typeof id !== 'string') continue;
    // What comes after one that is out of order is measured by a wrong measure.
    if (before !== undefined && comesBefore(id, before, model))
      return [ruleIssue('profile-order', `${place}[${index}]`)];
    before = id;
  }
  return [];
}

const nameOf = (step: string) => step.split(':')[0] ?? step;

/** Whether an element stands before another in their type; false where that does not tell. */
function comesBefore(id: string, other: string, model: Model): boolean {
  const own = id.split('.');
  const others = other.split('.');
  const at = own.findIndex((step, index) => step !== others[index]);
  if (at === -1) return own.length < others.length;
  const [step, instead] = [own[at], others[at]];
  if (at === 0 || step === undefined || instead === undefined) return false;
  if (nameOf(instead) === step && at === own.length - 1) return true;
  const types = typesAt(own.slice(0, at).map(nameOf).join('.'), model);
  const [type] = typeof types === 'string' || types.length > 1 ? [] : types;
  const place = positionOf(nameOf(step), type, model);
  return place !== -1 && place < positionOf(nameOf(instead), type, model);
}

/** Where a type has a property, or -1. */
function positionOf(step: string, type: string | undefined, model: Model): number {
  const owner = type === undefined ? undefined : model.type(type);
  const name = step.replace(/\[x\]$/, '');
  return (
    owner?.properties.findIndex(
      (property) => property.name === name || property.keys.some(({ key }) => key === name),
    ) ?? -1
  );
}
