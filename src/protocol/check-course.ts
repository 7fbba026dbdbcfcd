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

/** @returns a report for each rule, in their order; on a write, of what is about something written */
export async function checkCourse(
  course: Course,
  rules: readonly ProtocolRule[],
  context: RuleContext,
): Promise<RuleReport[]> {
  const reports: RuleReport[] = [];
  const { written } = context;
  for (const rule of rules) {
    const verdicts = (await rule.check(course, context)).filter(
      (verdict) => !written || writtenOf(verdict, written) !== undefined,
    );
    const broken = verdicts.some(({ status }) => status === 'fail');
    const deviations = broken ? await course.deviations() : [];
    reports.push({ rule, verdicts: verdicts.map((verdict) => overridden(verdict, rule, deviations)) });
  }
  return reports;
}

/** What is found when one looks: it may come to the record after the act that it speaks against. */
const facts: ReadonlySet<string> = new Set(['Observation', 'AdverseEvent']);

/**
 * The written resource by which a verdict is asked for: one that it makes wrong, or a fact that it rests on.
 * @returns undefined when it is about nothing that is written
 */
export function writtenOf(
  { resources, evidence = [] }: Verdict,
  written: ReadonlyMap<string, unknown>,
): { readonly reference: string; readonly isFact: boolean } | undefined {
  const wrong = resources.find((reference) => written.has(reference));
  if (wrong !== undefined) return { reference: wrong, isFact: false };
  const fact = evidence.find((reference) => written.has(reference) && facts.has(reference.split('/')[0]!));
  return fact === undefined ? undefined : { reference: fact, isFact: true };
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
