/** The answer that carries one version of a resource. https://hl7.org/fhir/R4/http.html#ops */
import type { Issue } from '../core/issue.ts';
import type { StoredVersion } from '../storage/store.ts';
import type { RequestContext, Result } from './interaction.ts';

/** Absolute URL of a version. */
export function versionUrl(
  context: RequestContext,
  version: Pick<StoredVersion, 'type' | 'id' | 'version'>,
): string {
  return `${context.baseUrl}/${version.type}/${version.id}/_history/${version.version}`;
}

/** The answer to a write that stored (or found) this version. */
export function writeResult(
  context: RequestContext,
  status: number,
  version: StoredVersion,
  issues: readonly Issue[] = [],
): Result {
  return { ...versionResult(status, version), issues, location: versionUrl(context, version) };
}

/** The answer to a read of this version. */
export function readResult(context: RequestContext, version: StoredVersion): Result {
  return { ...versionResult(200, version), contentLocation: versionUrl(context, version) };
}

/** A version with the headers that identify it. */
export function versionResult(status: number, version: StoredVersion): Result {
  const { body, version: number, updated } = version;
  return { status, version: number, updated, ...(body === undefined ? {} : { body }) };
}
