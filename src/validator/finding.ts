/**
 * What the validator can say: every key with its severity, FHIR issue code and words. Invariants are not listed, they
 * speak with their own key, severity and text. The guide's kat-issue code system is made from this table.
 * https://hl7.org/fhir/R4/validation.html
 */
import type { Issue, IssueSeverity, IssueType } from '../core/issue.ts';
import { codeFindings } from './code-findings.ts';
import { elementFindings } from './element-findings.ts';
import { resourceFindings } from './resource-findings.ts';

export interface FindingRow {
  readonly severity: IssueSeverity;
  readonly code: IssueType;
  /** `{0}`, `{1}` stand for names taken from definitions: elements, types, profiles, value sets. Never for values. */
  readonly text: string;
}

const table = { ...elementFindings, ...codeFindings, ...resourceFindings } as const satisfies Record<
  string,
  FindingRow
>;

export type FindingKey = keyof typeof table;

export const findings: Readonly<Record<FindingKey, FindingRow>> = table;

/** A finding on its way to the root: `path` grows to the left as the walk unwinds. */
export interface Finding {
  readonly key: string;
  readonly severity: IssueSeverity;
  readonly code: IssueType;
  /** The words, or for a finding of the table the names that fill in its own: they are put together only at the end. */
  readonly text: string | readonly (string | number)[];
  path: string;
}

/** A finding of a rule that looks at whole resources: its expression begins with the resource type. */
export function ruleIssue(key: FindingKey, expression: string, ...names: string[]): Issue {
  const { severity, code } = findings[key];
  return { severity, code, key, text: findingText(key, names), expression };
}

/** The words of each row, cut where a name goes in: words and numbers of names in turn. */
const pieces = new Map(Object.entries(findings).map(([key, { text }]) => [key, text.split(/\{(\d)\}/)]));

/** The words of a finding with the names filled in. */
export function findingText(key: FindingKey, names: readonly (string | number)[]): string {
  const [first = '', ...rest] = pieces.get(key) as readonly string[];
  let text = first;
  for (let i = 0; i < rest.length; i += 2) text += `${names[Number(rest[i])] ?? ''}${rest[i + 1]}`;
  return text;
}
