/** R17: session numbers are unique and without gap within a course and phase. */
import type { ProtocolRule, Verdict } from '../rule.ts';
import type { Session, SessionKind } from '../session.ts';
import { verdict } from '../verdict.ts';

const kinds: readonly SessionKind[] = ['preparation', 'medicine', 'integration'];

export const numbering: ProtocolRule = {
  key: 'R17',
  on: ['Procedure'],
  async check(course) {
    const sessions = await course.sessions();
    const verdicts = kinds.flatMap((kind) => {
      const [upkeep = [], first = []] = [true, false].map((maintenance) =>
        sessions.filter((session) => session.kind === kind && session.maintenance === maintenance),
      );
      return [...ofSeries(first, []), ...ofSeries(upkeep, first)];
    });
    return verdicts.length > 0 ? verdicts : [verdict('not-yet', 'No session to number')];
  },
};

/**
 * A session that was not held keeps its number, and another may have the same.
 * @param before a series whose numbers may go on in this one
 */
function ofSeries(sessions: readonly Session[], before: readonly Session[]): Verdict[] {
  const taken = new Map<number, Session>();
  const faults: Verdict[] = [];
  const held = sessions.filter(({ procedure }) => procedure.status !== 'not-done');
  for (const session of held) {
    const other = taken.get(session.number);
    if (session.number === 0) faults.push(fault('The session has no number', [session]));
    else if (other) faults.push(fault('Two sessions of a phase have the same number', [session, other]));
    else taken.set(session.number, session);
  }
  const known = new Set([...before, ...sessions].map(({ number }) => number));
  for (const [number, session] of taken)
    if (number > 1 && !known.has(number - 1))
      faults.push(fault('No session has the number before', [session]));
  const all = held.map(({ reference }) => reference);
  if (faults.length > 0 || all.length === 0) return faults;
  return [verdict('pass', 'Session numbers are unique and without gap', all)];
}

const fault = (text: string, sessions: readonly Session[]) =>
  verdict(
    'fail',
    text,
    sessions.map(({ reference }) => reference),
    {
      satisfy: 'Numbers that begin with 1 in each phase, each given once',
    },
  );
