/** R01: no medicine session without a final eligibility decision that is valid on its day. */
import type { Observation } from '@medplum/fhirtypes';
import { codeIn, extensionOf, extensions, systems } from '../codes.ts';
import type { Course } from '../course.ts';
import type { ProtocolRule, RuleContext } from '../rule.ts';
import { isSessionOf } from '../session.ts';
import { instantAfter, instantOf } from '../time.ts';
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
    const start = first.start ?? context.now;
    const standing = (await course.observations('eligibility'))
      .filter(({ status }) => finalStatuses.has(status ?? ''))
      .filter((decision) => (madeAt(decision) ?? Number.POSITIVE_INFINITY) <= start)
      .sort((one, other) => (madeAt(other) ?? 0) - (madeAt(one) ?? 0))[0];
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

function objection(decision: Observation, start: number, { parameters }: RuleContext): string | undefined {
  const until = instantAfter(extensionOf(decision, extensions.eligibilityValidUntil)?.valueDate);
  if (until !== undefined && until < start)
    return 'The eligibility decision was no longer valid at the first medicine session';
  const result = codeIn(decision.valueCodeableConcept, systems.eligibility);
  const conditional = statedBy('R01', parameters)('conditional-allowed', flagOf)?.value === true;
  if (result === 'eligible' || (result === 'conditionally-eligible' && conditional)) return undefined;
  return 'The last eligibility decision before the first medicine session does not allow it';
}

/** Conditions are met when every Task that has the decision as its focus, and there is one, was completed in time. */
async function unmetConditions(
  decision: Observation,
  start: number,
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
    const done = instantOf(executionPeriod?.end ?? lastModified);
    return status === 'completed' && (done === undefined || done <= start);
  });
  return met && conditions.length > 0
    ? undefined
    : 'The conditions of the eligibility decision are not recorded as met';
}

const madeAt = ({ effectiveDateTime, effectivePeriod, issued }: Observation) =>
  instantOf(effectiveDateTime ?? effectivePeriod?.start ?? issued);
