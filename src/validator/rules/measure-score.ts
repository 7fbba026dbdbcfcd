/**
 * The score of a group of a MeasureReport, as its Measure scores: a cohort has none, the others have one.
 * https://hl7.org/fhir/R4/valueset-measure-scoring.html
 */
import type { Issue } from '../../core/issue.ts';
import { isObject, objectsOf } from '../../fhir/resource.ts';
import { ruleIssue } from '../finding.ts';
import { codesOf, type Element } from './measure-codes.ts';

const scored = ['proportion', 'ratio', 'continuous-variable'];
/** Populations of whom a score is made: of nobody there is none. */
const scoredPopulations = ['denominator', 'measure-population'];

export function scoreIssues(
  group: Element,
  scorings: readonly unknown[],
  isComplete: boolean,
  path: string,
): Issue[] {
  const { measureScore: score } = group;
  const place = `${path}.measureScore`;
  if (score === undefined) {
    const isWanted = isComplete && scored.some((one) => scorings.includes(one)) && !isOfNobody(group);
    return isWanted ? [ruleIssue('report-score-missing', path)] : [];
  }
  if (scorings.includes('cohort')) return [ruleIssue('report-score', place)];
  if (!isObject(score) || !scored.some((one) => scorings.includes(one))) return [];
  // An extension may hold a score of another kind.
  if (score.value === undefined && score.extension === undefined)
    return [ruleIssue('report-score-missing', place)];
  return scorings.includes('proportion') ? proportionIssues(score, place) : [];
}

function isOfNobody({ population }: Element): boolean {
  return objectsOf(population).some(
    ({ code, count }) => count === 0 && codesOf(code).some((one) => scoredPopulations.includes(String(one))),
  );
}

/** A part of a whole, which has no unit. */
function proportionIssues({ value, unit, system, code }: Element, place: string): Issue[] {
  if (typeof value === 'number' && (value < 0 || value > 1))
    return [ruleIssue('report-score-range', `${place}.value`)];
  const isBare = unit === undefined && system === undefined && code === undefined;
  return isBare ? [] : [ruleIssue('report-score-range', place)];
}
