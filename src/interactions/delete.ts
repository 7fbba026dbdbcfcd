/**
 * Delete: DELETE [base]/[type]/[id]. Its versions stay in the history.
 * https://hl7.org/fhir/R4/http.html#delete
 */
import { requireVersion } from './conditional.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { transact } from './transact.ts';
import { writeDeletion } from './write-version.ts';

export interface DeleteRequest {
  readonly type: string;
  readonly id: string;
  /** If-Match as sent. */
  readonly ifMatch?: string;
}

/** 204, also when there was nothing to delete. */
export async function deleteResource(
  services: Services,
  _context: RequestContext,
  request: DeleteRequest,
): Promise<Result> {
  return transact(services, async (work) => {
    const current = await work.transaction.read(request.type, request.id);
    requireVersion(current, request.ifMatch);
    if (current?.body === undefined) return { status: 204 };
    const { version, updated } = await writeDeletion(services, work, current);
    return { status: 204, version, updated };
  });
}
