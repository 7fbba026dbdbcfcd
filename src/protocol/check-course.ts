/**
 * Every rule over a course, with recorded deviations taken into account: a DetectedIssue of the rule that names one of
 * the resources concerned, or the session or reading that the breach rests on, and says who did what about it turns a breach into a recorded deviation.
 */
import type { DetectedIssue } from '@medplum/fhirtypes';
import { hasCode, systems } from './codes.ts';
import type { Course } from './course.ts';
import type { ProtocolRule, RuleContext, Verdict } from './rule.ts';

export interface RuleReport {
  readonly rule: ProtocolRule;
  readonly verdicts: readonly Verdict[];
}

/** @returns a report for each rule, in their order; on a write, of what names something written */
export async function checkCourse(
  course: Course,
  rules: readonly ProtocolRule[],
  context: RuleContext,
): Promise<RuleReport[]> {
  const reports: RuleReport[] = [];
  const { written } = context;
  for (const rule of rules) {
    const verdicts = (await rule.check(course, context)).filter(
      ({ resources }) => !written || resources.some((reference) => written.has(reference)),
    );
    const broken = verdicts.some(({ status }) => status === 'fail');
    const deviations = broken ? await course.deviations() : [];
    reports.push({ rule, verdicts: verdicts.map((verdict) => overridden(verdict, rule, deviations)) });
  }
  return reports;
}

function overridden(verdict: Verdict, { key }: ProtocolRule, deviations: readonly DetectedIssue[]): Verdict {
  if (verdict.status !== 'fail') return verdict;
  const deviation = deviations.find((one) => isReasonFor(one, key, answeredFor(verdict)));
  return deviation
    ? { ...verdict, status: 'overridden', deviation: `DetectedIssue/${deviation.id}` }
    : verdict;
}

/** What people did in the course: who answers for that answers for what it makes wrong. */
const acts: ReadonlySet<string> = new Set([
  ...['Procedure', 'MedicationAdministration', 'AdverseEvent', 'Observation'],
]);

/** What a deviation may name: what the breach makes wrong, or the session, dose, reading or event that it rests on. */
function answeredFor({ resources, evidence = [] }: Verdict): string[] {
  return [...resources, ...evidence.filter((reference) => acts.has(reference.split('/')[0]!))];
}

/** A deviation counts once somebody is named who answers for it. */
function isReasonFor(deviation: DetectedIssue, key: string, resources: readonly string[]): boolean {
  return (
    hasCode(deviation.code, systems.rule, key) &&
    (deviation.mitigation?.some(({ author, action }) => author !== undefined && action !== undefined) ??
      false) &&
    (deviation.implicated?.some(({ reference }) => resources.includes(reference ?? '')) ?? false)
  );
}
