/** R13: the visit of a medicine session ends only when the patient is recorded as ready to leave, by every criterion. */
import type { Observation } from '@medplum/fhirtypes';
import { codeIn, systems } from '../codes.ts';
import { dosesOf } from '../doses.ts';
import { eachMedicineSession } from '../each-medicine-session.ts';
import type { ProtocolRule } from '../rule.ts';
import { isSessionOf } from '../session.ts';
import { instantAfter, instantOf, type Zone } from '../time.ts';
import { flagOf, notStated, statedBy, verdict } from '../verdict.ts';

const finalStatuses: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);

/** The codes of kat-discharge-criterion. */
const criteria = [
  ...['bp-acceptable', 'hr-spo2-acceptable', 'oriented-alert', 'dissociation-resolved', 'ambulates'],
  ...['nausea-controlled', 'no-new-suicidal-intent', 'escort-present', 'instructions-given'],
];

export const discharge: ProtocolRule = {
  key: 'R13',
  on: ['Procedure', 'Encounter'],
  concerns: isSessionOf('medicine'),
  check: (course, { parameters }) =>
    eachMedicineSession(course, async (session) => {
      const all = statedBy('R13', parameters)('all-criteria', flagOf);
      if (!all) return [notStated('all-criteria')];
      const doses = await dosesOf(session, course);
      if (doses.length === 0) return [verdict('not-applicable', 'No dose was given', [session.reference])];
      const visited = session.procedure.encounter?.reference;
      const visit = visited === undefined ? undefined : (await course.encounters()).get(visited);
      const recorded = (await course.observations('dischargeReadiness'))
        .filter(({ status }) => finalStatuses.has(status ?? ''))
        // Who was ready before another dose has to be looked at again.
        .filter((readiness) => latestOf(readiness, session.zone) >= (doses.at(-1)?.start ?? 0))
        .filter(
          ({ partOf, encounter }) =>
            partOf?.some(({ reference }) => reference === session.reference) ||
            (visited !== undefined && encounter?.reference === visited),
        )
        .sort((one, other) => (madeAt(other) ?? 0) - (madeAt(one) ?? 0));
      const [last] = recorded;
      const evidence = last ? [`Observation/${last.id}`] : [];
      const resources = [...(visited === undefined ? [] : [visited]), session.reference];
      if (visit ? visit.status !== 'finished' : !session.completed)
        return [verdict('not-yet', 'The visit has not ended', resources, { evidence })];
      const reason = objection(last, all.value);
      return [
        reason === undefined
          ? verdict('pass', 'The patient was ready to leave by every criterion', resources, { evidence })
          : verdict('fail', reason, resources, {
              evidence,
              parameter: all.parameter,
              satisfy: 'A final record of readiness to leave that says yes, with every criterion met',
            }),
      ];
    }),
};

function objection(readiness: Observation | undefined, all: boolean): string | undefined {
  if (!readiness) return 'The visit ended without a record of readiness to leave';
  if (readiness.valueBoolean !== true) return 'The visit ended although the patient was not ready to leave';
  const met = new Set(
    (readiness.component ?? [])
      .filter(({ valueBoolean }) => valueBoolean === true)
      .map(({ code }) => codeIn(code, systems.dischargeCriterion)),
  );
  const missing = criteria.filter((criterion) => !met.has(criterion));
  return all && missing.length > 0
    ? `Criteria of discharge are not recorded as met: ${missing.join(', ')}`
    : undefined;
}

const timeOf = ({ effectiveDateTime, effectivePeriod, issued }: Observation) =>
  effectiveDateTime ?? effectivePeriod?.start ?? issued;

const madeAt = (readiness: Observation) => instantOf(timeOf(readiness));

const latestOf = (readiness: Observation, zone: Zone) =>
  instantAfter(timeOf(readiness), zone) ?? Number.POSITIVE_INFINITY;
