/**
 * R04: the number of medicine sessions lies in the usual range, and never above what is planned. A session that was
 * stopped may be held again; maintenance is a series of its own, for which no range is usual.
 */
import { extensionOf, extensions } from '../codes.ts';
import type { Course } from '../course.ts';
import type { ProtocolRule, Verdict } from '../rule.ts';
import { numberOf } from '../rule-parameters.ts';
import { isMaintenance } from '../treatment-intent.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

export const sessionCount: ProtocolRule = {
  key: 'R04',
  on: ['Procedure'],
  async check(course, { parameters }) {
    const stated = statedBy('R04', parameters);
    const least = stated('sessions-min', numberOf);
    const most = stated('sessions-max', numberOf);
    if (!least || !most) return [notStated('sessions-min', 'sessions-max')];
    const begun = (await course.sessions()).filter(
      ({ kind, begun, maintenance, procedure }) =>
        kind === 'medicine' && begun && !maintenance && procedure.status !== 'stopped',
    );
    const completed = begun.filter((session) => session.completed);
    const upkeep = isMaintenance(course.procedure);
    const verdicts: Verdict[] = [];
    const planned = await plannedSessions(course);
    const beyond = planned === undefined ? [] : begun.slice(planned).map(({ reference }) => reference);
    if (beyond.length > 0)
      verdicts.push(
        verdict('fail', 'More medicine sessions than planned', beyond, {
          evidence: [course.reference],
          satisfy: 'A plan that names at least as many medicine sessions, changed before the session begins',
        }),
      );
    const unusual = (upkeep ? [] : begun.slice(most.value)).map(({ reference }) => reference);
    if (unusual.length > 0)
      verdicts.push(
        verdict('fail', 'More medicine sessions than usual', unusual, {
          severity: 'warning',
          evidence: [course.reference],
          parameter: most.parameter,
          satisfy: 'Further sessions as a course of their own, of maintenance',
        }),
      );
    const over = course.procedure.status === 'completed';
    if (over && !upkeep && completed.length < least.value)
      verdicts.push(
        verdict('fail', 'Fewer medicine sessions than usual', [course.reference], {
          severity: 'information',
          parameter: least.parameter,
          satisfy: 'As many sessions as usual before the course is completed; stopped is what ends before',
        }),
      );
    if (verdicts.length > 0) return verdicts;
    if (course.procedure.status === 'stopped')
      return [verdict('not-applicable', 'The course was stopped before its end', [course.reference])];
    return [
      over || upkeep || completed.length >= least.value
        ? verdict('pass', 'The number of medicine sessions is as planned and usual', [course.reference])
        : verdict('not-yet', 'The course goes on', [course.reference]),
    ];
  },
};

/** Of the plan; where that is silent, of the course. */
async function plannedSessions(course: Course): Promise<number | undefined> {
  const url = extensions.plannedMedicineSessions;
  return (
    extensionOf(await course.carePlan(), url)?.valuePositiveInt ??
    extensionOf(course.procedure, url)?.valuePositiveInt
  );
}
