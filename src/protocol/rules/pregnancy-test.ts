/** R21: where pregnancy is possible and its state not known, a test is recorded shortly before the dose. */
import { hasCode, systems } from '../codes.ts';
import { dosesOf } from '../doses.ts';
import { eachMedicineSession } from '../each-medicine-session.ts';
import type { ProtocolRule } from '../rule.ts';
import { minutesOf } from '../rule-parameters.ts';
import { day, instantOf, minute } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

/** SNOMED CT: a urine pregnancy test; not pregnant, or a negative test, as its result. */
const testCodes = ['167252002', '250425007', '60001007'].map((code) => `${systems.snomed}|${code}`);
const year = 365.25 * day;

export const pregnancyTest: ProtocolRule = {
  key: 'R21',
  on: ['Procedure'],
  check: (course, { parameters, now }) =>
    eachMedicineSession(course, async (session) => {
      const stated = statedBy('R21', parameters);
      const ages = stated('child-bearing-age', (one) => one?.value.valueRange);
      const maxAge = stated('pregnancy-test-max-age', minutesOf);
      if (!ages || !maxAge) return [notStated('child-bearing-age', 'pregnancy-test-max-age')];
      const patient = await course.patient();
      const [dose] = await dosesOf(session, course);
      const time = dose?.start ?? session.start ?? now;
      const born = instantOf(patient?.birthDate);
      const age = born === undefined ? undefined : (time - born) / year;
      const { low, high } = ages.value;
      const outside =
        age !== undefined &&
        (age < (low?.value ?? 0) || age >= (high?.value ?? Number.POSITIVE_INFINITY) + 1);
      const here = [session.reference];
      if (patient?.gender !== 'female' || outside)
        return [verdict('not-applicable', 'Nothing says that pregnancy is possible', here)];
      const known = (await course.conditions()).some(({ code }) => hasCode(code, systems.snomed, '77386006'));
      if (known) return [verdict('not-applicable', 'The state is known', here)];
      const test = (await course.observations(testCodes)).find(({ status, effectiveDateTime }) => {
        const taken = instantOf(effectiveDateTime);
        const final = status === 'final' || status === 'amended' || status === 'corrected';
        return final && taken !== undefined && taken <= time && time - taken <= maxAge.value * minute;
      });
      if (test)
        return [verdict('pass', 'A test is recorded', here, { evidence: [`Observation/${test.id}`] })];
      return [
        verdict('fail', 'No recent pregnancy test is recorded', here, {
          severity: 'warning',
          parameter: maxAge.parameter,
          satisfy: 'A final Observation of a pregnancy test, no older than this at the dose',
        }),
      ];
    }),
};
