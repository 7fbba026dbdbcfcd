/**
 * Constraints are known by their keys: what has the key of another says the same, and a differential brings none but
 * those of its own profile.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.constraint
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { isObject, objectsOf } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';

/** The constraint of every element, which has been written in several ways. */
const everywhere = 'ele-1';

/** @param known elements whose constraints keep their keys: those of the base, for a differential */
export function constraintKeyIssues(
  elements: readonly ElementDefinition[],
  known: readonly ElementDefinition[],
  place: string,
): Issue[] {
  const expressions = new Map<string, string>();
  const issues: Issue[] = [];
  for (const element of known) see(element, () => {});
  for (const [index, element] of elements.entries()) {
    see(element, (at) => {
      issues.push(ruleIssue('profile-constraint', `${place}[${index}].constraint[${at}]`, otherwise));
    });
  }
  return issues;

  function see(element: ElementDefinition, differs: (at: number) => void): void {
    if (!isObject(element)) return;
    for (const [at, { key, expression }] of objectsOf(element.constraint).entries()) {
      if (typeof key !== 'string' || typeof expression !== 'string' || key === everywhere) continue;
      const was = expressions.get(key);
      if (was === undefined) expressions.set(key, expression);
      else if (was !== expression) differs(at);
    }
  }
}

const otherwise = 'has the key of another one, which says something else';

/** Where a constraint of a differential comes from. */
export function constraintSourceIssues(
  { url, version, differential }: StructureDefinition,
  place: string,
): Issue[] {
  const own: ReadonlySet<unknown> = new Set([undefined, url, `${url}|${version}`]);
  return (differential?.element ?? []).flatMap((element, index) =>
    objectsOf(isObject(element) ? element.constraint : []).flatMap(({ source }, at) =>
      own.has(source)
        ? []
        : [
            ruleIssue(
              'profile-constraint',
              `${place}[${index}].constraint[${at}]`,
              'comes from another profile',
            ),
          ],
    ),
  );
}
