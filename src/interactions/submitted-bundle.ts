/**
 * A batch or transaction Bundle as a client sent it: its entries with their requests, their resources and their text.
 * https://hl7.org/fhir/R4/http.html#transaction
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import type { Issue } from '../core/issue.ts';
import { createLocator, type Locator } from '../fhir/json-locator.ts';
import { parseJson } from '../fhir/json-source.ts';
import { isObjectAt, itemSpans, memberSpans, skipSpace } from '../fhir/json-text.ts';
import { isObject, isResource, type Resource } from '../fhir/resource.ts';
import type { Services } from './interaction.ts';
import type { Parameters } from './search.ts';

export const bundleMethods = ['DELETE', 'POST', 'PUT', 'GET', 'HEAD'] as const;
export type BundleMethod = (typeof bundleMethods)[number];

export interface BundleEntry {
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
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifNoneExist: string | undefined;
}

export interface SubmittedBundle {
  readonly type: 'batch' | 'transaction';
  readonly entries: readonly BundleEntry[];
  /** Turns findings of entry n into findings of the Bundle: prefixed, with positions in its text. */
  readonly place: (index: number, issues: readonly Issue[]) => Issue[];
}

/**
 * @param text JSON text of the Bundle
 * @param locator when the text was not submitted as JSON: finds elements in what was
 * @throws FhirError 400 for anything that is no batch or transaction with well-formed requests
 */
export function parseBundle(
  services: Services,
  baseUrl: string,
  text: string,
  locator: () => Locator = () => createLocator(text),
): SubmittedBundle {
  const value = parseJson(text);
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
  const locate = locator();
  const place = (index: number, issues: readonly Issue[]): Issue[] =>
    issues.map((issue) => {
      const expression = `Bundle.entry[${index}]${entryPath(issue.expression)}`;
      return { ...issue, expression, ...locate(expression) };
    });
  const texts = resourceTexts(text);
  const entries = ((value.entry ?? []) as unknown[]).map((entry, index) => {
    try {
      return parseEntry(services, baseUrl, entry, index, texts[index]);
    } catch (error) {
      throw error instanceof FhirError ? new FhirError(error.status, place(index, error.issues)) : error;
    }
  });
  return { type: value.type, entries, place };
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
  if (type !== undefined && !services.registry.isResourceType(type)) {
    throw refuse('bundle-invalid', 'request.url does not start with a resource type', {
      expression: 'entry.request.url',
    });
  }
  if (method === 'POST' || method === 'PUT') requireResource(resource, path, method);
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
  };
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

/** The text of each entry's resource, found without parsing anew. */
function resourceTexts(text: string): (string | undefined)[] {
  const entry = memberSpans(text, skipSpace(text, 0)).find((member) => member.key === 'entry');
  if (!entry) return [];
  return itemSpans(text, entry.value).map((item) => {
    if (!isObjectAt(text, item.start)) return undefined;
    const resource = memberSpans(text, item.start).find((member) => member.key === 'resource');
    return resource && text.slice(resource.value, resource.end);
  });
}

/** What a Bundle asks for that this server does not do. */
export function unsupported(entry: BundleEntry): FhirError {
  return refuse('method-not-allowed', `${entry.method} is not supported at this URL within a Bundle`, {
    expression: 'entry.request.url',
  });
}
