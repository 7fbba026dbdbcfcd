/**
 * Slices of a differential: they have names, and something tells several of one element apart.
 * https://hl7.org/fhir/R4/profiling.html#slicing
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { isObject } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { InheritedElements } from './inherited-elements.ts';

/** An element that is a slice, by its id: what it is a slice of. */
const slice = /^(.*\.[^.:]+):[^.:]+$/;
/** Slices of extensions are told apart by their URLs, those of a choice by their types, whether that is said or not. */
const implied = /(?:\.extension|\.modifierExtension|\[x\])$/;

export function sliceIssues(
  elements: readonly ElementDefinition[],
  base: StructureDefinition | undefined,
  inherited: InheritedElements,
  place: string,
): Issue[] {
  const known = [...(base?.snapshot?.element ?? []), ...elements].filter(isObject);
  const ids = new Set((base?.snapshot?.element ?? []).map(({ id }) => id));
  const sliced = new Set(known.flatMap(({ id, path, slicing }) => (slicing ? [id ?? path] : [])));
  // What a profile of a type says of slices is said elsewhere.
  const profiled = known.flatMap(({ id = '', type = [] }) =>
    type.some(({ profile }) => profile !== undefined) ? [`${id}.`] : [],
  );
  const wholes = elements.map((element) =>
    isObject(element) ? slice.exec(element.id ?? '')?.[1] : undefined,
  );
  return elements.flatMap((element, index) => {
    if (!isObject(element) || typeof element.id !== 'string') return [];
    const { id, sliceName } = element;
    if (isOfSingle(element, inherited))
      return [
        ruleIssue('profile-slice', `${place}[${index}].slicing`, 'is of an element that does not repeat'),
      ];
    const whole = wholes[index];
    if (whole === undefined || ids.has(id)) return [];
    const where = `${place}[${index}]`;
    if (sliceName === undefined) return [ruleIssue('profile-slice', where, 'has no name')];
    // What does not repeat, or is there as often as the whole, may have a name without being one of several: profiles
    // of R4 itself name some.
    const most = inherited.element(whole)?.max;
    const isOnly = wholes.indexOf(whole) === wholes.lastIndexOf(whole);
    const isSingle = isOnly && (most === '1' || most === element.max);
    const isTold =
      base === undefined ||
      isSingle ||
      implied.test(whole) ||
      sliced.has(whole) ||
      sliceName.includes('/') ||
      profiled.some((start) => id.startsWith(start));
    return isTold ? [] : [ruleIssue('profile-slice', where, 'belongs to no slicing')];
  });
}

/** What its type lets be there at most once has no slices, unless it is a choice of types. */
function isOfSingle({ id = '', slicing }: ElementDefinition, inherited: InheritedElements): boolean {
  if (!slicing || id.includes('[x]') || implied.test(id)) return false;
  const was = inherited.element(id);
  return was !== undefined && was.slicing === undefined && (was.base?.max ?? was.max) === '1';
}
