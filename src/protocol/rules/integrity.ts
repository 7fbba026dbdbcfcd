/** R19: patient and course agree across every reference, and times nest: dose in session, phase in session, session in visit. */
import type { Encounter, Reference } from '@medplum/fhirtypes';
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
  async check(course) {
    const sessions = await course.sessions();
    const visits = await course.encounters();
    const faults: Verdict[] = [];
    const plan = await course.carePlan();
    const other = (one: { readonly subject?: Reference }) => one.subject?.reference !== course.subject;
    if (plan && other(plan))
      faults.push(fault('The plan is of another patient', [course.reference, `CarePlan/${plan.id}`]));
    for (const session of sessions) {
      const visit = visits.get(session.procedure.encounter?.reference ?? '');
      if (other(session.procedure))
        faults.push(fault('The session is of another patient than its course', [session.reference]));
      if (visit) faults.push(...visitFaults(session, visit, other(visit)));
      if (session.phase && !within(session.phase, session))
        faults.push(fault('The medicine phase does not lie within the session', [session.reference]));
      faults.push(...(await doseFaults(session, course)));
    }
    for (const observation of await course.sessionObservations())
      if (other(observation))
        faults.push(
          fault('The observation is of another patient than its session', [`Observation/${observation.id}`]),
        );
    const known = new Set(sessions.map(({ reference }) => reference));
    for (const { integrates, reference } of sessions)
      if (integrates !== undefined && !known.has(integrates))
        faults.push(fault('The session integrates one of another course', [reference]));
    return faults.length > 0
      ? faults
      : [verdict('pass', 'References agree and times nest', [course.reference])];
  },
};

function visitFaults(session: Session, visit: Encounter, otherPatient: boolean): Verdict[] {
  const both = [session.reference, `Encounter/${visit.id}`];
  const times = { start: instantOf(visit.period?.start), end: instantAfter(visit.period?.end) };
  return [
    ...(otherPatient ? [fault('The visit is of another patient than its session', both)] : []),
    ...(within(session, times) ? [] : [fault('The session does not lie within its visit', both)]),
  ];
}

async function doseFaults(session: Session, course: Course): Promise<Verdict[]> {
  const visit = session.procedure.encounter?.reference;
  return (await dosesOf(session, course)).flatMap(({ administration, reference, start, end }) => {
    const here = [reference, session.reference];
    const { subject, context } = administration;
    return [
      ...(subject?.reference === course.subject
        ? []
        : [fault('The dose is of another patient than its session', here)]),
      ...(visit === undefined || context?.reference === undefined || context.reference === visit
        ? []
        : [fault('The dose belongs to another visit than its session', here)]),
      ...(within({ start, end }, session) ? [] : [fault('The dose does not lie within the session', here)]),
    ];
  });
}

/** What is not known is no fault. */
function within(inner: Times, outer: Times): boolean {
  const begins = inner.start === undefined || outer.start === undefined || inner.start >= outer.start;
  const ends = inner.end === undefined || outer.end === undefined || inner.end <= outer.end;
  return begins && ends;
}

const fault = (text: string, resources: readonly string[]) =>
  verdict('fail', text, resources, { satisfy: 'References and times that agree' });
