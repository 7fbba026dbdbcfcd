/** R10: a therapist and a monitor of the active care team take part; the prescriber ordered the medicine. */
import type { CareTeam, MedicationRequest, PractitionerRole } from '@medplum/fhirtypes';
import { hasCode, systems } from '../codes.ts';
import type { Course } from '../course.ts';
import { dosesOf } from '../doses.ts';
import type { ProtocolRule, RuleContext, Verdict } from '../rule.ts';
import { isSessionOf, type Session } from '../session.ts';
import { instantAfter, instantOf } from '../time.ts';
import { flagOf, notStated, statedBy, verdict } from '../verdict.ts';

export const people: ProtocolRule = {
  key: 'R10',
  on: ['Procedure', 'MedicationAdministration', 'MedicationRequest'],
  concerns: isSessionOf('medicine'),
  async check(course, context) {
    const medicine = (await course.sessions()).filter(({ kind, begun }) => kind === 'medicine' && begun);
    const verdicts: Verdict[] = [];
    for (const session of medicine) verdicts.push(...(await ofSession(session, course, context)));
    return verdicts.length > 0 ? verdicts : [verdict('not-yet', 'No medicine session has begun')];
  },
};

async function ofSession(session: Session, course: Course, { parameters }: RuleContext): Promise<Verdict[]> {
  const stated = statedBy('R10', parameters);
  const therapist = stated('therapist-required', flagOf);
  const monitor = stated('monitor-required', flagOf);
  const prescriber = stated('prescriber-is-requester', flagOf);
  if (!therapist || !monitor || !prescriber)
    return [notStated('therapist-required', 'monitor-required', 'prescriber-is-requester')];
  const teams = (await course.careTeams()).filter((team) => isActive(team, session));
  const members = await personsOf(
    teams.flatMap(({ participant = [] }) => participant.flatMap(({ member }) => member?.reference ?? [])),
    course,
  );
  const here = [session.reference];
  const evidence = teams.map(({ id }) => `CareTeam/${id}`);
  const verdicts: Verdict[] = [];
  const judge = (broken: string, ok: boolean, { parameter }: typeof therapist, satisfy: string) => {
    if (!ok) verdicts.push(verdict('fail', broken, here, { evidence, parameter, satisfy }));
  };
  if (therapist.value) {
    const acting = actorsOf(session, 'therapist');
    const persons = await personsOf(acting, course);
    judge('No therapist takes part', acting.length > 0, therapist, 'A performer with the function therapist');
    judge(
      'The therapist does not belong to the active care team',
      acting.length === 0 || share(persons, members),
      therapist,
      'An active CareTeam of the patient with this therapist among its participants',
    );
  }
  if (monitor.value)
    judge(
      'No medical monitor takes part',
      ['medical-monitor', 'prescriber'].some((code) => actorsOf(session, code).length > 0),
      monitor,
      'A performer with the function medical-monitor, or the prescriber',
    );
  if (prescriber.value) verdicts.push(...(await ordersOf(session, course, teams, prescriber.parameter)));
  return verdicts.length > 0
    ? verdicts
    : [verdict('pass', 'The people whom the protocol asks for take part', here, { evidence })];
}

/** Each order behind a dose whose requester is not a prescriber, neither of the session nor of a team. */
async function ordersOf(
  session: Session,
  course: Course,
  teams: readonly CareTeam[],
  parameter: NonNullable<Verdict['parameter']>,
): Promise<Verdict[]> {
  const named = [
    ...actorsOf(session, 'prescriber'),
    ...teams.flatMap(({ participant = [] }) =>
      participant.flatMap(({ role, member }) =>
        role?.some((one) => hasCode(one, systems.performerFunction, 'prescriber'))
          ? (member?.reference ?? [])
          : [],
      ),
    ),
  ];
  const prescribers = await personsOf(named, course);
  const verdicts: Verdict[] = [];
  for (const { administration, reference } of await dosesOf(session, course)) {
    const request = administration.request?.reference;
    const order = request === undefined ? undefined : await course.read<MedicationRequest>(request);
    if (!order) continue;
    const requester = order.requester?.reference;
    const persons = await personsOf(requester === undefined ? [] : [requester], course);
    if (share(persons, prescribers)) continue;
    verdicts.push(
      verdict('fail', 'Who ordered the medicine is no prescriber of the course', [reference, `${request}`], {
        evidence: [session.reference],
        parameter,
        satisfy: 'An order whose requester has the function prescriber in the session or the care team',
      }),
    );
  }
  return verdicts;
}

/** Those who are named, and who a role that is named belongs to. */
async function personsOf(references: readonly string[], course: Course): Promise<Set<string>> {
  const persons = new Set(references);
  for (const reference of references) {
    if (!reference.startsWith('PractitionerRole/')) continue;
    const person = (await course.read<PractitionerRole>(reference))?.practitioner?.reference;
    if (person !== undefined) persons.add(person);
  }
  return persons;
}

const share = (some: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  [...some].some((one) => others.has(one));

function actorsOf({ procedure }: Session, code: string): string[] {
  return (procedure.performer ?? []).flatMap(({ function: role, actor }) =>
    hasCode(role, systems.performerFunction, code) ? (actor.reference ?? []) : [],
  );
}

/** Whether a team is at work at a time: active, or of a past period that holds it. */
function isActive({ status, period }: CareTeam, { start: time, zone }: Session): boolean {
  const from = instantOf(period?.start, zone);
  const until = instantAfter(period?.end, zone);
  const covers =
    time === undefined || ((from === undefined || from <= time) && (until === undefined || until >= time));
  return covers && (status === 'active' || (status === 'inactive' && until !== undefined));
}
