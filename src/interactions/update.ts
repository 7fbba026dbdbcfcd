/**
 * Update: PUT [base]/[type]/[id]; creates the resource under the client's id when there is none. Conditional update:
 * PUT [base]/[type]?search updates what the search finds, or creates.
 * https://hl7.org/fhir/R4/http.html#update and https://hl7.org/fhir/R4/http.html#cond-update
 */
import { refuse } from '../core/fhir-error.ts';
import type { Issue } from '../core/issue.ts';
import type { Locator } from '../fhir/json-locator.ts';
import type { Resource } from '../fhir/resource.ts';
import type { StoreReader } from '../storage/store.ts';
import { findMatch, type Preconditions, requirePreconditions } from './conditional.ts';
import { withLocalReferences } from './conditional-references.ts';
import { withFollowUps } from './follow-up.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { provenanceOf } from './provenance.ts';
import type { Parameters } from './search.ts';
import { parseResource, requireId, validateForWrite } from './submitted-resource.ts';
import { transact } from './transact.ts';
import { writeResult } from './versioned-result.ts';
import { type Work, type WriteRequest, writeVersion } from './write-version.ts';

export interface UpdateRequest extends Preconditions {
  readonly type: string;
  /** The resource to update, or else the search that finds it. */
  readonly target: string | Parameters;
  readonly text: string;
  /** When the text was not submitted as JSON: finds elements in what was. */
  readonly locator?: (() => Locator) | undefined;
  /** X-Provenance as sent. */
  readonly provenance?: string | undefined;
}

/** 200 with the new version, 201 when it is the first or follows a deletion; 412 when a condition does not hold. */
export async function update(
  services: Services,
  context: RequestContext,
  request: UpdateRequest,
): Promise<Result> {
  const { type, target, text } = request;
  const resource = parseResource(type, text);
  if (typeof target === 'string') requireId(resource, target);
  const issues = await validateForWrite(services, resource, text, request.locator);
  const recordProvenance = provenanceOf(services, context, request.provenance);
  return transact(services, async (work) => {
    const id =
      typeof target === 'string' ? target : await updateTarget(services, work.transaction, resource, target);
    const linked = await withLocalReferences(services, work.transaction, { resource, text });
    const result = await updateWithin(services, context, work, { ...linked, id }, request, issues);
    await recordProvenance(work, result);
    return withFollowUps(services, work, result);
  });
}

/**
 * The id that a conditional update writes to: that of the match, of the body or a new one.
 * @throws FhirError 412 for several matches, 400 when the match has another id than the body, 409 when the search
 *   finds nothing and the id of the body is taken
 */
export async function updateTarget(
  services: Services,
  reader: StoreReader,
  { resourceType: type, id }: Resource,
  condition: Parameters,
): Promise<string> {
  const match = await findMatch(services, reader, type, condition);
  if (match && id !== undefined && match.id !== id) {
    throw refuse('id-mismatch', 'The resource that meets the condition has another id than the body', {
      expression: `${type}.id`,
    });
  }
  if (match) return match.id;
  if (id === undefined) return services.ids.next();
  if ((await reader.read(type, id))?.body !== undefined) {
    throw refuse('conflict', 'The id of the body belongs to a resource that does not meet the condition', {
      expression: `${type}.id`,
    });
  }
  return id;
}

/** Stores the next version of a resource inside a unit of work. */
export async function updateWithin(
  services: Services,
  context: RequestContext,
  work: Work,
  change: Omit<WriteRequest, 'method'>,
  preconditions: Preconditions,
  issues: readonly Issue[],
): Promise<Result> {
  const current = await work.transaction.read(change.resource.resourceType, change.id);
  requirePreconditions(current, preconditions);
  const version = await writeVersion(services, work, { ...change, method: 'PUT' }, current);
  return writeResult(context, current?.body === undefined ? 201 : 200, version, issues);
}
