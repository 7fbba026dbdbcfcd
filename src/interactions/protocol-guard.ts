/**
 * The rules of the protocol at the moment of writing: they see the whole unit of work. Under `advise` what breaks is
 * said with the answer, so that history can be imported; under `enforce` it refuses the write. Only breaches by what is
 * written count here: an older one stands in `$protocol-check`.
 */
import type { PlanDefinition, Resource } from '@medplum/fhirtypes';
import { FhirError } from '../core/fhir-error.ts';
import { gravestFirst, hasErrors } from '../core/issue.ts';
import { affectedCourses } from '../protocol/affected-courses.ts';
import { checkCourse } from '../protocol/check-course.ts';
import { courseOf } from '../protocol/course.ts';
import { type ProtocolMode, protocolMode } from '../protocol/protocol-mode.ts';
import type { MemberOf, ProtocolRule, Verdict } from '../protocol/rule.ts';
import { parameterText, ruleParameters } from '../protocol/rule-parameters.ts';
import { protocolRules } from '../protocol/rules/rules.ts';
import { createCourseMemory } from './course-memory.ts';
import type { FollowUp, FollowUpIssue } from './follow-up.ts';
import {
  createResourceReader,
  generalProtocol,
  memberOf,
  protocolByUrl,
  suicideItemOf,
} from './protocol-reader.ts';

/** @param mode of the server, where the protocol of a course does not set its own */
export function protocolGuard(mode: ProtocolMode): FollowUp {
  const memory = createCourseMemory();
  let membership: MemberOf | undefined;
  return async (services, work) => {
    const types = new Set(work.written.map(({ resource }) => resource.resourceType));
    const rules = protocolRules.filter(({ on }) => on.some((type) => types.has(type)));
    if (rules.length === 0) return [];
    const reader = createResourceReader(services, work.transaction);
    const written = new Map(work.written.map(({ reference, resource }) => [reference, resource]));
    const courses = await affectedCourses(
      [...written.values()] as unknown as Resource[],
      reader,
      memory.finder(services.generations),
    );
    if (courses.length === 0) return [];
    const byUrl = protocolByUrl(reader);
    membership ??= memberOf(services);
    const found: FollowUpIssue[] = [];
    for (const procedure of courses) {
      const course = courseOf(procedure, reader, byUrl);
      const protocol: PlanDefinition | undefined = await course.protocol();
      const inForce = protocolMode(protocol) ?? mode;
      if (inForce === 'off') continue;
      const parameters = ruleParameters([protocol, await generalProtocol(reader)]);
      for (const report of await checkCourse(course, rules, {
        parameters,
        now: services.clock.now(),
        memberOf: membership,
        suicideItemOf: suicideItemOf(reader),
      })) {
        for (const verdict of report.verdicts) {
          if (verdict.status !== 'fail') continue;
          const resource = verdict.resources.find((reference) => written.has(reference));
          if (resource !== undefined) found.push(breach(report.rule, verdict, resource, inForce));
        }
      }
    }
    if (hasErrors(found)) throw new FhirError(422, gravestFirst(found));
    return found;
  };
}

/** A breach as a finding on the resource that was written. */
function breach(rule: ProtocolRule, verdict: Verdict, resource: string, mode: ProtocolMode): FollowUpIssue {
  const { severity, text, resources, evidence = [], parameter, satisfy } = verdict;
  const others = [...resources, ...evidence].filter((reference) => reference !== resource);
  const hints = [
    others.length > 0 ? `Concerns ${others.join(', ')}` : '',
    parameter ? `Parameter ${parameterText(parameter)}, owned by ${parameter.owner}` : '',
    satisfy ? `To satisfy it: ${satisfy}` : '',
  ];
  const hint = hints.filter((one) => one !== '').join('. ');
  return {
    key: rule.key,
    code: 'business-rule',
    severity: severity === 'error' && mode === 'advise' ? 'warning' : severity,
    text,
    expression: resource.slice(0, resource.indexOf('/')),
    resource,
    ...(hint === '' ? {} : { hint }),
  };
}
