/** Consent, team, goals, plan and the course that every session is part of. */
import type { CarePlanActivity, Goal } from '@medplum/fhirtypes';
import { base, extension, hl7, local, loinc, profile, quantity } from './concepts.ts';
import { costEstimate } from './cost-estimate.ts';
import type { CourseContext } from './course-context.ts';
import type { TreatmentDescription } from './course-description.ts';
import { instruments } from './instruments.ts';

/** @param activity what was ordered, and what came of it */
export function addPlan(
  context: CourseContext,
  course: TreatmentDescription,
  activity: readonly CarePlanActivity[],
): void {
  addConsent(context, course);
  addTeam(context, course);
  if (context.therapy) addGoals(context, course);
  const { description, refer, subject } = context;
  const stopped = isStopped(course);
  const delivered = course.medicine.filter(({ notGiven }) => !notGiven).length;
  context.add('plan', {
    resourceType: 'CarePlan',
    ...context.claim('care-plan'),
    extension: [
      extension('planned-medicine-sessions', { valuePositiveInt: course.planned }),
      ...costs(course),
    ],
    instantiatesCanonical: [`${base}/PlanDefinition/kat-protocol-${description.protocol}`],
    status: stopped ? 'revoked' : 'completed',
    intent: 'plan',
    ...(context.therapy ? { category: [local('kat-plan-category', 'ketamine-assisted-therapy')] } : {}),
    subject,
    period: { start: course.consented, end: course.end.day },
    created: course.consented,
    author: context.person('prescriber'),
    careTeam: [refer('team')],
    ...(context.therapy
      ? {
          goal: [refer('goal'), ...(course.intention ? [refer('intention')] : [])],
        }
      : {}),
    addresses: [refer('indication')],
    activity: [...activity],
  });
  const first = [...course.preparations, ...course.medicine.map(({ day }) => day)].sort()[0]!;
  context.add('course', {
    resourceType: 'Procedure',
    ...context.claim('course'),
    extension: [
      extension('planned-medicine-sessions', { valuePositiveInt: course.planned }),
      extension('medicine-sessions-completed', { valueUnsignedInt: delivered }),
      extension('treatment-intent', { valueCodeableConcept: local('kat-treatment-intent', 'induction') }),
    ],
    basedOn: [refer('plan')],
    status: stopped ? 'stopped' : 'completed',
    ...(course.end.reason ? { statusReason: local('kat-status-reason', course.end.reason) } : {}),
    code: local('kat-session-type', 'course'),
    subject,
    performedPeriod: { start: first, end: course.end.day },
    reasonReference: [refer('indication')],
    outcome: { text: course.end.outcome },
  });
}

/** A course that reached its goal early is not one that was stopped. */
function isStopped({ end }: TreatmentDescription): boolean {
  return end.reason !== undefined && end.reason !== 'completed-goal';
}

function costs({ cost, planned, preparations }: TreatmentDescription) {
  if (!cost) return [];
  const talks = planned + preparations.length;
  return [
    costEstimate(cost.medicine, 'per-medicine-session'),
    ...(talks > planned ? [costEstimate(cost.integration, 'per-integration-session')] : []),
    costEstimate(planned * cost.medicine + talks * cost.integration, 'course'),
    extension('coverage-status', { valueCode: cost.coverage }),
  ];
}

function addConsent(context: CourseContext, course: TreatmentDescription): void {
  const { add, at, description, refer, subject } = context;
  const item = (type: 'permit' | 'deny', code: string) => ({
    type,
    code: [local('kat-consent-item', code)],
  });
  const signed = at(course.consented, '10:20');
  const byLabel = description.protocol === 'esketamine-label';
  add('consent', {
    resourceType: 'Consent',
    meta: { profile: [profile('informed-consent')] },
    status: 'active',
    scope: hl7('consentscope', 'treatment', 'Treatment'),
    category: [loinc('59284-0')],
    patient: subject,
    dateTime: signed,
    performer: [subject],
    organization: [refer('clinic')],
    sourceReference: refer('consent-document'),
    policy: [{ uri: `${description.clinic.url}/policies/ketamine` }],
    verification: [{ verified: true, verifiedWith: subject, verificationDate: signed }],
    provision: {
      type: 'permit',
      period: {
        start: course.consented,
        end: `${Number(course.consented.slice(0, 4)) + 1}${course.consented.slice(4)}`,
      },
      provision: [
        ...(byLabel ? [] : [item('permit', 'off-label-use')]),
        item('permit', 'escort-no-driving'),
        item(context.therapy ? 'permit' : 'deny', 'supportive-touch'),
        item('deny', 'recording'),
      ],
    },
  });
}

/** In the comparator there are a prescriber and a nurse, and no therapist. */
function addTeam(context: CourseContext, { consented }: TreatmentDescription): void {
  const people = context.therapy
    ? (['therapist', 'prescriber', 'monitor'] as const)
    : (['prescriber', 'monitor'] as const);
  context.add('team', {
    resourceType: 'CareTeam',
    ...context.claim('care-team'),
    status: 'active',
    subject: context.subject,
    period: { start: consented },
    participant: people.map((who) => {
      const { function: role, actor } = context.performer(who);
      return { role: [role], member: actor };
    }),
    managingOrganization: [context.refer('clinic')],
  });
}

function addGoals(context: CourseContext, course: TreatmentDescription): void {
  const { add, indication, refer, subject } = context;
  const goal: Goal = {
    resourceType: 'Goal',
    meta: { profile: [profile('goal')] },
    lifecycleStatus: isStopped(course) ? 'cancelled' : 'completed',
    achievementStatus: reached(context)
      ? hl7('goal-achievement', 'achieved', 'Achieved')
      : hl7('goal-achievement', 'not-achieved', 'Not Achieved'),
    description: { text: indication.target.text },
    subject,
    startDate: course.consented,
    target: [
      {
        measure: instruments[indication.instrument].code,
        detailQuantity: { ...quantity(indication.target.below, '{score}'), comparator: '<' },
        dueDate: course.end.day,
      },
    ],
    expressedBy: context.person('prescriber'),
    addresses: [refer('indication')],
  };
  add('goal', goal);
  if (!course.intention) return;
  add('intention', {
    resourceType: 'Goal',
    meta: { profile: [profile('goal')] },
    lifecycleStatus: 'active',
    description: { text: course.intention },
    subject,
    startDate: course.preparations.at(-1) ?? course.consented,
    expressedBy: subject,
    addresses: [refer('indication')],
  });
}

function reached({ description, indication }: CourseContext): boolean {
  const last = description.scores.findLast(({ total }) => total !== undefined)?.total;
  return last !== undefined && last < indication.target.below;
}
