/** R07: the medicine phase lies within its usual length, and the session around it is long enough. */
import { extensionOf, extensions } from '../codes.ts';
import type { ProtocolRule, Verdict } from '../rule.ts';
import { minutesIn, minutesOf } from '../rule-parameters.ts';
import { isSessionOf, type Session } from '../session.ts';
import { minute } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

export const sessionLength: ProtocolRule = {
  key: 'R07',
  on: ['Procedure'],
  concerns: isSessionOf('medicine'),
  async check(course, { parameters }) {
    const stated = statedBy('R07', parameters);
    const least = stated('medicine-phase-min', minutesOf);
    const most = stated('medicine-phase-max', minutesOf);
    const whole = stated('session-min', minutesOf);
    if (!least || !most || !whole)
      return [notStated('medicine-phase-min', 'medicine-phase-max', 'session-min')];
    const completed = (await course.sessions()).filter(
      ({ kind, completed }) => kind === 'medicine' && completed,
    );
    const verdicts = completed.flatMap((session) => {
      const found: Verdict[] = [];
      const judge = (ok: boolean, kept: string, broken: string, parameter: typeof least.parameter) =>
        found.push(
          ok
            ? verdict('pass', kept, [session.reference])
            : verdict('fail', broken, [session.reference], {
                severity: 'warning',
                parameter,
                satisfy: 'Times within this limit, or a recorded deviation that says why not',
              }),
        );
      const phase = phaseMinutes(session);
      if (phase !== undefined)
        judge(
          phase >= least.value && phase <= most.value,
          'The medicine phase had its usual length',
          phase < least.value
            ? 'The medicine phase was shorter than usual'
            : 'The medicine phase was longer than usual',
          phase < least.value ? least.parameter : most.parameter,
        );
      const { start, end } = session;
      if (start !== undefined && end !== undefined)
        judge(
          end - start >= whole.value * minute,
          'The session was long enough',
          'The session was too short for the observation that is asked for',
          whole.parameter,
        );
      return found;
    });
    return verdicts.length > 0
      ? verdicts
      : [verdict('not-yet', 'No completed medicine session says its length')];
  },
};

/** The duration as recorded; without one, what the times of the phase give. */
function phaseMinutes({ procedure, phase }: Session): number | undefined {
  const duration = extensionOf(procedure, extensions.medicinePhaseDuration)?.valueDuration;
  const unit = minutesIn[duration?.code ?? ''];
  if (duration?.value !== undefined && unit !== undefined) return duration.value * unit;
  return phase?.start === undefined || phase.end === undefined
    ? undefined
    : (phase.end - phase.start) / minute;
}
