/** R12: from the first dose to the end of the visit the patient is observed for long enough. */
import { dosesOf } from '../doses.ts';
import { eachMedicineSession } from '../each-medicine-session.ts';
import type { ProtocolRule } from '../rule.ts';
import { minutesOf } from '../rule-parameters.ts';
import { isSessionOf } from '../session.ts';
import { instantAfter, minute } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

export const observationTime: ProtocolRule = {
  key: 'R12',
  on: ['Procedure', 'Encounter', 'MedicationAdministration'],
  concerns: isSessionOf('medicine'),
  check: (course, { parameters }) =>
    eachMedicineSession(course, async (session) => {
      const doses = await dosesOf(session, course);
      const first = doses.find(({ start }) => start !== undefined);
      if (first?.start === undefined)
        return [verdict('not-applicable', 'No dose was given at a known time', [session.reference])];
      const esketamine = doses.some((dose) => dose.esketamine);
      const name = esketamine ? 'observation-min-esketamine' : 'observation-min';
      const least = statedBy('R12', parameters)(name, minutesOf);
      if (!least) return [notStated(name)];
      const { parameter } = least;
      const visited = session.procedure.encounter?.reference;
      const visit = visited === undefined ? undefined : (await course.encounters()).get(visited);
      const left = instantAfter(visit?.period?.end) ?? session.end;
      const resources = [session.reference, ...(visit ? [`Encounter/${visit.id}`] : []), first.reference];
      const due = first.start + least.value * minute;
      if (left === undefined)
        return [verdict('not-yet', 'The visit has not ended', resources, { parameter, due })];
      if (left >= due)
        return [verdict('pass', 'The patient was observed for long enough', resources, { parameter })];
      return [
        verdict('fail', 'The visit ended too soon after the first dose', resources, {
          severity: esketamine ? 'error' : 'warning',
          parameter,
          satisfy: 'A visit that ends no sooner than this time after the first dose',
        }),
      ];
    }),
};
