/** R20: the prescriber reviewed a serious adverse event before the next medicine session. */
import type { AdverseEvent } from '@medplum/fhirtypes';
import { hasCode, systems } from '../codes.ts';
import type { Course } from '../course.ts';
import type { ProtocolRule, Verdict } from '../rule.ts';
import type { Session } from '../session.ts';
import { instantOf } from '../time.ts';
import { flagOf, notStated, statedBy, verdict } from '../verdict.ts';

const seriousness = 'http://terminology.hl7.org/CodeSystem/adverse-event-seriousness';

/** Loss of consciousness, apnoea: serious whatever was recorded of their seriousness. */
const alwaysSerious = ['419045004', '1023001'];

export const adverseEventReview: ProtocolRule = {
  key: 'R20',
  on: ['Procedure', 'AdverseEvent', 'Task'],
  async check(course, { parameters }) {
    const required = statedBy('R20', parameters)('review-required', flagOf);
    if (!required) return [notStated('review-required')];
    if (!required.value) return [verdict('not-applicable', 'The protocol asks for no review')];
    const medicine = (await course.sessions()).filter(({ kind, begun }) => kind === 'medicine' && begun);
    const began = medicine[0]?.start;
    const events = (await course.adverseEvents()).filter(
      (event) => isSerious(event) && began !== undefined && (timeOf(event) ?? began) >= began,
    );
    const prescribers = await prescribersOf(course, medicine);
    const verdicts: Verdict[] = [];
    for (const event of events) {
      const time = timeOf(event) ?? began!;
      const next = medicine.find(({ start }) => start !== undefined && start > time);
      const review = await reviewOf(event, next?.start, prescribers, course);
      const evidence = [`AdverseEvent/${event.id}`, ...(review === undefined ? [] : [review])];
      const details = { evidence, parameter: required.parameter };
      const here = next ? [next.reference] : [];
      if (review !== undefined)
        verdicts.push(verdict('pass', 'The serious adverse event was reviewed', here, details));
      else if (!next)
        verdicts.push(
          verdict(
            'not-yet',
            'A serious adverse event awaits its review before the next session',
            here,
            details,
          ),
        );
      else
        verdicts.push(
          verdict('fail', 'A serious adverse event was not reviewed before the session', here, {
            ...details,
            satisfy: 'A Task completed before the session, its focus the event and its owner the prescriber',
          }),
        );
    }
    return verdicts.length > 0
      ? verdicts
      : [verdict('not-applicable', 'No serious adverse event is recorded')];
  },
};

function isSerious({ actuality, seriousness: grade, event }: AdverseEvent): boolean {
  return (
    actuality === 'actual' &&
    (hasCode(grade, seriousness, 'Serious') ||
      alwaysSerious.some((code) => hasCode(event, systems.snomed, code)))
  );
}

const timeOf = ({ date, detected, recordedDate }: AdverseEvent) =>
  instantOf(date ?? detected ?? recordedDate);

/** Whoever prescribes in a team of the patient, in a session, or by an order. */
async function prescribersOf(course: Course, sessions: readonly Session[]): Promise<ReadonlySet<string>> {
  const team = (await course.careTeams()).flatMap(({ participant = [] }) =>
    participant.flatMap(({ role, member }) =>
      role?.some((one) => hasCode(one, systems.performerFunction, 'prescriber'))
        ? (member?.reference ?? [])
        : [],
    ),
  );
  const acting = sessions.flatMap(({ procedure: { performer = [] } }) =>
    performer.flatMap(({ function: role, actor }) =>
      hasCode(role, systems.performerFunction, 'prescriber') ? (actor.reference ?? []) : [],
    ),
  );
  const ordering = (await course.orders()).flatMap(({ requester }) => requester?.reference ?? []);
  return new Set([...team, ...acting, ...ordering]);
}

async function reviewOf(
  event: AdverseEvent,
  before: number | undefined,
  prescribers: ReadonlySet<string>,
  course: Course,
): Promise<string | undefined> {
  const review = (await course.tasks()).find(({ status, focus, owner, executionPeriod, lastModified }) => {
    const done = instantOf(executionPeriod?.end ?? lastModified);
    return (
      status === 'completed' &&
      focus?.reference === `AdverseEvent/${event.id}` &&
      prescribers.has(owner?.reference ?? '') &&
      (before === undefined || (done !== undefined && done <= before))
    );
  });
  return review && `Task/${review.id}`;
}
