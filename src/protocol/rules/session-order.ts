/** R06: integration comes between two medicine sessions, and session numbers rise with time. */
import type { ProtocolRule } from '../rule.ts';
import type { Session, SessionKind } from '../session.ts';
import { flagOf, notStated, statedBy, verdict } from '../verdict.ts';
import { waiverOf } from '../waiver.ts';
import { integrates } from './integration.ts';

const kinds: readonly SessionKind[] = ['preparation', 'medicine', 'integration'];

export const sessionOrder: ProtocolRule = {
  key: 'R06',
  on: ['Procedure'],
  async check(course, { parameters }) {
    const between = statedBy('R06', parameters)('integration-before-next', flagOf);
    if (!between) return [notStated('integration-before-next')];
    const begun = (await course.sessions()).filter((session) => session.begun);
    const pairs = kinds.flatMap((kind) =>
      [false, true].flatMap((maintenance) =>
        neighbours(begun.filter((one) => one.kind === kind && one.maintenance === maintenance)),
      ),
    );
    const verdicts = pairs
      .filter(([one, next]) => next.number <= one.number)
      .map(([one, next]) =>
        verdict('fail', 'Session numbers do not rise with time', [next.reference, one.reference], {
          satisfy: 'Numbers in the order in which the sessions began',
        }),
      );
    if (pairs.length > 0 && verdicts.length === 0)
      verdicts.push(verdict('pass', 'Session numbers rise with time', [course.reference]));
    const medicine = begun.filter(({ kind }) => kind === 'medicine');
    for (const [one, next] of between.value ? neighbours(medicine) : []) {
      const done = begun.find(
        (session) =>
          integrates(session, one) && (session.start ?? 0) <= (next.start ?? Number.POSITIVE_INFINITY),
      );
      if (done)
        verdicts.push(
          verdict('pass', 'Integration came before the next medicine session', [next.reference], {
            evidence: [one.reference, done.reference],
          }),
        );
      else if (waiverOf(one, 'R06') ?? waiverOf(next, 'R06'))
        verdicts.push(
          verdict('pass', 'Integration before the next medicine session was waived', [next.reference], {
            evidence: [one.reference],
          }),
        );
      else
        verdicts.push(
          // Either may be written last: a session that is entered late comes between two.
          verdict('fail', 'The medicine session before was not integrated', [next.reference, one.reference], {
            parameter: between.parameter,
            satisfy:
              'A completed integration session that names the medicine session before, or a waiver of R06 on either',
          }),
        );
    }
    return verdicts.length > 0 ? verdicts : [verdict('not-yet', 'No two sessions to put in order')];
  },
};

/** Each session with the one after it. */
function neighbours(sessions: readonly Session[]): [Session, Session][] {
  return sessions.slice(1).map((next, at) => [sessions[at]!, next]);
}
