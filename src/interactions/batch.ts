/**
 * Batch and transaction: POST [base].
 * A batch answers each entry by itself; a transaction happens as a whole or not at all.
 * https://hl7.org/fhir/R4/http.html#transaction
 */
import { FhirError } from '../core/fhir-error.ts';
import type { Locator } from '../fhir/json-locator.ts';
import { operationOutcome } from '../fhir/operation-outcome.ts';
import { bundleText, type EntryParts } from './bundle-text.ts';
import { create } from './create.ts';
import { deleteResource } from './delete.ts';
import { instanceHistory } from './history.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { read } from './read.ts';
import { readVersion } from './read-version.ts';
import { search } from './search.ts';
import { type BundleEntry, parseBundle, unsupported } from './submitted-bundle.ts';
import { runTransaction } from './transaction.ts';
import { update } from './update.ts';
import { instant } from './write-version.ts';

export interface BatchRequest {
  readonly text: string;
  /** When the text was not submitted as JSON: finds elements in what was. */
  readonly locator?: (() => Locator) | undefined;
}

/** 200 with a batch-response or transaction-response; a failed transaction answers as its failing entry does. */
export async function batch(
  services: Services,
  context: RequestContext,
  request: BatchRequest,
): Promise<Result> {
  const bundle = parseBundle(services, context.baseUrl, request.text, request.locator);
  if (bundle.type === 'transaction') {
    const results = await runTransaction(services, context, bundle);
    return bundleResult('transaction-response', context, results);
  }
  const results: Result[] = [];
  for (const entry of bundle.entries) {
    try {
      results.push(await dispatch(services, context, entry));
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      results.push({ status: error.status, issues: bundle.place(entry.index, error.issues) });
    }
  }
  return bundleResult('batch-response', context, results);
}

/** Hands an entry to the interaction its method and URL name. */
async function dispatch(services: Services, context: RequestContext, entry: BundleEntry): Promise<Result> {
  const [type, id, history, version, ...more] = entry.path;
  const ifMatch = entry.ifMatch === undefined ? {} : { ifMatch: entry.ifMatch };
  if (type === undefined || more.length > 0) throw unsupported(entry);
  const text = entry.text ?? '';
  switch (`${entry.method} ${[id, history, version].filter((part) => part !== undefined).length}`) {
    case 'POST 0':
      return create(services, context, {
        type,
        text,
        ...(entry.ifNoneExist === undefined ? {} : { ifNoneExist: entry.ifNoneExist }),
      });
    case 'PUT 1':
      return update(services, context, { type, id: id!, text, ...ifMatch });
    case 'DELETE 1':
      return deleteResource(services, context, { type, id: id!, ...ifMatch });
    case 'GET 0':
      return search(services, context, { type, parameters: entry.query });
    case 'GET 1':
    case 'HEAD 1':
      return read(services, context, {
        type,
        id: id!,
        ...(entry.ifNoneMatch === undefined ? {} : { ifNoneMatch: entry.ifNoneMatch }),
      });
    case 'GET 2':
      if (history !== '_history') throw unsupported(entry);
      return instanceHistory(services, context, { type, id: id!, parameters: entry.query });
    case 'GET 3':
      if (history !== '_history') throw unsupported(entry);
      return readVersion(services, context, { type, id: id!, version: version! });
    default:
      throw unsupported(entry);
  }
}

function bundleResult(
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
  return {
    ...(withBody ? { resource: body.toString() } : {}),
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
