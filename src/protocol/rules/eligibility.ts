/** R01: no medicine session without a final eligibility decision that is valid on its day. */
import type { Observation, Reference } from '@medplum/fhirtypes';
import { codeIn, extensionOf, extensions, systems } from '../codes.ts';
import type { Course } from '../course.ts';
import type { ProtocolRule, RuleContext } from '../rule.ts';
import { isSessionOf } from '../session.ts';
import { instantAfter, instantOf, type Moment, type Zone } from '../time.ts';
import { flagOf, statedBy, verdict } from '../verdict.ts';

const finalStatuses: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);
const satisfy =
  'A final eligibility decision, made before the session and valid on its day: eligible, or conditionally eligible with ' +
  'each condition met, a completed Task that has the decision as its focus';

export const eligibility: ProtocolRule = {
  key: 'R01',
  on: ['Procedure'],
  concerns: isSessionOf('medicine'),
  async check(course, context) {
    const first = (await course.sessions()).find(({ kind, begun }) => kind === 'medicine' && begun);
    if (!first) return [verdict('not-yet', 'No medicine session has begun')];
    const start: Moment = { time: first.start ?? context.now, zone: first.zone };
    const made = (decision: Observation) => madeAt(decision, start.zone) ?? Number.POSITIVE_INFINITY;
    const standing = (await course.observations('eligibility'))
      .filter(({ status }) => finalStatuses.has(status ?? ''))
      .filter((decision) => isForCourse(decision, course) && made(decision) <= start.time)
      .sort((one, other) => made(other) - made(one))[0];
    const session = [first.reference];
    if (!standing)
      return [
        verdict('fail', 'No final eligibility decision was made before the first medicine session', session, {
          satisfy,
        }),
      ];
    const evidence = [`Observation/${standing.id}`];
    const reason = objection(standing, start, context) ?? (await unmetConditions(standing, start, course));
    return [
      reason === undefined
        ? verdict('pass', 'A valid eligibility decision came before the first medicine session', session, {
            evidence,
          })
        : verdict('fail', reason, session, { evidence, satisfy }),
    ];
  },
};

/** A decision may name the plan that it was made for. */
function isForCourse({ basedOn = [] }: Observation, { procedure }: Course): boolean {
  const plansIn = (references: readonly Reference[] = []) =>
    references.flatMap(({ reference }) => (reference?.startsWith('CarePlan/') ? reference : []));
  const plans = plansIn(basedOn);
  const own = plansIn(procedure.basedOn);
  return plans.length === 0 || own.length === 0 || plans.some((plan) => own.includes(plan));
}

function objection(
  decision: Observation,
  { time, zone }: Moment,
  { parameters }: RuleContext,
): string | undefined {
  const until = instantAfter(extensionOf(decision, extensions.eligibilityValidUntil)?.valueDate, zone);
  if (until !== undefined && until < time)
    return 'The eligibility decision was no longer valid at the first medicine session';
  const result = codeIn(decision.valueCodeableConcept, systems.eligibility);
  const conditional = statedBy('R01', parameters)('conditional-allowed', flagOf)?.value === true;
  if (result === 'eligible' || (result === 'conditionally-eligible' && conditional)) return undefined;
  return 'The last eligibility decision before the first medicine session does not allow it';
}

/** Conditions are met when every Task that has the decision as its focus, and there is one, was completed in time. */
async function unmetConditions(
  decision: Observation,
  { time, zone }: Moment,
  course: Course,
): Promise<string | undefined> {
  if (codeIn(decision.valueCodeableConcept, systems.eligibility) !== 'conditionally-eligible')
    return undefined;
  const reference = `Observation/${decision.id}`;
  const conditions = (await course.tasks()).filter(
    ({ focus, status }) =>
      focus?.reference === reference && status !== 'cancelled' && status !== 'entered-in-error',
  );
  const met = conditions.every(({ status, executionPeriod, lastModified }) => {
    const done = instantOf(executionPeriod?.end ?? lastModified, zone);
    return status === 'completed' && (done === undefined || done <= time);
  });
  return met && conditions.length > 0
    ? undefined
    : 'The conditions of the eligibility decision are not recorded as met';
}

const madeAt = ({ effectiveDateTime, effectivePeriod, issued }: Observation, zone: Zone) =>
  instantOf(effectiveDateTime ?? effectivePeriod?.start ?? issued, zone);
