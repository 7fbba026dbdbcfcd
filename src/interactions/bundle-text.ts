/**
 * Bundles the server answers with, written as text around stored resources, so that those go out as they are.
 * https://hl7.org/fhir/R4/bundle.html
 */
import type { Issue } from '../core/issue.ts';
import { operationOutcome } from '../fhir/operation-outcome.ts';

export interface BundleLink {
  readonly relation: 'self' | 'next' | 'previous' | 'first' | 'last';
  readonly url: string;
}

export interface BundleHead {
  readonly type: 'searchset' | 'history' | 'batch-response' | 'transaction-response' | 'collection';
  /** When it was put together. */
  readonly timestamp?: string;
  readonly total?: number | undefined;
  readonly links?: readonly BundleLink[];
}

/** Members of an entry: `resource` is JSON text, the others plain values. */
export interface EntryParts {
  readonly fullUrl?: string;
  readonly resource?: string | undefined;
  readonly search?: { readonly mode: 'match' | 'include' | 'outcome' };
  readonly request?: { readonly method: string; readonly url: string };
  readonly response?: Readonly<Record<string, unknown>>;
}

export function bundleText(head: BundleHead, entries: readonly EntryParts[]): string {
  const parts = [`"resourceType":"Bundle","type":"${head.type}"`];
  if (head.timestamp !== undefined) parts.push(`"timestamp":"${head.timestamp}"`);
  if (head.total !== undefined) parts.push(`"total":${head.total}`);
  if (head.links) parts.push(`"link":${JSON.stringify(head.links)}`);
  if (entries.length > 0) parts.push(`"entry":[${entries.map(entryText).join(',')}]`);
  return `{${parts.join(',')}}`;
}

function entryText(entry: EntryParts): string {
  const parts: string[] = [];
  if (entry.fullUrl !== undefined) parts.push(`"fullUrl":${JSON.stringify(entry.fullUrl)}`);
  if (entry.resource !== undefined) parts.push(`"resource":${entry.resource}`);
  for (const name of ['search', 'request', 'response'] as const) {
    if (entry[name]) parts.push(`"${name}":${JSON.stringify(entry[name])}`);
  }
  return `{${parts.join(',')}}`;
}

/** An entry that tells the client what was made of its search. */
export function outcomeEntry(issues: readonly Issue[]): EntryParts {
  return { resource: JSON.stringify(operationOutcome(issues)), search: { mode: 'outcome' } };
}
