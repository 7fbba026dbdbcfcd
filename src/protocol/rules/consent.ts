/** R02: on the day of each medicine session an active consent to treatment is in force. */
import type { Consent } from '@medplum/fhirtypes';
import type { ProtocolRule } from '../rule.ts';
import { isSessionOf, type Session } from '../session.ts';
import { dayIn, instantAfter, instantOf } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

const scopeSystem = 'http://terminology.hl7.org/CodeSystem/consentscope';

export const consent: ProtocolRule = {
  key: 'R02',
  on: ['Procedure'],
  concerns: isSessionOf('medicine'),
  async check(course, { parameters }) {
    const scope = statedBy('R02', parameters)('consent-scope', (one) => one?.value.valueCode);
    if (!scope) return [notStated('consent-scope')];
    const sessions = (await course.sessions()).filter(({ kind, begun }) => kind === 'medicine' && begun);
    if (sessions.length === 0) return [verdict('not-yet', 'No medicine session has begun')];
    const consents = (await course.consents()).filter((one) =>
      one.scope?.coding?.some(({ system, code }) => system === scopeSystem && code === scope.value),
    );
    return sessions.map((session) => {
      const { reference } = session;
      const inForce = consents.find((one) => isInForce(one, session));
      return inForce
        ? verdict('pass', 'Consent to treatment was in force', [reference], {
            evidence: [`Consent/${inForce.id}`],
          })
        : verdict(
            'fail',
            'No active consent to treatment was in force on the day of the session',
            [reference],
            {
              evidence: consents.map(({ id }) => `Consent/${id}`),
              parameter: scope.parameter,
              satisfy:
                'An active Consent of this scope, given by the day of the session and not ended before it',
            },
          );
    });
  },
};

/** Without a time of the session, whatever is active counts. */
function isInForce({ status, dateTime, provision }: Consent, { procedure, start, zone }: Session): boolean {
  if (status !== 'active' || provision?.type === 'deny') return false;
  if (start === undefined) return true;
  const { period } = provision ?? {};
  const given = instantOf(period?.start ?? dateTime, zone);
  const until = instantAfter(period?.end, zone);
  const day = dayIn(zone, procedure.performedPeriod?.start ?? procedure.performedDateTime);
  return (
    (given === undefined || given <= start) &&
    (until === undefined || until >= start || dayIn(zone, period?.end) === day)
  );
}
