/** R14: suicide risk was assessed on the day of the session before the dose, and a high one names what was done. */
import type { Observation } from '@medplum/fhirtypes';
import { codeIn, isObservationOf, systems } from '../codes.ts';
import { dosesOf } from '../doses.ts';
import { eachMedicineSession } from '../each-medicine-session.ts';
import type { ProtocolRule } from '../rule.ts';
import { isSessionOf } from '../session.ts';
import { dayOf, instantOf } from '../time.ts';
import { flagOf, notStated, statedBy, verdict } from '../verdict.ts';

const isMedicineSession = isSessionOf('medicine');
/** An assessment need not be part of the session that it speaks of. */
const anySession = () => true;
const finalStatuses: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);
const riskSystem = 'https://w3id.org/kat-fhir/CodeSystem/kat-suicide-risk';

/** Codes of kat-suicide-risk, lowest first. */
const levels: readonly (string | undefined)[] = ['none-found', 'low', 'moderate', 'high'];
const loincLevels: Readonly<Record<string, string>> = { 'LA9194-7': 'low', 'LA6751-7': 'moderate' };

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
        const day = dayOf(performedPeriod?.start ?? performedDateTime);
        const [dose] = await dosesOf(session, course);
        const before = dose?.start ?? session.end ?? Number.POSITIVE_INFINITY;
        const last = (await course.observations('suicideRisk'))
          .filter(({ status, effectiveDateTime }) => {
            const time = instantOf(effectiveDateTime);
            const onDay = dayOf(effectiveDateTime) === day;
            return (
              finalStatuses.has(status ?? '') &&
              time !== undefined &&
              time <= before &&
              (onDay || !sameDay.value)
            );
          })
          .sort(
            (one, other) =>
              (instantOf(other.effectiveDateTime) ?? 0) - (instantOf(one.effectiveDateTime) ?? 0),
          )[0];
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

function levelOf({ valueCodeableConcept: value }: Observation): string | undefined {
  return codeIn(value, riskSystem) ?? loincLevels[codeIn(value, systems.loinc) ?? ''];
}
