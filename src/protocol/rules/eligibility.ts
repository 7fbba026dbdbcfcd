/** R01: no medicine session without a final eligibility decision that is valid on its day. */
import type { Observation } from '@medplum/fhirtypes';
import { codeIn, extensionOf, extensions, systems } from '../codes.ts';
import type { ProtocolRule, Verdict } from '../rule.ts';
import { instantAfter, instantOf } from '../time.ts';

const decisionCode = `${systems.observation}|eligibility`;
const finalStatuses: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);

export const eligibility: ProtocolRule = {
  key: 'R01',
  on: ['Procedure', 'Observation'],
  async check(course) {
    const first = (await course.sessions()).find(({ kind, begun }) => kind === 'medicine' && begun);
    if (!first) return [verdict('not-yet', 'No medicine session has begun', [])];
    const { start } = first;
    const decisions = (await course.observations([decisionCode])).filter(({ status }) =>
      finalStatuses.has(status ?? ''),
    );
    const standing = decisions
      .filter((decision) => start === undefined || (madeAt(decision) ?? Number.POSITIVE_INFINITY) <= start)
      .sort((one, other) => (madeAt(other) ?? 0) - (madeAt(one) ?? 0))[0];
    if (!standing)
      return [
        verdict('fail', 'No final eligibility decision was made before the first medicine session', [
          first.reference,
        ]),
      ];
    const evidence = [`Observation/${standing.id}`];
    const until = instantAfter(extensionOf(standing, extensions.eligibilityValidUntil)?.valueDate);
    if (until !== undefined && start !== undefined && until < start)
      return [
        verdict(
          'fail',
          'The eligibility decision was no longer valid at the first medicine session',
          [first.reference],
          evidence,
        ),
      ];
    const decision = codeIn(standing.valueCodeableConcept, systems.eligibility);
    const eligible = decision === 'eligible' || decision === 'conditionally-eligible';
    if (!eligible)
      return [
        verdict(
          'fail',
          'The last eligibility decision before the first medicine session does not allow it',
          [first.reference],
          evidence,
        ),
      ];
    return [
      verdict(
        'pass',
        'A valid eligibility decision came before the first medicine session',
        [first.reference],
        evidence,
      ),
    ];
  },
};

const madeAt = ({ effectiveDateTime, effectivePeriod, issued }: Observation) =>
  instantOf(effectiveDateTime ?? effectivePeriod?.start ?? issued);

function verdict(
  status: Verdict['status'],
  text: string,
  resources: string[],
  evidence: string[] = [],
): Verdict {
  return {
    status,
    severity: 'error',
    text,
    resources,
    evidence,
    satisfy:
      'A final eligibility decision (eligible, or conditionally eligible), made before the session and valid on its day',
  };
}
