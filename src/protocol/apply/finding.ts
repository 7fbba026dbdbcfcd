/** What there is to say of a plan that is applied: key to severity, code and words. The keys are part of kat-issue. */
import type { Issue, IssueSeverity, IssueType } from '../../core/issue.ts';

const table = {
  'apply-definition-unknown': [
    'warning',
    'not-found',
    'The definition of an action is not known here: the step is planned in words only',
  ],
  'apply-depth': ['warning', 'too-costly', 'The plan goes deeper, or holds more actions, than is followed'],
  'apply-transform': [
    'warning',
    'not-supported',
    'A transform is not carried out; what stands beside it is taken',
  ],
  'apply-kind': ['warning', 'not-supported', 'Requests of this kind are not made: a task stands for it'],
  'apply-path': [
    'warning',
    'not-supported',
    'The element that the path names is not known, or does not take the value',
  ],
  'apply-language': [
    'warning',
    'not-supported',
    'Only FHIRPath that stands in the plan is evaluated; the expression is left to the reader',
  ],
  'apply-expression': [
    'warning',
    'processing',
    'The expression is at fault, or would take too long; it is left to the reader',
  ],
  'apply-relation-unknown': ['warning', 'not-found', 'A step is related to one that the plan does not have'],
  'apply-relation-circle': ['warning', 'invalid', 'Steps are related to one another in a circle'],
  'apply-passed-over': [
    'information',
    'informational',
    'No such session was held, and the course has moved on: it is not planned any more',
  ],
  'apply-profile-not-claimed': [
    'information',
    'informational',
    'The profile that the definition names is not claimed: something it asks for is not known yet',
  ],
} as const satisfies Record<string, readonly [IssueSeverity, IssueType, string]>;

export type PlanFindingKey = keyof typeof table;

export const planFindings: Readonly<Record<PlanFindingKey, readonly [IssueSeverity, IssueType, string]>> =
  table;

/** @param expression where in the plan, or in what was made of it */
export function planFinding(key: PlanFindingKey, expression: string): Issue {
  const [severity, code, text] = planFindings[key];
  return { severity, code, key, text, expression };
}
