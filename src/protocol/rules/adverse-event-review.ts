/** R20: a serious adverse event was recorded in time, and reviewed by the prescriber before the next medicine session. */
import type { AdverseEvent } from '@medplum/fhirtypes';
import { hasCode, systems } from '../codes.ts';
import type { Course } from '../course.ts';
import type { ProtocolRule, Verdict } from '../rule.ts';
import { minutesOf, type RuleParameter } from '../rule-parameters.ts';
import { isSessionOf, type Session } from '../session.ts';
import { instantAfter, instantOf, minute } from '../time.ts';
import { flagOf, notStated, statedBy, verdict } from '../verdict.ts';

const seriousness = 'http://terminology.hl7.org/CodeSystem/adverse-event-seriousness';

/** Loss of consciousness, apnoea: serious whatever was recorded of their seriousness. */
const alwaysSerious = ['419045004', '1023001'];

export const adverseEventReview: ProtocolRule = {
  key: 'R20',
  on: ['Procedure', 'AdverseEvent'],
  concerns: isSessionOf('medicine'),
  async check(course, { parameters }) {
    const stated = statedBy('R20', parameters);
    const required = stated('review-required', flagOf);
    const longest = stated('report-max', minutesOf);
    if (!required || !longest) return [notStated('review-required', 'report-max')];
    const medicine = (await course.sessions()).filter(({ kind, begun }) => kind === 'medicine' && begun);
    const [first] = medicine;
    const events = (await course.adverseEvents()).filter(
      (event) => isSerious(event) && first !== undefined && (isOfTherapy(event) || !isBefore(event, first)),
    );
    if (events.length === 0) return [verdict('not-applicable', 'No serious adverse event is recorded')];
    const reports = events.flatMap((event) => lateReport(event, longest) ?? []);
    if (!required.value)
      return reports.length > 0
        ? reports
        : [verdict('not-applicable', 'The protocol asks for no review of serious adverse events')];
    const prescribers = await prescribersOf(course, medicine);
    const verdicts = reports;
    for (const event of events) {
      const next = sessionAfter(event, medicine, await placesOf(event, course));
      const review = await reviewOf(event, next, prescribers, course);
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
    return verdicts;
  },
};

function isSerious({ actuality, seriousness: grade, event }: AdverseEvent): boolean {
  return (
    actuality === 'actual' &&
    (['Serious', 'serious'].some((code) => hasCode(grade, seriousness, code)) ||
      alwaysSerious.some((code) => hasCode(event, systems.snomed, code)))
  );
}

/** A breach when the record came later than allowed after the event, or after it was noticed; unknown times are none. */
function lateReport(
  { id, date, detected, recordedDate }: AdverseEvent,
  { value, parameter }: { readonly value: number; readonly parameter: RuleParameter },
): Verdict | undefined {
  const known = instantAfter(detected ?? date);
  const recorded = instantOf(recordedDate);
  if (known === undefined || recorded === undefined || recorded - known <= value * minute) return undefined;
  return verdict(
    'fail',
    'The serious adverse event was recorded later than allowed',
    [`AdverseEvent/${id}`],
    { severity: 'warning', parameter, satisfy: 'A record within this time after the event was noticed' },
  );
}

const dateOf = ({ date, detected, recordedDate }: AdverseEvent) => date ?? detected ?? recordedDate;

/** Whether a session or a dose is suspected: of an earlier course, it counts until it is reviewed. */
function isOfTherapy({ suspectEntity = [] }: AdverseEvent): boolean {
  return suspectEntity.some(({ instance }) =>
    /^(?:Procedure|MedicationAdministration)\//.test(instance?.reference ?? ''),
  );
}

/** Whether an event happened before a session began; on its day, without a time, it did not. */
function isBefore(event: AdverseEvent, { start, zone }: Session): boolean {
  const last = instantAfter(dateOf(event), zone);
  return last !== undefined && start !== undefined && last < start;
}

/**
 * The first session to begin after an event: after the session that the event belongs to, or else after its time. An
 * event that names but a day happened, as far as is known, in the session of that day.
 */
function sessionAfter(
  event: AdverseEvent,
  sessions: readonly Session[],
  suspects: ReadonlySet<string>,
): Session | undefined {
  const own = sessions.findLastIndex(({ reference, procedure: { encounter } }) =>
    [reference, encounter?.reference].some((one) => one !== undefined && suspects.has(one)),
  );
  return sessions.find(({ start, zone }, at) => {
    const after = own < 0 ? instantAfter(dateOf(event), zone) : instantOf(dateOf(event), zone);
    return at > own && start !== undefined && start > (after ?? sessions[0]!.start!);
  });
}

/** The visit of an event, and the sessions that are suspected, by themselves or by a dose. */
async function placesOf(
  { encounter, suspectEntity = [] }: AdverseEvent,
  course: Course,
): Promise<Set<string>> {
  const named = suspectEntity.flatMap(({ instance }) => instance?.reference ?? []);
  const doses = (await course.administrations()).filter(({ id }) =>
    named.includes(`MedicationAdministration/${id}`),
  );
  const sessions = doses.flatMap(({ partOf = [] }) => partOf.flatMap(({ reference }) => reference ?? []));
  return new Set([
    ...(encounter?.reference === undefined ? [] : [encounter.reference]),
    ...named,
    ...sessions,
  ]);
}

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
  next: Session | undefined,
  prescribers: ReadonlySet<string>,
  course: Course,
): Promise<string | undefined> {
  const review = (await course.tasks()).find(({ status, focus, owner, executionPeriod, lastModified }) => {
    const done = instantOf(executionPeriod?.end ?? lastModified, next?.zone);
    const before = next?.start;
    return (
      status === 'completed' &&
      focus?.reference === `AdverseEvent/${event.id}` &&
      prescribers.has(owner?.reference ?? '') &&
      (before === undefined || (done !== undefined && done <= before))
    );
  });
  return review && `Task/${review.id}`;
}
