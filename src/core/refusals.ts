/**
 * The catalogue of refusals: every way the server says no, with its HTTP status and FHIR issue code.
 * https://hl7.org/fhir/R4/http.html#Status-Codes
 */
import type { IssueType } from './issue.ts';

export interface Refusal {
  readonly status: number;
  readonly code: IssueType;
  readonly headers?: Readonly<Record<string, string>>;
}

const table = {
  'malformed-json': { status: 400, code: 'structure' },
  'malformed-xml': { status: 400, code: 'structure' },
  'malformed-request': { status: 400, code: 'invalid' },
  'invalid-parameter': { status: 400, code: 'value' },
  'search-too-large': { status: 400, code: 'too-costly' },
  'unknown-parameter': { status: 400, code: 'not-supported' },
  'unknown-modifier': { status: 400, code: 'not-supported' },
  'id-mismatch': { status: 400, code: 'invalid' },
  'type-mismatch': { status: 400, code: 'invalid' },
  'bundle-invalid': { status: 400, code: 'invalid' },
  'conditional-reference': { status: 400, code: 'not-found' },
  'malformed-patch': { status: 400, code: 'invalid' },
  'login-required': { status: 401, code: 'login', headers: { 'WWW-Authenticate': 'Bearer' } },
  forbidden: { status: 403, code: 'forbidden' },
  'unknown-type': { status: 404, code: 'not-supported' },
  'unknown-path': { status: 404, code: 'not-found' },
  'not-found': { status: 404, code: 'not-found' },
  'method-not-allowed': { status: 405, code: 'not-supported' },
  'guide-artefact': { status: 405, code: 'not-supported', headers: { Allow: 'GET, HEAD' } },
  'not-acceptable': { status: 406, code: 'not-supported' },
  deleted: { status: 410, code: 'deleted' },
  conflict: { status: 409, code: 'conflict' },
  'patch-conflict': { status: 409, code: 'conflict' },
  'version-conflict': { status: 412, code: 'conflict' },
  'multiple-matches': { status: 412, code: 'multiple-matches' },
  'too-large': { status: 413, code: 'too-long' },
  'unsupported-media-type': { status: 415, code: 'not-supported' },
  'invalid-resource': { status: 422, code: 'invalid' },
  'too-many-requests': { status: 429, code: 'throttled' },
  'internal-error': { status: 500, code: 'exception' },
  'not-ready': { status: 503, code: 'transient' },
} as const satisfies Record<string, Refusal>;

export type RefusalKey = keyof typeof table;

export const refusals: Readonly<Record<RefusalKey, Refusal>> = table;
