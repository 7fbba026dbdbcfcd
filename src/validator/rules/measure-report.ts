/**
 * A MeasureReport against its Measure: groups, populations and stratifiers of the measure, scores where it scores.
 * https://hl7.org/fhir/R4/measurereport.html
 */
import type { Issue } from '../../core/issue.ts';
import { isObject } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule } from '../type-rules.ts';
import { objectsIn } from './objects-in.ts';

type Element = Record<string, unknown>;

/** Codes and text of a concept, or of a list of them, as names to compare. */
function names(concepts: unknown): string[] {
  const list = Array.isArray(concepts) ? concepts : [concepts];
  return list
    .filter(isObject)
    .flatMap((concept) => [
      ...objectsIn(concept.coding).map(({ system, code }) => `${String(system)}|${String(code)}`),
      ...(typeof concept.text === 'string' ? [concept.text] : []),
    ]);
}

const sameCode = (one: Element, other: Element) =>
  names(one.code).some((name) => names(other.code).includes(name));

function hasCode(concept: unknown, code: string): boolean {
  return isObject(concept) && objectsIn(concept.coding).some((coding) => coding.code === code);
}

export const measureReportRule: TypeRule = (report, { find }) => {
  const issues: Issue[] = [];
  const groups = objectsIn(report.group);
  groups.forEach((group, index) => {
    objectsIn(group.population).forEach((population, at) => {
      if (report.type !== 'subject-list' && population.subjectResults !== undefined) {
        issues.push(ruleIssue('report-subjects', `MeasureReport.group[${index}].population[${at}]`));
      }
    });
  });
  const measure = typeof report.measure === 'string' ? find(report.measure, 'Measure') : undefined;
  if (!measure) return issues;
  const wanted = objectsIn(measure.group);
  const single = groups.length === 1 && wanted.length === 1;
  const reported = new Set<Element>();
  groups.forEach((group, index) => {
    const path = `MeasureReport.group[${index}]`;
    const match = single && group.code === undefined ? wanted[0] : wanted.find((one) => sameCode(one, group));
    if (!match) {
      issues.push(ruleIssue('report-unknown-part', path, 'group'));
      return;
    }
    reported.add(match);
    if (group.measureScore !== undefined && hasCode(measure.scoring, 'cohort')) {
      issues.push(ruleIssue('report-score', `${path}.measureScore`));
    }
    compare(group, match, 'population', path, issues);
    compare(group, match, 'stratifier', path, issues);
  });
  for (const one of wanted) {
    if (!reported.has(one)) issues.push(ruleIssue('report-missing-part', 'MeasureReport', 'group'));
  }
  return issues;
};

/** Populations or stratifiers of a group, matched by code. */
function compare(
  given: Element,
  wanted: Element,
  part: 'population' | 'stratifier',
  path: string,
  issues: Issue[],
): void {
  const ours = objectsIn(given[part]);
  const theirs = objectsIn(wanted[part]);
  ours.forEach((one, index) => {
    if (!theirs.some((other) => sameCode(one, other))) {
      issues.push(ruleIssue('report-unknown-part', `${path}.${part}[${index}]`, part));
    }
  });
  if (part === 'population') return;
  for (const other of theirs) {
    if (!ours.some((one) => sameCode(one, other))) issues.push(ruleIssue('report-missing-part', path, part));
  }
}
