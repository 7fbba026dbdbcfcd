/**
 * A MeasureReport against its Measure: groups, populations and stratifiers of the measure, each once, and scores as it
 * scores. What is missing is a fault only of a report that is complete: others are still made, or hold data alone.
 * https://hl7.org/fhir/R4/measurereport.html
 */
import type { Issue } from '../../core/issue.ts';
import { objectsOf } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule } from '../type-rules.ts';
import { codesOf, type Element, hasName, sameCode } from './measure-codes.ts';
import { scoreIssues } from './measure-score.ts';

export const measureReportRule: TypeRule = (report, { find }) => {
  const groups = objectsOf(report.group);
  const issues = groups.flatMap((group, index) => subjectIssues(group, index, report.type));
  const measure = typeof report.measure === 'string' ? find(report.measure, 'Measure') : undefined;
  if (!measure) return issues;
  const isComplete = report.status === 'complete' && report.type !== 'data-collection';
  const wanted = objectsOf(measure.group);
  const scorings = codesOf(measure.scoring);
  const matched = pair(groups, wanted, 'group', 'MeasureReport', issues);
  matched.forEach((match, index) => {
    const group = groups[index];
    if (!group || !match) return;
    const path = `MeasureReport.group[${index}]`;
    issues.push(...scoreIssues(group, scorings, isComplete, path));
    const populations = objectsOf(match.population);
    const reported = pair(objectsOf(group.population), populations, 'population', path, issues);
    if (isComplete) issues.push(...missing(reported, populations.filter(isReported), 'population', path));
    issues.push(...stratifierIssues(group, match, isComplete, path));
  });
  if (isComplete) issues.push(...missing(matched, wanted, 'group', 'MeasureReport'));
  return issues;
};

function subjectIssues(group: Element, index: number, type: unknown): Issue[] {
  return objectsOf(group.population).flatMap(({ subjectResults }, at) =>
    type === 'subject-list' || subjectResults === undefined
      ? []
      : [ruleIssue('report-subjects', `MeasureReport.group[${index}].population[${at}]`)],
  );
}

/** What is observed of a population is no population itself. */
const isReported = (population: Element) =>
  hasName(population) && !codesOf(population.code).includes('measure-observation');

type Part = 'group' | 'population' | 'stratifier' | 'component';

/** What each part of a report is in the measure; what is nothing there, or stands there twice, is a fault. */
function pair(
  ours: readonly Element[],
  theirs: readonly Element[],
  part: Part,
  path: string,
  issues: Issue[],
): (Element | undefined)[] {
  // Where there is but one, it need not be named, in the report or in the measure.
  const isUnnamed = !hasName(ours[0]) || (part === 'group' && !hasName(theirs[0]));
  const only = ours.length === 1 && theirs.length === 1 && isUnnamed ? theirs[0] : undefined;
  const seen = new Set<Element>();
  return ours.map((one, index) => {
    const match = only ?? theirs.find((other) => sameCode(one, other) || sameComponents(one, other));
    if (match && !seen.has(match)) seen.add(match);
    else {
      const key = match ? 'report-duplicate-part' : 'report-unknown-part';
      issues.push(ruleIssue(key, `${path}.${part}[${index}]`, part));
    }
    return match;
  });
}

function missing(
  matched: readonly (Element | undefined)[],
  wanted: readonly Element[],
  part: Part,
  path: string,
): Issue[] {
  return wanted
    .filter((one) => !matched.includes(one))
    .map(() => ruleIssue('report-missing-part', path, part));
}

const componentsOf = (stratifier: Element) =>
  objectsOf(stratifier.stratum).flatMap(({ component }) => objectsOf(component));

/** A stratifier of several criteria has a code for each of them, and mostly none of its own. */
function sameComponents(reported: Element, wanted: Element): boolean {
  const theirs = objectsOf(wanted.component);
  return (
    !hasName(reported) && componentsOf(reported).some((one) => theirs.some((other) => sameCode(one, other)))
  );
}

function stratifierIssues(group: Element, wanted: Element, isComplete: boolean, path: string): Issue[] {
  const ours = objectsOf(group.stratifier);
  const theirs = objectsOf(wanted.stratifier);
  const issues: Issue[] = [];
  const matched = pair(ours, theirs, 'stratifier', path, issues);
  ours.forEach((stratifier, index) => {
    const components = objectsOf(matched[index]?.component);
    objectsOf(stratifier.stratum).forEach((stratum, at) => {
      const place = `${path}.stratifier[${index}].stratum[${at}]`;
      if (components.length === 0) return;
      const given = pair(objectsOf(stratum.component), components, 'component', place, issues);
      if (isComplete) issues.push(...missing(given, components, 'component', place));
    });
  });
  return isComplete ? [...issues, ...missing(matched, theirs, 'stratifier', path)] : issues;
}
