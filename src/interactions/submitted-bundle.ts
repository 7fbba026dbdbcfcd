/**
 * A batch or transaction Bundle as a client sent it: its entries with their requests, their resources and their text.
 * https://hl7.org/fhir/R4/http.html#transaction
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import type { Issue } from '../core/issue.ts';
import { inTurns } from '../core/pauses.ts';
import { createLocator, type Locator } from '../fhir/json-locator.ts';
import { parseJsonInTurns } from '../fhir/json-source.ts';
import { isObject, isResource, type Resource } from '../fhir/resource.ts';
import { resourceTexts } from '../fhir/resource-texts.ts';
import type { Preconditions } from './conditional.ts';
import type { Services } from './interaction.ts';
import type { Parameters } from './search.ts';

export const bundleMethods = ['DELETE', 'POST', 'PUT', 'PATCH', 'GET', 'HEAD'] as const;
export type BundleMethod = (typeof bundleMethods)[number];

export interface BundleEntry extends Preconditions {
  /** Place in the Bundle. */
  readonly index: number;
  readonly method: BundleMethod;
  /** `entry.request.url` taken apart: path segments after the base, and the decoded query. */
  readonly path: readonly string[];
  readonly query: Parameters;
  readonly fullUrl: string | undefined;
  readonly resource: Resource | undefined;
  /** Text of the resource within the Bundle. */
  readonly text: string | undefined;
  readonly ifNoneExist: string | undefined;
  readonly ifModifiedSince: string | undefined;
}

interface Placing {
  /** Turns findings of entry n into findings of the Bundle: prefixed, with positions in its text. */
  readonly place: (index: number, issues: readonly Issue[]) => Issue[];
}

/** What is wrong with one entry of a batch does not concern the others. */
export interface SubmittedBatch extends Placing {
  readonly type: 'batch';
  readonly entries: readonly (BundleEntry | FhirError)[];
}

export interface SubmittedTransaction extends Placing {
  readonly type: 'transaction';
  readonly entries: readonly BundleEntry[];
}

/**
 * @param text JSON text of the Bundle
 * @param locator when the text was not submitted as JSON: finds elements in what was
 * @throws FhirError 400 for anything that is no batch or transaction, and for a transaction with a malformed request
 */
export async function parseBundle(
  services: Services,
  baseUrl: string,
  text: string,
  locator: () => Locator = () => createLocator(text),
): Promise<SubmittedBatch | SubmittedTransaction> {
  const value = await parseJsonInTurns(text);
  if (!isResource(value) || value.resourceType !== 'Bundle') {
    throw refuse('bundle-invalid', 'The body is not a Bundle');
  }
  if (value.type !== 'batch' && value.type !== 'transaction') {
    throw refuse('bundle-invalid', 'The Bundle is neither a batch nor a transaction', {
      expression: 'Bundle.type',
    });
  }
  if (value.entry !== undefined && !Array.isArray(value.entry)) {
    throw refuse('bundle-invalid', 'Bundle.entry is not an array', { expression: 'Bundle.entry' });
  }
  let locate: Locator | undefined;
  const place = (index: number, issues: readonly Issue[]): Issue[] =>
    issues.map((issue) => {
      const expression = `Bundle.entry[${index}]${entryPath(issue.expression)}`;
      locate ??= locator();
      return { ...issue, expression, ...locate(expression) };
    });
  const texts = await inTurns(resourceTexts(text, 'entry'));
  const entries = ((value.entry ?? []) as unknown[]).map((entry, index) => {
    try {
      return parseEntry(services, baseUrl, entry, index, texts[index]);
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      return new FhirError(error.status, place(index, error.issues));
    }
  });
  if (value.type === 'batch') return { type: 'batch', entries, place };
  return { type: 'transaction', entries: entries.map(requireSound), place };
}

function requireSound(entry: BundleEntry | FhirError): BundleEntry {
  if (entry instanceof FhirError) throw entry;
  return entry;
}

/** `Patient.name` is the entry's resource; `entry.request.url` a part of the entry itself. */
function entryPath(expression: string | undefined): string {
  if (expression === undefined) return '';
  const dot = expression.search(/[.[]/);
  const rest = dot === -1 ? '' : expression.slice(dot);
  return expression.startsWith('entry') ? rest : `.resource${rest}`;
}

function parseEntry(
  services: Services,
  baseUrl: string,
  entry: unknown,
  index: number,
  text: string | undefined,
): BundleEntry {
  const request = isObject(entry) ? entry.request : undefined;
  if (!isObject(entry) || !isObject(request))
    throw refuse('bundle-invalid', 'An entry needs a request', { expression: 'entry' });
  const method = bundleMethods.find((name) => name === request.method);
  if (!method) {
    throw refuse('bundle-invalid', `request.method is none of ${bundleMethods.join(', ')}`, {
      expression: 'entry.request.method',
    });
  }
  const resource = isResource(entry.resource) ? entry.resource : undefined;
  const { path, query } = parseUrl(baseUrl, request.url);
  const [type] = path;
  if (type !== undefined && /^[A-Z]/.test(type) && !services.registry.isResourceType(type)) {
    throw refuse('bundle-invalid', 'request.url does not start with a resource type', {
      expression: 'entry.request.url',
    });
  }
  if (isStored(method, path)) requireResource(resource, path, method);
  return {
    index,
    method,
    path,
    query,
    fullUrl: textOf(entry.fullUrl),
    resource,
    text: resource && text,
    ifMatch: textOf(request.ifMatch),
    ifNoneMatch: textOf(request.ifNoneMatch),
    ifNoneExist: textOf(request.ifNoneExist),
    ifModifiedSince: textOf(request.ifModifiedSince),
  };
}

/** Whether a request stores the resource it comes with: not a search by POST, an operation or a patch. */
export function isStored(method: BundleMethod, path: readonly string[]): boolean {
  return method === 'PUT' || (method === 'POST' && !path.some((segment) => /^[_$]/.test(segment)));
}

function requireResource(resource: Resource | undefined, path: readonly string[], method: string): void {
  if (!resource) throw refuse('bundle-invalid', `A ${method} needs a resource`, { expression: 'entry' });
  if (path.length > 0 && path[0] !== resource.resourceType) {
    throw refuse('type-mismatch', 'The resource is not of the type in request.url', {
      expression: 'entry.request.url',
    });
  }
}

/** A relative URL, or an absolute one of this server. */
function parseUrl(baseUrl: string, url: unknown): { path: string[]; query: Parameters } {
  const text = textOf(url);
  if (text === undefined)
    throw refuse('bundle-invalid', 'request.url is missing', { expression: 'entry.request.url' });
  const relative = text.startsWith(`${baseUrl}/`) ? text.slice(baseUrl.length + 1) : text.replace(/^\//, '');
  const [path = '', query = ''] = splitOnce(relative, '?');
  return {
    path: path.split('/').filter((segment) => segment !== ''),
    query: [...new URLSearchParams(query)],
  };
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What a Bundle asks for that this server does not do. */
export function unsupported(entry: BundleEntry): FhirError {
  return refuse('method-not-allowed', `${entry.method} is not supported at this URL within a Bundle`, {
    expression: 'entry.request.url',
  });
}

/** Puts the refusal of one entry into its place in the Bundle. */
export async function placed<T>(
  bundle: Placing,
  entry: Pick<BundleEntry, 'index'>,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof FhirError ? refusalAt(bundle, entry, error) : error;
  }
}

/** The refusal of one entry, with its place in the Bundle. */
export function refusalAt(
  bundle: Placing,
  { index }: Pick<BundleEntry, 'index'>,
  error: FhirError,
): FhirError {
  return new FhirError(error.status, bundle.place(index, error.issues), error.headers);
}
