/**
 * The rules of the protocol at the moment of writing: they see the whole unit of work. Under `advise` what breaks is
 * said with the answer, so that history can be imported; under `enforce` it refuses the write. Only breaches by what is
 * written count here: an older one stands in `$protocol-check`, one by what is taken away is told by
 * protocol-withdrawals.
 */
import type { Resource } from '@medplum/fhirtypes';
import { FhirError } from '../core/fhir-error.ts';
import { gravestFirst, hasErrors } from '../core/issue.ts';
import { createPauses } from '../core/pauses.ts';
import { affectedCourses } from '../protocol/affected-courses.ts';
import { breachHint } from '../protocol/breach-hint.ts';
import { writtenOf } from '../protocol/check-course.ts';
import { systems } from '../protocol/codes.ts';
import type { ProtocolMode } from '../protocol/protocol-mode.ts';
import type { ProtocolRule, Verdict } from '../protocol/rule.ts';
import { protocolRules } from '../protocol/rules/rules.ts';
import { touchedSessions } from '../protocol/touched-sessions.ts';
import type { CourseJudge } from './course-judge.ts';
import type { FollowUp, FollowUpIssue } from './follow-up.ts';
import { createReadMemory } from './remembering-reader.ts';

export function protocolGuard(judge: CourseJudge): FollowUp {
  const memory = createReadMemory();
  return async (services, work) => {
    const written = new Map(
      work.written.map(({ reference, resource }) => [reference, resource as unknown as Resource]),
    );
    const resources = [...written.values()];
    const rules = protocolRules.filter(({ on, concerns = () => true }) =>
      resources.some((resource) => on.includes(resource.resourceType) && concerns(resource)),
    );
    if (rules.length === 0) return [];
    const reader = await memory.readerOver(services, work.transaction);
    const courses = await affectedCourses(resources, reader);
    if (courses.length === 0) return [];
    const isTouched = touchedSessions(written);
    const found: FollowUpIssue[] = [];
    // Others read what is committed meanwhile: an import may hold the courses of many patients.
    const pause = createPauses();
    for (const procedure of courses) {
      await pause();
      const { mode, reports } = await judge(services, procedure, reader, rules, { isTouched, written });
      for (const { rule, verdicts } of reports) {
        for (const verdict of verdicts) {
          if (verdict.status !== 'fail') continue;
          const { reference, isFact } = writtenOf(verdict, written)!;
          // A fact is said, and never refused: it is true whatever was done.
          found.push(breachIssue(rule, verdict, reference, isFact ? 'advise' : mode));
        }
      }
    }
    if (hasErrors(found)) throw new FhirError(422, gravestFirst(found));
    return found;
  };
}

/** A breach as a finding on the resource that was written, or taken away. */
export function breachIssue(
  rule: ProtocolRule,
  verdict: Verdict,
  resource: string,
  mode: ProtocolMode,
): FollowUpIssue {
  const { severity, text } = verdict;
  const hint = breachHint(verdict, resource);
  return {
    key: rule.key,
    system: systems.rule,
    code: 'business-rule',
    severity: severity === 'error' && mode === 'advise' ? 'warning' : severity,
    text,
    expression: resource.slice(0, resource.indexOf('/')),
    resource,
    ...(hint === undefined ? {} : { hint }),
  };
}
