/**
 * The groups of a ConceptMap: they are of code systems, codes of a code system that is known in full exist in it, and are
 * in the value sets that the map leads from and to.
 * https://hl7.org/fhir/R4/conceptmap.html
 */
import type { Issue } from '../../core/issue.ts';
import { isObject, objectsOf } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule } from '../type-rules.ts';

export const conceptMapRule: TypeRule = (map, { codeExists, isValueSet, memberOf }) => {
  const issues: Issue[] = [];
  const sources = map.sourceUri ?? map.sourceCanonical;
  const targets = map.targetUri ?? map.targetCanonical;
  const checkScope = (scope: unknown, system: string, code: string, place: string) => {
    if (typeof scope === 'string' && memberOf(scope, { system, code }) === 'not-member')
      issues.push(ruleIssue('map-scope', place, scope));
  };
  /** HL7's own maps lead to codes that there are not. */
  const check = (
    system: unknown,
    { code }: Record<string, unknown>,
    place: string,
    scope: unknown,
    severity: Issue['severity'],
  ) => {
    if (typeof system !== 'string' || typeof code !== 'string') return;
    if (codeExists(system, code) === false)
      issues.push({ ...ruleIssue('map-code', `${place}.code`, system), severity });
    else checkScope(scope, system, code, `${place}.code`);
  };
  objectsOf(map.group).forEach((group, g) => {
    const at = `ConceptMap.group[${g}]`;
    for (const side of ['source', 'target']) {
      const system = group[side];
      if (typeof system === 'string' && isValueSet(system))
        issues.push(ruleIssue('code-system-is-value-set', `${at}.${side}`));
    }
    objectsOf(group.element).forEach((element, e) => {
      const place = `${at}.element[${e}]`;
      check(group.source, element, place, sources, 'error');
      objectsOf(element.target).forEach((target, t) => {
        check(group.target, target, `${place}.target[${t}]`, targets, 'warning');
      });
    });
    if (isObject(group.unmapped)) check(group.target, group.unmapped, `${at}.unmapped`, undefined, 'warning');
  });
  return issues;
};
