/**
 * One file to one request: transactions and batches go to the server as they are, any other resource is created, or
 * updated when it has an id. https://hl7.org/fhir/R4/http.html#transaction
 */
import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { FhirError } from '../core/fhir-error.ts';
import type { Issue } from '../core/issue.ts';
import { parseJson } from '../fhir/json-source.ts';
import { isResource, type Resource } from '../fhir/resource.ts';
import { type FhirAnswer, type FhirClient, issuesOfAnswer } from './fhir-client.ts';

export interface LoadResult {
  /** Types of the resources that were stored, one item a resource. */
  readonly stored: readonly string[];
  /** Why others were not. */
  readonly issues: readonly Issue[];
  /** HTTP status of the answer; absent when nothing was sent. */
  readonly status?: number;
}

/** @param text of the file */
export async function loadResource(client: FhirClient, text: string): Promise<LoadResult> {
  const resource = read(text);
  if (Array.isArray(resource)) return { stored: [], issues: resource };
  if (resource.resourceType === 'Bundle' && (resource.type === 'transaction' || resource.type === 'batch')) {
    return bundleResult(resource as Resource & Bundle, await client.send('POST', '', text));
  }
  const { resourceType, id } = resource;
  const answer = await (id === undefined
    ? client.send('POST', resourceType, text)
    : client.send('PUT', `${resourceType}/${encodeURIComponent(id)}`, text));
  const { status } = answer;
  return isSuccess(status)
    ? { stored: [resourceType], issues: [], status }
    : { stored: [], issues: issuesOfAnswer(answer), status };
}

function read(text: string): Resource | Issue[] {
  try {
    const value = parseJson(text);
    if (isResource(value)) return value;
    return [
      { severity: 'error', code: 'structure', key: 'malformed-request', text: 'The file holds no resource' },
    ];
  } catch (error) {
    if (error instanceof FhirError) return [...error.issues];
    throw error;
  }
}

/** A transaction succeeds as a whole; the entries of a batch each for themselves. */
function bundleResult(sent: Bundle, answer: FhirAnswer): LoadResult {
  const { status } = answer;
  if (!isSuccess(status)) return { stored: [], issues: issuesOfAnswer(answer), status };
  const answered = (answer.body as Partial<Bundle> | undefined)?.entry ?? [];
  const stored: string[] = [];
  const issues: Issue[] = [];
  for (const [index, entry] of (sent.entry ?? []).entries()) {
    const response = answered[index]?.response;
    const entryStatus = Number.parseInt(response?.status ?? '', 10);
    if (!isSuccess(entryStatus)) {
      issues.push(...entryIssues(index, entryStatus, response?.outcome));
    } else if (isWrite(entry)) {
      stored.push(entry.resource?.resourceType ?? entry.request!.url!.split(/[/?]/)[0]!);
    }
  }
  return { stored, issues, status };
}

function entryIssues(index: number, status: number, outcome: unknown): Issue[] {
  const at = `Bundle.entry[${index}]`;
  return issuesOfAnswer({ status, body: outcome }).map((issue) =>
    issue.expression?.startsWith('Bundle') ? issue : { ...issue, expression: at },
  );
}

function isWrite(entry: BundleEntry): boolean {
  return (
    entry.request?.method === 'POST' || entry.request?.method === 'PUT' || entry.request?.method === 'PATCH'
  );
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
