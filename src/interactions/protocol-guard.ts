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
import { checkCourse, writtenOf } from '../protocol/check-course.ts';
import { systems } from '../protocol/codes.ts';
import { courseOf } from '../protocol/course.ts';
import type { ProtocolMode } from '../protocol/protocol-mode.ts';
import type { ProtocolRule, Verdict } from '../protocol/rule.ts';
import { protocolRules } from '../protocol/rules/rules.ts';
import { touchedSessions } from '../protocol/touched-sessions.ts';
import type { FollowUp, FollowUpIssue } from './follow-up.ts';
import { createProtocolLists, type ProtocolLists } from './protocol-lists.ts';
import { createProtocolMemory } from './protocol-memory.ts';
import { protocolByUrl, suicideItemOf } from './protocol-reader.ts';
import { createReadMemory } from './remembering-reader.ts';

/** @param mode of the server, where the protocol of a course does not set its own */
export function protocolGuard(mode: ProtocolMode): FollowUp {
  const memory = createReadMemory();
  const protocolMemory = createProtocolMemory();
  let listsFor: ProtocolLists | undefined;
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
    listsFor ??= createProtocolLists(services);
    const found: FollowUpIssue[] = [];
    // Others read what is committed meanwhile: an import may hold the courses of many patients.
    const pause = createPauses();
    for (const procedure of courses) {
      await pause();
      const course = courseOf(procedure, reader, protocolByUrl(reader), isTouched);
      const [canonical] = (await course.carePlan())?.instantiatesCanonical ?? [];
      const protocol = await protocolMemory.inForce(canonical, reader);
      const inForce = protocol.mode ?? mode;
      if (inForce === 'off') continue;
      for (const { rule, verdicts } of await checkCourse(course, rules, {
        parameters: protocol.parameters,
        now: services.clock.now(),
        ...(await listsFor(protocol.parameters, reader)),
        suicideItemOf: suicideItemOf(reader),
        written,
      })) {
        for (const verdict of verdicts) {
          if (verdict.status !== 'fail') continue;
          const { reference, isFact } = writtenOf(verdict, written)!;
          // A fact is said, and never refused: it is true whatever was done.
          found.push(breachIssue(rule, verdict, reference, isFact ? 'advise' : inForce));
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
