/** What is ordered: each session, and the dose of each medicine session. */
import type { Period } from '@medplum/fhirtypes';
import { base, extension, local, profile, quantity } from './concepts.ts';
import { costEstimate } from './cost-estimate.ts';
import type { CourseContext } from './course-context.ts';

/** The dose that is ordered for one session. */
export function addMedicationOrder(
  context: CourseContext,
  name: string,
  request: string,
  milligrams: number,
  authored: string,
  given: boolean,
): void {
  const { protocol, refer, subject } = context;
  context.add(name, {
    resourceType: 'MedicationRequest',
    ...context.claim('medication-order'),
    extension: [
      extension('dose-intent', { valueCodeableConcept: local('kat-dose-intent', protocol.intent) }),
    ],
    status: given ? 'completed' : 'cancelled',
    intent: 'order',
    medicationCodeableConcept: protocol.medicine,
    subject,
    authoredOn: authored,
    requester: context.person('prescriber'),
    reasonReference: [refer('indication')],
    basedOn: [refer(context.therapy ? request : 'plan')],
    dosageInstruction: [
      {
        text: protocol.doseText(milligrams),
        timing: {
          repeat: {
            count: 1,
            ...(protocol.doseMinutes ? { duration: protocol.doseMinutes, durationUnit: 'min' as const } : {}),
          },
        },
        route: protocol.route,
        doseAndRate: [
          {
            doseQuantity: quantity(milligrams, 'mg'),
            ...(protocol.order === 'iv'
              ? { rateQuantity: quantity(milligrams / protocol.doseMinutes, 'mg/min') }
              : {}),
          },
        ],
      },
    ],
  });
}

/** One session as it is ordered. */
export interface SessionOrder {
  readonly name: string;
  readonly kind: 'preparation' | 'medicine' | 'integration';
  readonly number: number;
  readonly period: Period;
  readonly status: 'completed' | 'revoked';
  /** The name of the order that it takes the place of. */
  readonly replaces?: string;
}

export function addSessionRequest(context: CourseContext, order: SessionOrder): void {
  const { name, kind, number, period, status, replaces } = order;
  const { description, refer } = context;
  const course = description.course!;
  const cost = course.cost;
  const [value, basis]: [number | undefined, string] =
    kind === 'medicine'
      ? [cost?.medicine, 'per-medicine-session']
      : [cost?.integration, 'per-integration-session'];
  context.add(name, {
    resourceType: 'ServiceRequest',
    meta: { profile: [profile('session-request')] },
    extension: [
      extension('session-number', { valuePositiveInt: number }),
      ...(cost && value !== undefined
        ? [costEstimate(value, basis), extension('coverage-status', { valueCode: cost.coverage })]
        : []),
    ],
    instantiatesCanonical: [`${base}/ActivityDefinition/kat-${kind}-session`],
    basedOn: [refer('plan')],
    ...(replaces === undefined ? {} : { replaces: [refer(replaces)] }),
    status,
    intent: 'order',
    code: local('kat-session-type', kind),
    subject: context.subject,
    occurrencePeriod: period,
    authoredOn: course.consented,
    requester: context.person('prescriber'),
    performer: [refer('team')],
    reasonReference: [refer('indication')],
  });
}
