/** Rules over stored courses, outside any write: with the parameters of their protocols, the terminology and the forms. */
import type { Services } from '../interactions/interaction.ts';
import { createProtocolLists } from '../interactions/protocol-lists.ts';
import { generalProtocol, suicideItemOf } from '../interactions/protocol-reader.ts';
import { checkCourse, type RuleReport } from '../protocol/check-course.ts';
import type { Course } from '../protocol/course.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { ProtocolRule } from '../protocol/rule.ts';
import { ruleParameters } from '../protocol/rule-parameters.ts';

/** @param now milliseconds since the epoch: what is due is judged then */
export type CourseChecker = (
  course: Course,
  rules: readonly ProtocolRule[],
  now: number,
) => Promise<RuleReport[]>;

/** What courses have in common is read once. */
export async function courseChecker(services: Services, reader: ResourceReader): Promise<CourseChecker> {
  const general = await generalProtocol(reader);
  const listsFor = createProtocolLists(services);
  const itemOf = suicideItemOf(reader);
  return async (course, rules, now) => {
    const parameters = ruleParameters([await course.protocol(), general]);
    const lists = await listsFor(parameters, reader);
    return checkCourse(course, rules, { ...lists, suicideItemOf: itemOf, parameters, now });
  };
}
