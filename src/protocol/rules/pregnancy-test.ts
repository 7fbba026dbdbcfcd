/** R21: where pregnancy is possible and its state not known, a test is recorded shortly before the dose. */
import { hasCode, systems } from '../codes.ts';
import { stands } from '../conditions.ts';
import { dosesOf } from '../doses.ts';
import { eachMedicineSession } from '../each-medicine-session.ts';
import { lastPregnancyTest } from '../pregnancy-tests.ts';
import type { ProtocolRule } from '../rule.ts';
import { minutesOf } from '../rule-parameters.ts';
import { isSessionOf } from '../session.ts';
import { day, instantOf, type Moment, minute } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

const pregnant = '77386006';
const year = 365.25 * day;

export const pregnancyTest: ProtocolRule = {
  key: 'R21',
  on: ['Procedure'],
  concerns: isSessionOf('medicine'),
  check: (course, { parameters, now }) =>
    eachMedicineSession(course, async (session) => {
      const stated = statedBy('R21', parameters);
      const ages = stated('child-bearing-age', (one) => one?.value.valueRange);
      const maxAge = stated('pregnancy-test-max-age', minutesOf);
      if (!ages || !maxAge) return [notStated('child-bearing-age', 'pregnancy-test-max-age')];
      const patient = await course.patient();
      const [dose] = await dosesOf(session, course);
      const at: Moment = { time: dose?.start ?? session.start ?? now, zone: session.zone };
      const { time } = at;
      const born = instantOf(patient?.birthDate, session.zone);
      const age = born === undefined ? undefined : (time - born) / year;
      const { low, high } = ages.value;
      const outside =
        age !== undefined &&
        (age < (low?.value ?? 0) || age >= (high?.value ?? Number.POSITIVE_INFINITY) + 1);
      const here = [session.reference];
      if (patient?.gender !== 'female' || outside)
        return [verdict('not-applicable', 'Nothing says that pregnancy is possible', here)];
      const known = (await course.conditions()).some(
        (condition) => hasCode(condition.code, systems.snomed, pregnant) && stands(condition, at),
      );
      if (known) return [verdict('not-applicable', 'Pregnancy is known: see R16', here)];
      const test = await lastPregnancyTest(at, course);
      if (test && time - test.latest <= maxAge.value * minute)
        return [verdict('pass', 'A recent pregnancy test is recorded', here, { evidence: [test.reference] })];
      return [
        verdict('fail', 'No recent pregnancy test is recorded', here, {
          severity: 'warning',
          parameter: maxAge.parameter,
          satisfy: 'A final Observation of a pregnancy test, no older than this at the dose',
        }),
      ];
    }),
};
