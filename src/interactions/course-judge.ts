/**
 * Courses under the rules in force for them: in the mode and with the parameters and value sets of their protocol.
 * What is made of protocols and value sets is kept, so one judge serves every write.
 */
import type { Procedure } from '@medplum/fhirtypes';
import { checkCourse, type RuleReport } from '../protocol/check-course.ts';
import { courseOf } from '../protocol/course.ts';
import type { ProtocolMode } from '../protocol/protocol-mode.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { ProtocolRule, RuleContext } from '../protocol/rule.ts';
import type { Services } from './interaction.ts';
import { createProtocolLists, type ProtocolLists } from './protocol-lists.ts';
import { createProtocolMemory } from './protocol-memory.ts';
import { protocolByUrl, suicideItemOf } from './protocol-reader.ts';

export interface Judgement {
  /** Of the course's protocol, or else of the server. */
  readonly mode: ProtocolMode;
  /** A report for each rule; none under `off`. */
  readonly reports: readonly RuleReport[];
}

/** What is looked at: everything, where it is not given. */
export interface JudgedPart {
  readonly isTouched?: Parameters<typeof courseOf>[3];
  readonly written?: RuleContext['written'];
}

export type CourseJudge = (
  services: Services,
  procedure: Procedure,
  reader: ResourceReader,
  rules: readonly ProtocolRule[],
  part?: JudgedPart,
) => Promise<Judgement>;

/** @param serverMode where the protocol of a course does not set its own */
export function courseJudge(serverMode: ProtocolMode): CourseJudge {
  const protocols = createProtocolMemory();
  let listsFor: ProtocolLists | undefined;
  return async (services, procedure, reader, rules, { isTouched, written } = {}) => {
    const course = courseOf(procedure, reader, protocolByUrl(reader), isTouched);
    const [canonical] = (await course.carePlan())?.instantiatesCanonical ?? [];
    const { mode = serverMode, parameters } = await protocols.inForce(canonical, reader);
    if (mode === 'off') return { mode, reports: [] };
    listsFor ??= createProtocolLists(services);
    const reports = await checkCourse(course, rules, {
      parameters,
      now: services.clock.now(),
      ...(await listsFor(parameters, reader)),
      suicideItemOf: suicideItemOf(reader),
      ...(written === undefined ? {} : { written }),
    });
    return { mode, reports };
  };
}
