/**
 * What the rules of the protocol have to say when something is taken away: a deletion, or a status that says it does
 * not hold. The breach then names what stays (the session whose consent is gone), so how the course stood before is
 * kept until the unit of work is done, and what breaks since is told. A deletion that breaks a rule is refused under
 * `enforce`; that something does not hold is a fact, which is never refused.
 */
import type { Procedure, Resource } from '@medplum/fhirtypes';
import { FhirError } from '../core/fhir-error.ts';
import { gravestFirst, hasErrors } from '../core/issue.ts';
import { affectedCourses } from '../protocol/affected-courses.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { ProtocolRule, Verdict } from '../protocol/rule.ts';
import { protocolRules } from '../protocol/rules/rules.ts';
import type { CourseJudge } from './course-judge.ts';
import type { FollowUp, FollowUpIssue } from './follow-up.ts';
import type { Services } from './interaction.ts';
import { breachIssue } from './protocol-guard.ts';
import { createResourceReader } from './protocol-reader.ts';
import type { Work } from './write-version.ts';

/** How a course stood before something of it was taken away. */
export interface Foreseen {
  /** `Type/id` of what was taken away first. */
  readonly withdrawn: string;
  /** Whether anything was deleted. */
  readonly deleted: boolean;
  /** The breaches there were. */
  readonly breaches: ReadonlySet<string>;
}

/** Called within the unit of work before a resource is taken away, with the resource as it is. */
export type Foresee = (
  services: Services,
  work: Work,
  withdrawn: Resource,
  how: 'deleted' | 'withdrawn',
) => Promise<void>;

/** Types that keep a rule by being there. */
const supports: ReadonlySet<string> = new Set([
  ...['CarePlan', 'CareTeam', 'Consent', 'DetectedIssue', 'Encounter', 'MedicationAdministration'],
  ...['MedicationRequest', 'Observation', 'Procedure', 'QuestionnaireResponse', 'Task'],
]);

export function withdrawalGuard(judge: CourseJudge): {
  readonly foresee: Foresee;
  readonly followUp: FollowUp;
} {
  async function breachesOf(services: Services, procedure: Procedure, reader: ResourceReader) {
    const { mode, reports } = await judge(services, procedure, reader, protocolRules);
    const breaches = new Map<string, { readonly rule: ProtocolRule; readonly verdict: Verdict }>();
    for (const { rule, verdicts } of reports)
      for (const verdict of verdicts)
        if (verdict.status === 'fail')
          breaches.set([rule.key, verdict.text, ...verdict.resources].join(' '), { rule, verdict });
    return { mode, breaches };
  }

  return {
    async foresee(services, work, withdrawn, how) {
      if (!supports.has(withdrawn.resourceType)) return;
      const reader = createResourceReader(services, work.transaction);
      for (const procedure of await affectedCourses([withdrawn], reader)) {
        const course = `Procedure/${procedure.id}`;
        const before = work.foreseen.get(course);
        const deleted = how === 'deleted' || before?.deleted === true;
        work.foreseen.set(
          course,
          before
            ? { ...before, deleted }
            : {
                withdrawn: `${withdrawn.resourceType}/${withdrawn.id}`,
                deleted,
                breaches: new Set((await breachesOf(services, procedure, reader)).breaches.keys()),
              },
        );
      }
    },
    async followUp(services, work) {
      const reader = createResourceReader(services, work.transaction);
      const written = new Set(work.written.map(({ reference }) => reference));
      const found: FollowUpIssue[] = [];
      for (const [course, before] of work.foreseen) {
        const procedure = await reader.read<Procedure>(course);
        if (!procedure || procedure.status === 'entered-in-error') continue;
        const { mode, breaches } = await breachesOf(services, procedure, reader);
        for (const [key, { rule, verdict }] of breaches) {
          const isTold = verdict.resources.some((reference) => written.has(reference));
          if (before.breaches.has(key) || isTold) continue;
          found.push(breachIssue(rule, verdict, before.withdrawn, before.deleted ? mode : 'advise'));
        }
      }
      if (hasErrors(found)) throw new FhirError(422, gravestFirst(found));
      return found;
    },
  };
}
