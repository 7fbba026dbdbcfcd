/**
 * Update: PUT [base]/[type]/[id]; creates the resource under the client's id when there is none.
 * https://hl7.org/fhir/R4/http.html#update
 */
import type { Locator } from '../fhir/json-locator.ts';
import { requireVersion } from './conditional.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { parseResource, requireId, validateForWrite } from './submitted-resource.ts';
import { transact } from './transact.ts';
import { writeResult } from './versioned-result.ts';
import { writeVersion } from './write-version.ts';

export interface UpdateRequest {
  readonly type: string;
  readonly id: string;
  readonly text: string;
  /** When the text was not submitted as JSON: finds elements in what was. */
  readonly locator?: (() => Locator) | undefined;
  /** If-Match as sent. */
  readonly ifMatch?: string;
}

/** 200 with the new version, 201 when it is the first or follows a deletion; 412 when If-Match names another. */
export async function update(
  services: Services,
  context: RequestContext,
  request: UpdateRequest,
): Promise<Result> {
  const { type, id, text } = request;
  const resource = parseResource(type, text);
  requireId(resource, id);
  const issues = await validateForWrite(services, resource, text, request.locator);
  return transact(services, async (work) => {
    const current = await work.transaction.read(type, id);
    requireVersion(current, request.ifMatch);
    const version = await writeVersion(services, work, { method: 'PUT', resource, text, id }, current);
    return writeResult(context, current?.body === undefined ? 201 : 200, version, issues);
  });
}
