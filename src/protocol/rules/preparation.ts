/** R03: preparation sessions were completed before the first medicine session. */
import type { ProtocolRule } from '../rule.ts';
import { numberOf } from '../rule-parameters.ts';
import { isSessionOf } from '../session.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

export const preparation: ProtocolRule = {
  key: 'R03',
  on: ['Procedure'],
  concerns: isSessionOf('medicine'),
  async check(course, { parameters }) {
    const least = statedBy('R03', parameters)('preparation-min', numberOf);
    if (!least) return [notStated('preparation-min')];
    if (least.value === 0) return [verdict('not-applicable', 'The protocol asks for no preparation')];
    const sessions = await course.sessions();
    const first = sessions.find(({ kind, begun }) => kind === 'medicine' && begun);
    if (!first) return [verdict('not-yet', 'No medicine session has begun')];
    const { start = Number.POSITIVE_INFINITY } = first;
    const before = sessions
      .filter(({ kind, completed }) => kind === 'preparation' && completed)
      .filter(({ end, start: begin }) => (end ?? begin ?? Number.POSITIVE_INFINITY) <= start)
      .map(({ reference }) => reference);
    return [
      before.length >= least.value
        ? verdict('pass', 'Preparation was completed before the first medicine session', [first.reference], {
            evidence: before,
          })
        : verdict(
            'fail',
            'Too few preparation sessions were completed before the first medicine session',
            [first.reference],
            {
              evidence: before,
              parameter: least.parameter,
              satisfy: `Preparation sessions that are completed before the first medicine session begins: ${least.value}`,
            },
          ),
    ];
  },
};
