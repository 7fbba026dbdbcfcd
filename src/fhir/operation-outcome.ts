/**
 * Findings as an OperationOutcome: the one place that decides how an issue looks on the wire.
 * https://hl7.org/fhir/R4/operationoutcome.html
 */
import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { type Issue, tellable } from '../core/issue.ts';

/** Names the keys of findings. */
export const issueSystem = 'https://w3id.org/kat-fhir/CodeSystem/kat-issue';

const extensionBase = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue';

/**
 * @param issues none gives the information that all is well, since an OperationOutcome needs one; of very many the
 *   gravest are told
 */
export function operationOutcome(issues: readonly Issue[]): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: (issues.length > 0 ? tellable(issues) : [allOk]).map(toOutcomeIssue),
  };
}

const allOk: Issue = { severity: 'information', code: 'informational', key: 'ok', text: 'No issues' };

function toOutcomeIssue(issue: Issue): OperationOutcomeIssue {
  const { severity, code, key, system = issueSystem, text, expression, line, col, hint } = issue;
  const position = [
    ...(line === undefined ? [] : [{ url: `${extensionBase}-line`, valueInteger: line }]),
    ...(col === undefined ? [] : [{ url: `${extensionBase}-col`, valueInteger: col }]),
  ];
  return {
    ...(position.length > 0 ? { extension: position } : {}),
    severity,
    code: code as OperationOutcomeIssue['code'],
    details: { coding: [{ system, code: key }], text },
    ...(hint === undefined ? {} : { diagnostics: hint }),
    ...(expression === undefined ? {} : { expression: [expression] }),
  };
}
