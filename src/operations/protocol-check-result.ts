/** What $protocol-check answers: a part for each verdict, and the breaches once more as an OperationOutcome. */
import type { Extension } from '@medplum/fhirtypes';
import type { Resource } from '../fhir/resource.ts';
import { breachHint } from '../protocol/breach-hint.ts';
import { systems } from '../protocol/codes.ts';
import type { Verdict } from '../protocol/rule.ts';
import { parameterText, type RuleParameter } from '../protocol/rule-parameters.ts';
import type { OutParameter } from './write-parameters.ts';

export interface CheckedVerdict {
  /** Reference to the plan, or where a course has none, to the course. */
  readonly course: string;
  readonly rule: string;
  readonly verdict: Verdict;
}

export function resultPart({ course, rule, verdict }: CheckedVerdict): OutParameter {
  const { status, severity, text, satisfy, due, deviation, parameter, resources, evidence = [] } = verdict;
  const broken = status === 'fail' || status === 'overridden';
  const parts: OutParameter[] = [
    { name: 'course', value: { reference: course } },
    { name: 'rule', value: rule },
    { name: 'status', value: status },
  ];
  if (broken) parts.push({ name: 'severity', value: severity });
  parts.push({ name: 'text', value: text });
  if (broken && satisfy !== undefined) parts.push({ name: 'hint', value: satisfy });
  for (const reference of new Set([...resources, ...evidence]))
    parts.push({ name: 'evidence', value: { reference } });
  if (due !== undefined) parts.push({ name: 'due', value: new Date(due).toISOString() });
  if (deviation !== undefined) parts.push({ name: 'deviation', value: { reference: deviation } });
  if (parameter) parts.push(parameterPart(parameter));
  return { name: 'result', parts };
}

/** The value goes out as text, whatever its type: `72 h`. */
function parameterPart({ name, value, source, owner }: RuleParameter): OutParameter {
  const bare: RuleParameter = { rule: '', name, value: value as Extension, source: '', owner: '' };
  return {
    name: 'parameter',
    parts: [
      { name: 'name', value: name },
      { name: 'value', value: parameterText(bare).slice(name.length + ' = '.length) },
      ...(source === '' ? [] : [{ name: 'source', value: source }]),
      ...(owner === '' ? [] : [{ name: 'owner', value: owner }]),
    ],
  };
}

/** The breaches as issues; `all-ok` when there is none. */
export function checkedOutcome(checked: readonly CheckedVerdict[]): Resource {
  const issue = checked
    .filter(({ verdict }) => verdict.status === 'fail')
    .map(({ rule, verdict }) => ({
      severity: verdict.severity,
      code: 'business-rule',
      details: { coding: [{ system: systems.rule, code: rule }], text: verdict.text },
      diagnostics: breachHint(verdict) ?? verdict.text,
    }));
  const fine = { severity: 'information', code: 'informational', details: { text: 'all-ok' } };
  return {
    resourceType: 'OperationOutcome',
    issue: issue.length > 0 ? issue : [fine],
  } as unknown as Resource;
}
