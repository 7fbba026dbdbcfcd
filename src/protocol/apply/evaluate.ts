/**
 * FHIRPath expressions of plans, which come from clients: evaluated on the subject, within bounds. What cannot be
 * evaluated is an issue, never a silent no. https://hl7.org/fhir/R4/metadatatypes.html#Expression
 */
import type { Expression } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { ExpressionCompiler, TypedValue } from '../../fhirpath/expression.ts';
import { type PlanFindingKey, planFinding } from './finding.ts';

export interface Evaluation {
  /** Bounded in its steps. */
  readonly compile: ExpressionCompiler;
  readonly subject: Resource;
  /** `%plannedSessions` and its like, by name. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly issues: Issue[];
}

const languages: ReadonlySet<string> = new Set(['text/fhirpath', 'text/fhir-path']);

/** What an expression yields; undefined when it cannot be evaluated, which is then said in the issues. */
export function evaluate(
  expression: Expression | undefined,
  at: string,
  { compile, subject, variables, now, issues }: Evaluation,
): readonly TypedValue[] | undefined {
  const say = (key: PlanFindingKey) => issues.push(planFinding(key, `${at}.expression`));
  const { language = '', expression: text } = expression ?? {};
  if (text === undefined || !languages.has(language)) {
    say('apply-language');
    return undefined;
  }
  const focus = { type: subject.resourceType, value: subject };
  try {
    return compile(text, subject.resourceType).values(focus, {
      resource: focus,
      rootResource: focus,
      variables,
      now,
    });
  } catch {
    // What FHIRPath says of its fault may quote the record.
    say('apply-expression');
    return undefined;
  }
}
