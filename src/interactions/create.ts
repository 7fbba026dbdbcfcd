/**
 * Create: POST [base]/[type], conditional when If-None-Exist names a search.
 * https://hl7.org/fhir/R4/http.html#create
 */
import type { Locator } from '../fhir/json-locator.ts';
import { findMatch, parseCondition } from './conditional.ts';
import { withLocalReferences } from './conditional-references.ts';
import { withFollowUps } from './follow-up.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { provenanceOf } from './provenance.ts';
import { parseResource, validateForWrite } from './submitted-resource.ts';
import { transact } from './transact.ts';
import { writeResult } from './versioned-result.ts';
import { writeVersion } from './write-version.ts';

export interface CreateRequest {
  readonly type: string;
  readonly text: string;
  /** When the text was not submitted as JSON: finds elements in what was. */
  readonly locator?: (() => Locator) | undefined;
  /** Query text of If-None-Exist. */
  readonly ifNoneExist?: string | undefined;
  /** X-Provenance as sent. */
  readonly provenance?: string | undefined;
}

/** 201 with the new version; 200 with the existing one when the condition matches one; 412 when it matches several. */
export async function create(
  services: Services,
  context: RequestContext,
  request: CreateRequest,
): Promise<Result> {
  const { type, text } = request;
  const resource = parseResource(type, text);
  const issues = await validateForWrite(services, resource, text, request.locator);
  const recordProvenance = provenanceOf(services, context, request.provenance);
  return transact(services, async (work) => {
    const existing =
      request.ifNoneExist === undefined
        ? undefined
        : await findMatch(services, work.transaction, type, parseCondition(request.ifNoneExist));
    if (existing) return writeResult(context, 200, existing, issues);
    const id = services.ids.next();
    const linked = await withLocalReferences(services, work.transaction, { resource, text });
    const version = await writeVersion(services, work, { ...linked, method: 'POST', id }, undefined);
    const result = writeResult(context, 201, version, issues);
    await recordProvenance(work, result);
    return withFollowUps(services, work, result);
  });
}
