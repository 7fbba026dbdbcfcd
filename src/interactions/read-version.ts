/**
 * Version read: GET [base]/[type]/[id]/_history/[vid].
 * https://hl7.org/fhir/R4/http.html#vread
 */
import type { StoreReader } from '../storage/store.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { asAsked, requirePresent } from './read.ts';
import type { Parameters } from './search.ts';
import { readResult } from './versioned-result.ts';

export interface ReadVersionRequest {
  readonly type: string;
  readonly id: string;
  readonly version: string;
  /** `_summary` and `_elements`. */
  readonly parameters?: Parameters;
}

/** 200; 404 for a version that never was, 410 for one that is a deletion. */
export async function readVersion(
  services: Services,
  context: RequestContext,
  request: ReadVersionRequest,
): Promise<Result> {
  return readVersionWithin(services, services.store, context, request);
}

/** The same of a transaction in progress. */
export async function readVersionWithin(
  services: Services,
  reader: StoreReader,
  context: RequestContext,
  request: ReadVersionRequest,
): Promise<Result> {
  const number = /^[1-9][0-9]{0,14}$/.test(request.version) ? Number(request.version) : undefined;
  const version =
    number === undefined ? undefined : await reader.readVersion(request.type, request.id, number);
  const { type, parameters = [] } = request;
  return asAsked(services, { type, parameters }, readResult(context, requirePresent(version)));
}
