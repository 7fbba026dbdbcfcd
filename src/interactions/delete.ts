/**
 * Delete: DELETE [base]/[type]/[id], and conditional delete: DELETE [base]/[type]?search. Versions stay in the history.
 * https://hl7.org/fhir/R4/http.html#delete and https://hl7.org/fhir/R4/http.html#3.1.0.7.1
 */
import { createPauses } from '../core/pauses.ts';
import type { StoredVersion, StoreReader } from '../storage/store.ts';
import { findMatch, findMatches, type Preconditions, requirePreconditions } from './conditional.ts';
import { withFollowUps } from './follow-up.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import type { Parameters } from './search.ts';
import { transact } from './transact.ts';
import { type Work, writeDeletion } from './write-version.ts';

export interface DeleteRequest extends Preconditions {
  readonly type: string;
  /** The resource to delete, or else the search that finds it. */
  readonly target: string | Parameters;
}

/** 204, also when there was nothing to delete; 412 when a condition matches several and the server deletes but one. */
export async function deleteResource(
  services: Services,
  context: RequestContext,
  request: DeleteRequest,
): Promise<Result> {
  return transact(services, async (work) => {
    const { type, target } = request;
    const matches =
      typeof target === 'string'
        ? [await work.transaction.read(type, target)]
        : await deletionMatches(services, work.transaction, type, target);
    const result = await deleteWithin(services, work, matches, request);
    const { issues = [] } = await withFollowUps(services, work, result);
    return context.preferReturn === 'OperationOutcome' ? { ...result, status: 200, issues } : result;
  });
}

/**
 * What a conditional delete means: none or one, or as many as match where the server is set up so.
 * @throws FhirError 412 when it matches more than may be deleted at once
 */
export async function deletionMatches(
  services: Services,
  reader: StoreReader,
  type: string,
  condition: Parameters,
): Promise<StoredVersion[]> {
  if (services.conditionalDelete === 'multiple') return findMatches(services, reader, type, condition);
  const match = await findMatch(services, reader, type, condition);
  return match ? [match] : [];
}

/** Deletes inside a unit of work what is not deleted yet. */
export async function deleteWithin(
  services: Services,
  work: Work,
  matches: readonly (StoredVersion | undefined)[],
  preconditions: Preconditions,
): Promise<Result> {
  const pause = createPauses();
  const targets = matches.length > 0 ? matches : [undefined];
  const deleted: StoredVersion[] = [];
  for (const current of targets) {
    requirePreconditions(current, preconditions);
    if (current?.body === undefined) continue;
    await pause();
    deleted.push(await writeDeletion(services, work, current));
  }
  const [only, ...others] = deleted;
  if (!only || others.length > 0) return { status: 204 };
  return { status: 204, version: only.version, updated: only.updated };
}
