/**
 * R19: patient and course agree across every reference, and times nest: dose in medicine phase, phase in session,
 * session in visit.
 */
import type {
  CareTeam,
  Encounter,
  EpisodeOfCare,
  MedicationRequest,
  Reference,
  Resource,
} from '@medplum/fhirtypes';
import type { Course } from '../course.ts';
import { dosesOf } from '../doses.ts';
import type { ProtocolRule, Verdict } from '../rule.ts';
import type { Session } from '../session.ts';
import { instantAfter, instantOf } from '../time.ts';
import { verdict } from '../verdict.ts';

interface Times {
  readonly start: number | undefined;
  readonly end: number | undefined;
}

export const integrity: ProtocolRule = {
  key: 'R19',
  on: ['Procedure', 'Encounter', 'MedicationAdministration', 'Observation', 'CarePlan'],
  async check(course, { written }) {
    const types = written && new Set([...written.values()].map(({ resourceType }) => resourceType));
    const found: Verdict[][] = [];
    for (const [names, faultsOf] of kinds)
      if (!types || names.some((type) => types.has(type))) found.push(await faultsOf(course));
    const faults = found.flat();
    return faults.length > 0
      ? faults
      : [verdict('pass', 'References agree and times nest', [course.reference])];
  },
};

/** Kinds of faults, with the types of what they name: on a write only what can name what is written is looked for. */
const kinds: readonly (readonly [
  readonly Resource['resourceType'][],
  (course: Course) => Promise<Verdict[]>,
])[] = [
  [['Procedure', 'CarePlan'], planFaults],
  [['Procedure'], sessionFaults],
  [['Procedure', 'Encounter'], visitFaults],
  [['Procedure', 'MedicationAdministration'], doseFaults],
  [['Observation'], observationFaults],
];

/** Who is not named, or not by a reference that can be followed, is no other. */
const isOther = (patient: Reference | undefined, { subject }: Course) =>
  patient?.reference !== undefined && patient.reference !== subject;

async function planFaults(course: Course): Promise<Verdict[]> {
  const plan = await course.carePlan();
  if (!plan) return [];
  const here = [course.reference, `CarePlan/${plan.id}`];
  const faults = isOther(plan.subject, course) ? [fault('The plan is of another patient', here)] : [];
  for (const team of await named<CareTeam>(plan.careTeam ?? [], course))
    if (isOther(team.subject, course))
      faults.push(fault('The care team of the plan is of another patient', here, [`CareTeam/${team.id}`]));
  return faults;
}

async function sessionFaults(course: Course): Promise<Verdict[]> {
  const sessions = await course.sessions();
  const medicine = new Set(sessions.flatMap(({ kind, reference }) => (kind === 'medicine' ? reference : [])));
  return sessions.flatMap((session) => {
    const { reference, procedure, phase, integrates } = session;
    const rows: readonly (readonly [boolean, string])[] = [
      [isOther(procedure.subject, course), 'The session is of another patient than its course'],
      [phase !== undefined && !within(phase, session), 'The medicine phase does not lie within the session'],
      [
        integrates !== undefined && !medicine.has(integrates),
        'The session integrates no medicine session of its course',
      ],
    ];
    return rows.flatMap(([wrong, text]) => (wrong ? fault(text, [reference]) : []));
  });
}

async function visitFaults(course: Course): Promise<Verdict[]> {
  const visits = await course.encounters();
  const faults: Verdict[] = [];
  for (const session of await course.sessions()) {
    const visit = visits.get(session.procedure.encounter?.reference ?? '');
    if (visit) faults.push(...(await faultsOfVisit(session, visit, course)));
  }
  return faults;
}

async function faultsOfVisit(session: Session, visit: Encounter, course: Course): Promise<Verdict[]> {
  const both = [session.reference, `Encounter/${visit.id}`];
  const { zone } = session;
  const times = { start: instantOf(visit.period?.start, zone), end: instantAfter(visit.period?.end, zone) };
  const episodes = await named<EpisodeOfCare>(visit.episodeOfCare ?? [], course);
  return [
    ...(isOther(visit.subject, course)
      ? [fault('The visit is of another patient than its session', both)]
      : []),
    ...(episodes.some(({ patient }) => isOther(patient, course))
      ? [fault('The visit belongs to an episode of another patient', both)]
      : []),
    ...(within(session, times) ? [] : [fault('The session does not lie within its visit', both)]),
  ];
}

async function doseFaults(course: Course): Promise<Verdict[]> {
  const faults: Verdict[] = [];
  for (const session of await course.sessions()) faults.push(...(await faultsOfDoses(session, course)));
  return faults;
}

async function faultsOfDoses(session: Session, course: Course): Promise<Verdict[]> {
  const faults: Verdict[] = [];
  for (const { administration, reference, start, end } of await dosesOf(session, course)) {
    const { subject, context, request } = administration;
    const [order] = await named<MedicationRequest>(request ? [request] : [], course);
    const rows: readonly (readonly [boolean, string])[] = [
      [isOther(subject, course), 'The dose is of another patient than its session'],
      [order !== undefined && isOther(order.subject, course), 'The dose was ordered for another patient'],
      [differ(context, session.procedure.encounter), 'The dose belongs to another visit than its session'],
      [!within({ start, end }, session), 'The dose does not lie within the session'],
      [
        session.phase !== undefined && !within({ start, end }, session.phase),
        'The dose does not lie within the medicine phase',
      ],
    ];
    for (const [wrong, text] of rows) if (wrong) faults.push(fault(text, [reference, session.reference]));
  }
  return faults;
}

async function observationFaults(course: Course): Promise<Verdict[]> {
  const sessions = await course.sessions();
  const visits = new Map(sessions.map(({ reference, procedure }) => [reference, procedure.encounter]));
  return (await course.sessionObservations()).flatMap(({ id, subject, encounter, partOf = [] }) => {
    const here = [`Observation/${id}`];
    const elsewhere = partOf.some(({ reference }) => differ(encounter, visits.get(reference ?? '')));
    return [
      ...(isOther(subject, course)
        ? [fault('The observation is of another patient than its session', here)]
        : []),
      ...(elsewhere ? [fault('The observation belongs to another visit than its session', here)] : []),
    ];
  });
}

/** What references name, as far as it is here. */
async function named<T extends Resource>(references: readonly Reference[], course: Course): Promise<T[]> {
  const found = await Promise.all(
    references.map(({ reference }) => (reference === undefined ? undefined : course.read<T>(reference))),
  );
  return found.filter((one) => one !== undefined);
}

/** Whether two references are known and name different things. */
const differ = (one: Reference | undefined, other: Reference | undefined): boolean =>
  one?.reference !== undefined && other?.reference !== undefined && one.reference !== other.reference;

/** What is not known is no fault. */
function within(inner: Times, outer: Times): boolean {
  const begins = inner.start === undefined || outer.start === undefined || inner.start >= outer.start;
  const ends = inner.end === undefined || outer.end === undefined || inner.end <= outer.end;
  return begins && ends;
}

const fault = (text: string, resources: readonly string[], evidence: readonly string[] = []) =>
  verdict('fail', text, resources, { evidence, satisfy: 'References and times that agree' });
