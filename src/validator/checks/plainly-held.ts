/**
 * Rules that can be seen to hold without evaluating them: by which elements are there, which the walk knows. Where that
 * does not settle it, the rule is evaluated as any other.
 * https://hl7.org/fhir/R4/datatypes.html#constraints
 */
import type { ElementDefinitionConstraint } from '@medplum/fhirtypes';

/** Code for whether an element of the object at hand is there. */
export type Watch = (name: string) => string;

/** By the expression, which alone says what a rule means: code that is true only where it holds. */
const rows: ReadonlyMap<string, (has: Watch) => string> = new Map([
  ['dataAbsentReason.empty() or value.empty()', (has) => `!(${has('dataAbsentReason')})`],
  [
    'value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()',
    (has) => `!(${has('component')})`,
  ],
  ['code.empty() or system.exists()', (has) => `${has('system')} || !(${has('code')})`],
  ['detail.empty() or reference.empty()', (has) => `!(${has('detail')} && ${has('reference')})`],
  ['dose.exists() or rate.exists()', (has) => has('dose')],
  ['orderDetail.empty() or code.exists()', (has) => `!(${has('orderDetail')})`],
  [
    'start.hasValue().not() or end.hasValue().not() or (start <= end)',
    (has) => `!(${has('start')} && ${has('end')}) || inOrder(o.start, o.end)`,
  ],
]);

/** @returns undefined for a rule that has to be evaluated */
export function plainlyHeld({ expression }: ElementDefinitionConstraint, has: Watch): string | undefined {
  return expression === undefined ? undefined : rows.get(expression)?.(has);
}

/** Whether two dates or date-times of one precision and one zone are in order, as far as their texts tell. */
export function inOrder(start: unknown, end: unknown): boolean {
  if (typeof start !== 'string' || typeof end !== 'string' || start.length !== end.length) return false;
  const { length } = start;
  if (length !== 10 && length !== 20 && length !== 25) return false;
  for (let i = 19; i < length; i++) if (start.charCodeAt(i) !== end.charCodeAt(i)) return false;
  return start <= end;
}
