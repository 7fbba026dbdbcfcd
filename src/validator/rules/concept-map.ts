/**
 * The groups of a ConceptMap: they are of code systems, and codes of a code system that is known in full exist in it.
 * https://hl7.org/fhir/R4/conceptmap.html
 */
import type { Issue } from '../../core/issue.ts';
import { isObject } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule } from '../type-rules.ts';

const objects = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const conceptMapRule: TypeRule = (map, { codeExists, isValueSet }) => {
  const issues: Issue[] = [];
  const check = (system: unknown, one: Record<string, unknown>, place: string) => {
    if (typeof system !== 'string' || typeof one.code !== 'string') return;
    if (codeExists(system, one.code) === false) issues.push(ruleIssue('map-code', `${place}.code`, system));
  };
  objects(map.group).forEach((group, g) => {
    if (!isObject(group)) return;
    for (const side of ['source', 'target']) {
      const system = group[side];
      if (typeof system === 'string' && isValueSet(system))
        issues.push(ruleIssue('code-system-is-value-set', `ConceptMap.group[${g}].${side}`));
    }
    objects(group.element).forEach((element, e) => {
      if (!isObject(element)) return;
      const place = `ConceptMap.group[${g}].element[${e}]`;
      check(group.source, element, place);
      objects(element.target).forEach((target, t) => {
        if (isObject(target)) check(group.target, target, `${place}.target[${t}]`);
      });
    });
    if (isObject(group.unmapped)) check(group.target, group.unmapped, `ConceptMap.group[${g}].unmapped`);
  });
  return issues;
};
