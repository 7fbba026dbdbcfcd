/**
 * Read: GET [base]/[type]/[id], answered from the cache while nothing was written to the resource.
 * https://hl7.org/fhir/R4/http.html#read
 */
import { refuse } from '../core/fhir-error.ts';
import { isLogicalId } from '../core/ids.ts';
import type { StoredVersion } from '../storage/store.ts';
import { cached } from './cached.ts';
import { namesVersion } from './conditional.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import type { Parameters } from './search.ts';
import { subsetOfOne } from './subset-parameters.ts';
import { versionUrl } from './versioned-result.ts';

export interface ReadRequest {
  readonly type: string;
  readonly id: string;
  /** If-None-Match as sent. */
  readonly ifNoneMatch?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly ifModifiedSince?: number | undefined;
  /** `_summary` and `_elements`. */
  readonly parameters?: Parameters;
}

/** 200, 304 when the client has it already, 404 when the id was never used, 410 when it is deleted. */
export async function read(
  services: Services,
  context: RequestContext,
  request: ReadRequest,
): Promise<Result> {
  const { type, id } = request;
  const scope = `${type}/${id}`;
  const { value, cache } = await cached(services, ['read', type, id], [scope], async () =>
    packVersion(requirePresent(isLogicalId(id) ? await services.store.read(type, id) : undefined)),
  );
  const { body, ...found } = unpackVersion(value);
  const contentLocation = versionUrl(context, { type, id, version: found.version });
  return asAsked(services, request, { ...found, cache, contentLocation, body });
}

/** The answer to a read as its parameters and conditions want it: a part of the resource, or nothing new. */
export function asAsked(
  services: Services,
  request: Omit<ReadRequest, 'id'>,
  { body, ...head }: Result,
): Result {
  if (isUnchanged(head, request)) return { ...head, status: 304 };
  const { type, parameters = [] } = request;
  const subset = parameters.length > 0 ? subsetOfOne(services, type, parameters) : undefined;
  if (body === undefined) return head;
  return { ...head, body: subset ? services.subsetResource(type, body.toString(), subset) : body };
}

/**
 * The version, if it holds a resource.
 * @throws FhirError 404 or 410
 */
export function requirePresent(
  version: StoredVersion | undefined,
): StoredVersion & { readonly body: string } {
  if (!version) throw refuse('not-found', 'There is no such resource');
  const { body } = version;
  if (body === undefined) throw refuse('deleted', 'The resource has been deleted');
  return { ...version, body };
}

function isUnchanged(result: Result, request: Omit<ReadRequest, 'id'>): boolean {
  if (request.ifNoneMatch !== undefined) {
    return namesVersion(request.ifNoneMatch, result.version);
  }
  // Last-Modified has whole seconds.
  return (
    request.ifModifiedSince !== undefined &&
    result.updated !== undefined &&
    Math.floor(result.updated / 1000) * 1000 <= request.ifModifiedSince
  );
}

/** A version as the cache keeps it: a line of head, then the very bytes of the body. */
function packVersion(version: StoredVersion & { readonly body: string }): Buffer {
  return Buffer.from(`${version.version} ${version.updated}\n${version.body}`);
}

function unpackVersion(value: Buffer) {
  const end = value.indexOf(0x0a);
  const [version, updated] = value.toString('latin1', 0, end).split(' ').map(Number);
  return { status: 200, version: version!, updated: updated!, body: value.subarray(end + 1) };
}
