/** R15: the dose refers to an active order, by the same route and of no more than was ordered. */
import type { Dosage, MedicationRequest } from '@medplum/fhirtypes';
import type { Course } from '../course.ts';
import { type Dose, dosesOf, milligramsOf, routeOf } from '../doses.ts';
import { eachMedicineSession } from '../each-medicine-session.ts';
import type { ProtocolRule, Verdict } from '../rule.ts';
import { numberOf } from '../rule-parameters.ts';
import { isSessionOf, type Session } from '../session.ts';
import { instantOf } from '../time.ts';
import { flagOf, notStated, statedBy, verdict } from '../verdict.ts';
import { weightBefore } from '../vital-signs.ts';

export const orderMatch: ProtocolRule = {
  key: 'R15',
  on: ['MedicationAdministration', 'Procedure'],
  concerns: isSessionOf('medicine'),
  check: (course, { parameters }) =>
    eachMedicineSession(course, async (session) => {
      const required = statedBy('R15', parameters)('order-required', flagOf);
      const over = statedBy('R15', parameters)('dose-over-order', numberOf);
      const agreement = statedBy('R11', parameters)('dose-agreement', numberOf);
      if (!required || !over || !agreement)
        return [notStated('order-required', 'dose-over-order', 'dose-agreement')];
      const doses = await dosesOf(session, course);
      if (doses.length === 0) return [verdict('not-applicable', 'No dose was given', [session.reference])];
      const verdicts: Verdict[] = [];
      for (const [at, dose] of doses.entries()) {
        const named = dose.administration.request?.reference;
        const order = named === undefined ? undefined : await course.read<MedicationRequest>(named);
        const evidence = order ? [`MedicationRequest/${order.id}`] : [];
        const here = [dose.reference, session.reference];
        if (!order && !required.value) {
          verdicts.push(verdict('not-applicable', 'The protocol asks for no order', here));
          continue;
        }
        const earlier = doses
          .slice(0, at)
          .filter(({ administration: { request } }) => request?.reference === named);
        const ordered = order && (await orderedMilligrams(order, dose, session, course));
        const allowed = ordered?.byWeight ? agreement : over;
        const fault =
          order && ordered
            ? (objection(order, dose, session) ?? excess(ordered, dose, earlier, allowed.value))
            : 'The dose refers to no known order';
        verdicts.push(
          fault === undefined
            ? verdict('pass', 'The dose agrees with its order', here, { evidence })
            : verdict('fail', fault, here, {
                severity: 'warning',
                evidence,
                parameter: fault === overOrdered ? allowed.parameter : required.parameter,
                satisfy: 'An order that was active at the dose, of the same route and of at least this dose',
              }),
        );
      }
      return verdicts;
    }),
};

const overOrdered = 'The dose is larger than was ordered';

function objection(order: MedicationRequest, dose: Dose, session: Session): string | undefined {
  if (!wasActive(order, dose, session)) return 'The order was not active';
  const routes = (order.dosageInstruction ?? []).flatMap(({ route }) => routeOf(route) ?? []);
  return dose.route !== undefined && routes.length > 0 && !routes.includes(dose.route)
    ? 'The dose was given by another route than was ordered'
    : undefined;
}

interface Ordered {
  /** The largest single dose, and all that a session may be given; undefined when the order does not say. */
  readonly single: number | undefined;
  readonly session: number | undefined;
  /** Whether it was ordered by weight: then it is worked out from the last weight. */
  readonly byWeight: boolean;
}

/** What an order amounts to for who weighs so much. */
async function orderedMilligrams(
  { dosageInstruction = [] }: MedicationRequest,
  { start }: Dose,
  { start: begun = 0, zone }: Session,
  course: Course,
): Promise<Ordered> {
  const byWeight = dosageInstruction.some((one) => quantitiesOf(one).some(({ code }) => code === perWeight));
  const weight = byWeight ? await weightBefore({ time: start ?? begun, zone }, course) : undefined;
  const masses = dosageInstruction.flatMap((instruction) => {
    const each = quantitiesOf(instruction).flatMap((quantity) => {
      if (quantity.code !== perWeight) return milligramsOf(quantity) ?? [];
      return quantity.value === undefined || !weight ? [] : quantity.value * weight.kilograms;
    });
    return each.length === 0 ? [] : Math.max(...each);
  });
  return {
    single: masses.length > 0 ? Math.max(...masses) : undefined,
    session:
      masses.length > 0 && masses.length === dosageInstruction.length
        ? masses.reduce((sum, one) => sum + one, 0)
        : undefined,
    byWeight,
  };
}

const perWeight = 'mg/kg';

const quantitiesOf = ({ doseAndRate = [], maxDosePerAdministration }: Dosage) =>
  [
    ...doseAndRate.map(({ doseQuantity, doseRange }) => doseQuantity ?? doseRange?.high),
    maxDosePerAdministration,
  ].filter((one) => one !== undefined);

/** @param percent how far a dose, and all doses of a session together, may lie above the order */
function excess(
  { single, session }: Ordered,
  { milligrams = 0 }: Dose,
  earlier: readonly Dose[],
  percent: number,
): string | undefined {
  const together = earlier.reduce((sum, one) => sum + (one.milligrams ?? 0), milligrams);
  const isOver = (given: number, most: number | undefined) =>
    most !== undefined && given > most * (1 + percent / 100) + 1e-9;
  return isOver(milligrams, single) || isOver(together, session) ? overOrdered : undefined;
}

/** A completed order was active before; a stopped one, until it was last changed. */
function wasActive(
  { status, authoredOn, meta }: MedicationRequest,
  { start }: Dose,
  { zone }: Session,
): boolean {
  const ordered = instantOf(authoredOn, zone);
  if (ordered !== undefined && start !== undefined && ordered > start) return false;
  if (status === 'active' || status === 'completed') return true;
  const changed = instantOf(meta?.lastUpdated);
  return status === 'stopped' && changed !== undefined && start !== undefined && start < changed;
}
