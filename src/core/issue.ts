/**
 * A finding: what a check has to say about a resource. Findings are values; they are collected, never thrown.
 * https://hl7.org/fhir/R4/operationoutcome.html
 */

/** https://hl7.org/fhir/R4/valueset-issue-severity.html */
export type IssueSeverity = 'fatal' | 'error' | 'warning' | 'information';

/** The codes of https://hl7.org/fhir/R4/valueset-issue-type.html that this project uses. */
export type IssueType =
  | 'invalid'
  | 'structure'
  | 'required'
  | 'value'
  | 'invariant'
  | 'security'
  | 'login'
  | 'unknown'
  | 'forbidden'
  | 'processing'
  | 'not-supported'
  | 'duplicate'
  | 'multiple-matches'
  | 'not-found'
  | 'deleted'
  | 'too-long'
  | 'code-invalid'
  | 'extension'
  | 'too-costly'
  | 'business-rule'
  | 'conflict'
  | 'timeout'
  | 'throttled'
  | 'exception'
  | 'transient'
  | 'informational';

export interface Issue {
  readonly severity: IssueSeverity;
  /** FHIR's own classification. */
  readonly code: IssueType;
  /** Names the check that spoke: an invariant's own key (`kat-ms-3`, `dom-6`) or a key of the kat-issue code system. */
  readonly key: string;
  /** Code system of the key, where it has one of its own: that of the rules of the protocol. */
  readonly system?: string;
  /** The finding in words. Never quotes the value of an element: those may identify a patient. */
  readonly text: string;
  /** FHIRPath of the element, e.g. `Procedure.performer[0].function`. */
  readonly expression?: string;
  /** 1-based position in the submitted text. */
  readonly line?: number;
  readonly col?: number;
  /** What would mend it. */
  readonly hint?: string;
}

/** True when any of the issues makes the resource unacceptable. */
export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === 'error' || issue.severity === 'fatal');
}

const gravity: readonly IssueSeverity[] = ['fatal', 'error', 'warning', 'information'];

/** What keeps a resource out comes before what is merely said of it; otherwise the order stays. */
export function gravestFirst<T extends Pick<Issue, 'severity'>>(issues: readonly T[]): T[] {
  return issues.toSorted((one, other) => gravity.indexOf(one.severity) - gravity.indexOf(other.severity));
}

/** How many issues are told at once: of a body that is wrong throughout nobody reads them all. */
export const mostIssues = 10_000;

/** Stands after the issues that are told, when there are more. */
export const moreIssues: Issue = {
  severity: 'information',
  code: 'informational',
  key: 'more-issues',
  text: `There are more issues: these are the ${mostIssues} gravest`,
};

/** All of the issues, or the gravest of very many. */
export function tellable(issues: readonly Issue[]): readonly Issue[] {
  if (issues.length <= mostIssues + 1) return issues;
  const told = gravestFirst(issues.filter(({ key }) => key !== moreIssues.key)).slice(0, mostIssues);
  return [...told, moreIssues];
}
