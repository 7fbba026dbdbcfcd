/** What many rules do: judge the medicine sessions that have begun, one after the other. */
import type { Course } from './course.ts';
import type { Verdict } from './rule.ts';
import type { Session } from './session.ts';
import { verdict } from './verdict.ts';

/**
 * The verdicts over each medicine session that has begun; `not-yet` when none has.
 * @param isAsked which sessions; absent: on a write those that it touches
 */
export async function eachMedicineSession(
  course: Course,
  judge: (session: Session) => Promise<readonly Verdict[]> | readonly Verdict[],
  isAsked: (session: Session) => boolean = course.isTouched,
): Promise<Verdict[]> {
  const begun = (await course.sessions()).filter(
    (one) => one.kind === 'medicine' && one.begun && isAsked(one),
  );
  const verdicts: Verdict[] = [];
  for (const session of begun) verdicts.push(...(await judge(session)));
  return verdicts.length > 0 ? verdicts : [verdict('not-yet', 'No medicine session has begun')];
}
