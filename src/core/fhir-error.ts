/**
 * The one error type of a refusal: an HTTP status and the issues that explain it.
 * Thrown anywhere below the HTTP layer, rendered as an OperationOutcome in one place.
 */
import type { Issue } from './issue.ts';
import { type RefusalKey, refusals } from './refusals.ts';

export class FhirError extends Error {
  readonly status: number;
  readonly issues: readonly Issue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, issues: readonly Issue[], headers: Readonly<Record<string, string>> = {}) {
    super(issues.map((issue) => issue.text).join('; '));
    this.name = 'FhirError';
    this.status = status;
    this.issues = issues;
    this.headers = headers;
  }
}

/**
 * A refusal from the catalogue.
 * @param key row of the catalogue: gives status, FHIR issue code and severity
 * @param text what was wrong in this request, without patient data
 * @param detail further members of the issue (expression, line, col, hint)
 */
export function refuse(
  key: RefusalKey,
  text: string,
  detail: Partial<Pick<Issue, 'expression' | 'line' | 'col' | 'hint'>> = {},
): FhirError {
  const { status, code, headers } = refusals[key];
  return new FhirError(status, [{ severity: 'error', code, key, text, ...detail }], headers);
}
