/**
 * Batch and transaction: POST [base].
 * A batch answers each entry by itself; a transaction happens as a whole or not at all.
 * https://hl7.org/fhir/R4/http.html#transaction
 */
import { setImmediate } from 'node:timers/promises';
import { FhirError } from '../core/fhir-error.ts';
import type { Locator } from '../fhir/json-locator.ts';
import { operationOutcome } from '../fhir/operation-outcome.ts';
import { bundleText, type EntryParts } from './bundle-text.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { type BundleEntry, parseBundle, placed, unsupported } from './submitted-bundle.ts';
import { runTransaction } from './transaction.ts';
import { instant } from './write-version.ts';

/** Hands an entry to the interaction its method and URL name; undefined when they name none. */
export type Dispatch = (
  services: Services,
  context: RequestContext,
  entry: BundleEntry,
) => Promise<Result> | undefined;

export interface BatchRequest {
  readonly text: string;
  readonly dispatch: Dispatch;
  /** When the text was not submitted as JSON: finds elements in what was. */
  readonly locator?: (() => Locator) | undefined;
}

/** 200 with a batch-response or transaction-response; a failed transaction answers as its failing entry does. */
export async function batch(
  services: Services,
  context: RequestContext,
  request: BatchRequest,
): Promise<Result> {
  const bundle = await parseBundle(services, context.baseUrl, request.text, request.locator);
  if (bundle.type === 'transaction') {
    const results = await runTransaction(services, context, bundle);
    // The commit may have waited for the disk.
    await setImmediate();
    return bundleResult('transaction-response', context, results);
  }
  const results: Result[] = [];
  for (const entry of bundle.entries) {
    try {
      if (entry instanceof FhirError) throw entry;
      results.push(
        await placed(bundle, entry, async () => {
          const answer = request.dispatch(services, context, entry);
          if (!answer) throw unsupported(entry);
          return answer;
        }),
      );
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      results.push({ status: error.status, issues: error.issues });
    }
  }
  return bundleResult('batch-response', context, results);
}

/** The answers to requests, each as an entry. */
export function bundleResult(
  type: 'batch-response' | 'transaction-response',
  context: RequestContext,
  results: readonly Result[],
): Result {
  return {
    status: 200,
    body: bundleText(
      { type },
      results.map((result) => responseEntry(context, result)),
    ),
  };
}

function responseEntry(context: RequestContext, result: Result): EntryParts {
  const { status, body, issues = [], version, updated, location } = result;
  // A write answers with its resource unless the client prefers otherwise; a read always does.
  const withBody =
    body !== undefined && (location === undefined || context.preferReturn === 'representation');
  const wantsOutcome =
    status >= 400 || (location !== undefined && context.preferReturn === 'OperationOutcome');
  // An answer without a resource is its findings.
  const isOutcome = body === undefined && location === undefined && status === 200;
  return {
    ...(withBody ? { resource: body.toString() } : {}),
    ...(isOutcome ? { resource: JSON.stringify(operationOutcome(issues)) } : {}),
    response: {
      status: statusLine(status),
      ...(location === undefined ? {} : { location }),
      ...(version === undefined ? {} : { etag: `W/"${version}"` }),
      ...(updated === undefined ? {} : { lastModified: instant(updated) }),
      ...(wantsOutcome ? { outcome: operationOutcome(issues) } : {}),
    },
  };
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  304: 'Not Modified',
};

function statusLine(status: number): string {
  const reason = reasons[status];
  return reason === undefined ? String(status) : `${status} ${reason}`;
}
