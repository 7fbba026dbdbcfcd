/**
 * Version read: GET [base]/[type]/[id]/_history/[vid].
 * https://hl7.org/fhir/R4/http.html#vread
 */
import type { RequestContext, Result, Services } from './interaction.ts';
import { requirePresent } from './read.ts';
import { versionResult } from './versioned-result.ts';

export interface ReadVersionRequest {
  readonly type: string;
  readonly id: string;
  readonly version: string;
}

/** 200; 404 for a version that never was, 410 for one that is a deletion. */
export async function readVersion(
  services: Services,
  _context: RequestContext,
  request: ReadVersionRequest,
): Promise<Result> {
  const number = /^[1-9][0-9]{0,14}$/.test(request.version) ? Number(request.version) : undefined;
  const version =
    number === undefined ? undefined : await services.store.readVersion(request.type, request.id, number);
  return versionResult(200, requirePresent(version));
}
