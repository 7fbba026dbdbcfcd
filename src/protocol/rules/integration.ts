/** R05: each completed medicine session is followed by integration within the time allowed. */
import type { ProtocolRule } from '../rule.ts';
import { minutesOf, numberOf } from '../rule-parameters.ts';
import { isSessionOf, type Session } from '../session.ts';
import { minute } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';
import { waiverOf } from '../waiver.ts';

export const integration: ProtocolRule = {
  key: 'R05',
  on: ['Procedure'],
  concerns: isSessionOf('medicine', 'integration'),
  async check(course, { parameters, now }) {
    const stated = statedBy('R05', parameters);
    const least = stated('integration-min', numberOf);
    const longest = stated('integration-max', minutesOf);
    if (!least || !longest) return [notStated('integration-min', 'integration-max')];
    if (least.value === 0) return [verdict('not-applicable', 'The protocol asks for no integration')];
    const sessions = await course.sessions();
    const completed = sessions.filter(({ kind, completed }) => kind === 'medicine' && completed);
    if (completed.length === 0) return [verdict('not-yet', 'No medicine session is completed')];
    const { parameter } = longest;
    const satisfy = 'A completed integration session that names the medicine session and begins in time';
    return completed.map((session) => {
      const { reference, end, start } = session;
      if (waiverOf(session, 'R05'))
        return verdict('not-applicable', 'Integration of this session was waived', [reference]);
      const from = end ?? start;
      const due = from === undefined ? undefined : from + longest.value * minute;
      const done = sessions.filter((one) => integrates(one, session));
      const inTime = done.filter(({ start: begin }) => due === undefined || (begin ?? due) <= due);
      const evidence = done.map((one) => one.reference);
      if (inTime.length >= least.value)
        return verdict('pass', 'Integration followed in time', [reference], { evidence });
      if (due !== undefined && now <= due)
        return verdict('not-yet', 'Integration is still to come', [reference], { evidence, parameter, due });
      return done.length > 0
        ? verdict('fail', 'Integration came later than allowed', [...evidence, reference], {
            severity: 'warning',
            parameter,
            satisfy,
          })
        : verdict('fail', 'Integration is overdue', [reference], { severity: 'warning', parameter, satisfy });
    });
  },
};

/** Whether an integration session takes up a medicine session and is completed. */
export function integrates(session: Session, medicine: Session): boolean {
  return session.kind === 'integration' && session.completed && session.integrates === medicine.reference;
}
