/** R14: suicide risk was assessed on the day of the session before the dose, and a high one names what was done. */
import type { Observation } from '@medplum/fhirtypes';
import { codeIn, isObservationOf, systems } from '../codes.ts';
import { dosesOf } from '../doses.ts';
import { eachMedicineSession } from '../each-medicine-session.ts';
import type { ProtocolRule } from '../rule.ts';
import { isSessionOf } from '../session.ts';
import { dayIn, instantOf } from '../time.ts';
import { flagOf, notStated, statedBy, verdict } from '../verdict.ts';

const isMedicineSession = isSessionOf('medicine');
/** An assessment need not be part of the session that it speaks of. */
const anySession = () => true;
const finalStatuses: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);
const riskSystem = 'https://w3id.org/kat-fhir/CodeSystem/kat-suicide-risk';

/** Codes of kat-suicide-risk, lowest first. */
const levels: readonly (string | undefined)[] = ['none-found', 'low', 'moderate', 'high'];
/** The code for high is not of the guide's value set, but who sends it is not to go unheard. */
const loincLevels: Readonly<Record<string, string>> = {
  'LA9194-7': 'low',
  'LA6751-7': 'moderate',
  'LA9193-9': 'high',
};

export const suicideScreen: ProtocolRule = {
  key: 'R14',
  on: ['Procedure', 'Observation', 'MedicationAdministration'],
  concerns: (resource) =>
    resource.resourceType === 'Observation'
      ? isObservationOf('suicideRisk', resource.code)
      : isMedicineSession(resource),
  check: (course, { parameters }) =>
    eachMedicineSession(
      course,
      async (session) => {
        const stated = statedBy('R14', parameters);
        const sameDay = stated('same-day', flagOf);
        const action = stated('action-level', (one) => one?.value.valueCode);
        if (!sameDay || !action) return [notStated('same-day', 'action-level')];
        const { performedPeriod, performedDateTime } = session.procedure;
        const { zone } = session;
        const day = dayIn(zone, performedPeriod?.start ?? performedDateTime);
        const made = (risk: Observation) => instantOf(timeOf(risk), zone);
        const [dose] = await dosesOf(session, course);
        const before = dose?.start ?? session.end ?? Number.POSITIVE_INFINITY;
        const last = (await course.observations('suicideRisk'))
          .filter((risk) => {
            const time = made(risk);
            const onDay = dayIn(zone, timeOf(risk)) === day;
            return (
              finalStatuses.has(risk.status ?? '') &&
              time !== undefined &&
              time <= before &&
              (onDay || !sameDay.value)
            );
          })
          .sort((one, other) => (made(other) ?? 0) - (made(one) ?? 0))[0];
        const here = [session.reference, ...(dose ? [dose.reference] : [])];
        if (!last)
          return [
            verdict('fail', 'Suicide risk was not assessed on the day of the session before the dose', here, {
              severity: 'warning',
              parameter: sameDay.parameter,
              satisfy: 'A final assessment of suicide risk on the same day, before the dose',
            }),
          ];
        const evidence = [`Observation/${last.id}`];
        const grave = levels.indexOf(levelOf(last)) >= levels.indexOf(action.value);
        if (grave && !last.note?.some(({ text }) => text))
          return [
            verdict('fail', 'A grave suicide risk does not name the action taken', [...here, ...evidence], {
              parameter: action.parameter,
              satisfy: 'A note on the assessment that says what was done',
            }),
          ];
        return [verdict('pass', 'Suicide risk was assessed before the dose', here, { evidence })];
      },
      anySession,
    ),
};

const timeOf = ({ effectiveDateTime, effectivePeriod }: Observation) =>
  effectiveDateTime ?? effectivePeriod?.start;

function levelOf({ valueCodeableConcept: value }: Observation): string | undefined {
  return codeIn(value, riskSystem) ?? loincLevels[codeIn(value, systems.loinc) ?? ''];
}
