/** R15: the dose refers to an active order, by the same route and of no more than was ordered. */
import type { MedicationRequest } from '@medplum/fhirtypes';
import { type Dose, dosesOf, milligramsOf, routeOf } from '../doses.ts';
import { eachMedicineSession } from '../each-medicine-session.ts';
import type { ProtocolRule } from '../rule.ts';
import { numberOf } from '../rule-parameters.ts';
import { instantOf } from '../time.ts';
import { flagOf, notStated, statedBy, verdict } from '../verdict.ts';

export const orderMatch: ProtocolRule = {
  key: 'R15',
  on: ['MedicationAdministration'],
  check: (course, { parameters }) =>
    eachMedicineSession(course, async (session) => {
      const stated = statedBy('R15', parameters);
      const required = stated('order-required', flagOf);
      const over = stated('dose-over-order', numberOf);
      if (!required || !over) return [notStated('order-required', 'dose-over-order')];
      const doses = await dosesOf(session, course);
      if (doses.length === 0) return [verdict('not-applicable', 'No dose was given', [session.reference])];
      return Promise.all(
        doses.map(async (dose) => {
          const named = dose.administration.request?.reference;
          const order = named === undefined ? undefined : await course.read<MedicationRequest>(named);
          const evidence = order ? [`MedicationRequest/${order.id}`] : [];
          if (!order && !required.value)
            return verdict('not-applicable', 'The protocol asks for no order', [dose.reference]);
          const reason = order ? objection(order, dose, over.value) : 'The dose refers to no known order';
          if (reason === undefined)
            return verdict('pass', 'The dose agrees with its order', [dose.reference], { evidence });
          return verdict('fail', reason, [dose.reference], {
            severity: 'warning',
            evidence: [session.reference, ...evidence],
            parameter: reason === overOrdered ? over.parameter : required.parameter,
            satisfy: 'An order that was active at the dose, of the same route and of at least this dose',
          });
        }),
      );
    }),
};

const overOrdered = 'The dose is larger than was ordered';

/** @param over how many percent a dose may lie above the order */
function objection(order: MedicationRequest, dose: Dose, over: number): string | undefined {
  if (!wasActive(order, dose)) return 'The order was not active';
  const instructions = order.dosageInstruction ?? [];
  const routes = instructions.flatMap(({ route }) => routeOf(route) ?? []);
  if (dose.route !== undefined && routes.length > 0 && !routes.includes(dose.route))
    return 'The dose was given by another route than was ordered';
  const ordered = instructions.flatMap(({ doseAndRate = [], maxDosePerAdministration }) => [
    ...doseAndRate.flatMap(
      ({ doseQuantity, doseRange }) => milligramsOf(doseQuantity) ?? milligramsOf(doseRange?.high) ?? [],
    ),
    ...(milligramsOf(maxDosePerAdministration) === undefined
      ? []
      : [milligramsOf(maxDosePerAdministration)!]),
  ]);
  const most = Math.max(...ordered) * (1 + over / 100);
  return ordered.length > 0 && (dose.milligrams ?? 0) > most + 1e-9 ? overOrdered : undefined;
}

/** A completed order was active before; a stopped one, until it was last changed. */
function wasActive({ status, authoredOn, meta }: MedicationRequest, { start }: Dose): boolean {
  const ordered = instantOf(authoredOn);
  if (ordered !== undefined && start !== undefined && ordered > start) return false;
  if (status === 'active' || status === 'completed') return true;
  const changed = instantOf(meta?.lastUpdated);
  return status === 'stopped' && changed !== undefined && start !== undefined && start < changed;
}
