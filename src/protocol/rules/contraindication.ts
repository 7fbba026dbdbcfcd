/** R16: no active condition, allergy or interacting medicine stands against the dose. */
import type { CodeableConcept, Condition } from '@medplum/fhirtypes';
import type { Course } from '../course.ts';
import { eachMedicineSession } from '../each-medicine-session.ts';
import type { ProtocolRule, RuleSeverity, Verdict } from '../rule.ts';
import type { RuleParameter } from '../rule-parameters.ts';
import { instantAfter, instantOf } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

/** What stands against a dose: a fact is never refused, the session in spite of it is. */
interface Objection {
  readonly text: string;
  readonly severity: RuleSeverity;
  readonly evidence: string;
  readonly parameter?: RuleParameter;
}

export const contraindication: ProtocolRule = {
  key: 'R16',
  on: ['Procedure'],
  check: (course, context) =>
    eachMedicineSession(course, async (session): Promise<Verdict[]> => {
      const { memberOf, parameters } = context;
      if (!memberOf) return [verdict('not-applicable', 'No terminology is at hand to judge by')];
      const stated = statedBy('R16', parameters);
      const url = (parameter: RuleParameter | undefined) =>
        parameter?.value.valueCanonical ?? parameter?.value.valueString;
      const stops = stated('contraindications', url);
      const warnings = stated('cautions', url);
      const interactions = stated('interactions', url);
      if (!stops || !warnings || !interactions)
        return [notStated('contraindications', 'cautions', 'interactions')];
      const time = session.start ?? context.now;
      const among = (concept: CodeableConcept | undefined, list: string) =>
        concept?.coding?.some(({ system, code }) => memberOf(list, system, code)) ?? false;
      const found: Objection[] = [];
      for (const condition of (await course.conditions()).filter((one) => stands(one, time))) {
        const evidence = `Condition/${condition.id}`;
        if (among(condition.code, stops.value))
          found.push({
            text: 'A contraindication is active',
            severity: 'error',
            evidence,
            parameter: stops.parameter,
          });
        else if (among(condition.code, warnings.value))
          found.push({
            text: 'A condition that asks for caution is active',
            severity: 'warning',
            evidence,
            parameter: warnings.parameter,
          });
      }
      for (const { id, status, medicationCodeableConcept, effectivePeriod } of await course.medications())
        if (
          status === 'active' &&
          (instantOf(effectivePeriod?.start) ?? time) <= time &&
          among(medicationCodeableConcept, interactions.value)
        )
          found.push({
            text: 'A medicine that interacts is being taken',
            severity: 'warning',
            evidence: `MedicationStatement/${id}`,
            parameter: interactions.parameter,
          });
      found.push(...(await allergies(course)));
      const here = [session.reference];
      if (found.length === 0) return [verdict('pass', 'Nothing known stands against the dose', here)];
      return found.map(({ text, severity, evidence, parameter }) =>
        verdict('fail', text, here, {
          severity,
          evidence: [evidence],
          ...(parameter ? { parameter } : {}),
          satisfy: 'That it no longer stands, or a recorded deviation that says who weighed it and why',
        }),
      );
    }),
};

/** Allergies to what is ordered in the course. */
async function allergies(course: Course): Promise<Objection[]> {
  const key = (concept: CodeableConcept | undefined) =>
    (concept?.coding ?? []).map(({ system, code }) => `${system}|${code}`);
  const orders = await course.orders();
  const ordered = new Set(orders.flatMap(({ medicationCodeableConcept: medicine }) => key(medicine)));
  return (await course.allergies())
    .filter(({ clinicalStatus, verificationStatus }) => {
      const codes = [clinicalStatus, verificationStatus].flatMap((one) => one?.coding ?? []);
      return !codes.some(({ code = '' }) => over.has(code));
    })
    .filter(({ code }) => key(code).some((one) => ordered.has(one)))
    .map(({ id }) => ({
      text: 'An allergy to the ordered medicine is recorded',
      severity: 'error',
      evidence: `AllergyIntolerance/${id}`,
    }));
}

/** Statuses of what does not, or no longer, hold. */
const over: ReadonlySet<string> = new Set([
  'inactive',
  'resolved',
  'remission',
  'refuted',
  'entered-in-error',
]);

function stands(condition: Condition, time: number): boolean {
  const { onsetDateTime, recordedDate, abatementDateTime, clinicalStatus, verificationStatus } = condition;
  const from = instantOf(onsetDateTime ?? recordedDate);
  const until = instantAfter(abatementDateTime);
  if (verificationStatus?.coding?.some(({ code = '' }) => over.has(code))) return false;
  if (from !== undefined && from > time) return false;
  if (until !== undefined) return until >= time;
  return !clinicalStatus?.coding?.some(({ code = '' }) => over.has(code));
}
