/**
 * Patch: PATCH [base]/[type]/[id] by JSON Patch or FHIRPath Patch, and conditional patch: PATCH [base]/[type]?search.
 * The result is validated as any write, in the unit of work that stores it.
 * https://hl7.org/fhir/R4/http.html#patch
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import { gravestFirst, hasErrors } from '../core/issue.ts';
import { applyJsonPatch } from '../fhir/json-patch.ts';
import { parseJson } from '../fhir/json-source.ts';
import { isResource, type Resource } from '../fhir/resource.ts';
import type { StoredVersion, StoreReader } from '../storage/store.ts';
import { findMatch, type Preconditions, requirePreconditions } from './conditional.ts';
import { type TextResource, withLinks, withLocalReferences } from './conditional-references.ts';
import { applyFhirPathPatch } from './fhirpath-patch.ts';
import { withFollowUps } from './follow-up.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { provenanceOf } from './provenance.ts';
import { requirePresent } from './read.ts';
import type { Parameters } from './search.ts';
import type { BundleEntry } from './submitted-bundle.ts';
import { findingsAtOnce } from './submitted-resource.ts';
import { transact } from './transact.ts';
import { writeResult } from './versioned-result.ts';
import { type Work, writeVersion } from './write-version.ts';

export interface Patch {
  readonly kind: 'json-patch' | 'fhirpath-patch';
  /** JSON text of the operations, or of the Parameters. */
  readonly text: string;
}

export interface PatchRequest extends Preconditions {
  readonly type: string;
  /** The resource to patch, or else the search that finds it. */
  readonly target: string | Parameters;
  readonly patch: Patch;
  /** X-Provenance as sent. */
  readonly provenance?: string | undefined;
}

/** 200 with the new version; 404 or 410 when there is nothing to patch, 409 when the patch does not fit. */
export async function patchResource(
  services: Services,
  context: RequestContext,
  request: PatchRequest,
): Promise<Result> {
  const { type, target, patch } = request;
  const recordProvenance = provenanceOf(services, context, request.provenance);
  return transact(services, async (work) => {
    const found =
      typeof target === 'string'
        ? { type, id: target }
        : await patchTarget(services, work.transaction, type, target);
    const result = await patchWithin(services, context, work, found, patch, request);
    await recordProvenance(work, result);
    return withFollowUps(services, work, result);
  });
}

/**
 * The one resource that a conditional patch means.
 * @throws FhirError 404 or 412 when there are none or several
 */
export async function patchTarget(
  services: Services,
  reader: StoreReader,
  type: string,
  condition: Parameters,
): Promise<StoredVersion> {
  const match = await findMatch(services, reader, type, condition);
  if (!match) throw refuse('not-found', 'No resource meets the condition');
  return match;
}

/**
 * Patches a resource inside a unit of work.
 * @param targets what links that the patch brings become, within a transaction
 */
export async function patchWithin(
  services: Services,
  context: RequestContext,
  work: Work,
  { type, id }: Pick<StoredVersion, 'type' | 'id'>,
  patch: Patch,
  preconditions: Preconditions,
  targets: ReadonlyMap<string, string> = new Map(),
): Promise<Result> {
  const current = requirePresent(await work.transaction.read(type, id));
  requirePreconditions(current, preconditions);
  const changed =
    patch.kind === 'json-patch'
      ? applyJsonPatch(current.body, patch.text)
      : applyFhirPathPatch(services.patchEngine, current.body, patch.text);
  const { resource, text } = withLinks(services, patched(changed, current), targets);
  const issues = findingsAtOnce(services, resource);
  if (hasErrors(issues)) throw new FhirError(422, gravestFirst(issues));
  const linked = await withLocalReferences(services, work.transaction, { resource, text });
  const version = await writeVersion(services, work, { ...linked, method: 'PATCH', id }, current);
  return writeResult(context, 200, version, issues);
}

/** What a patch made of a resource is still that resource. */
function patched(text: string, { type, id }: StoredVersion): TextResource {
  const value = parseJson(text);
  if (!isResource(value) || value.resourceType !== type)
    throw refuse('invalid-resource', 'A patch cannot change what type a resource has');
  if (value.id !== id) throw refuse('invalid-resource', 'A patch cannot change the id of a resource');
  return { resource: value, text };
}

/**
 * The patch that an entry of a Bundle carries: Parameters, or a Binary that holds a JSON Patch.
 * @throws FhirError 400 when it carries neither
 */
export function patchIn({ resource, text }: Pick<BundleEntry, 'resource' | 'text'>): Patch {
  if (resource?.resourceType === 'Parameters') return { kind: 'fhirpath-patch', text: text! };
  const { contentType, data } = resource?.resourceType === 'Binary' ? resource : ({} as Partial<Resource>);
  const isJsonPatch =
    typeof contentType === 'string' && /^application\/json-patch\+json\b/i.test(contentType);
  if (!isJsonPatch || typeof data !== 'string') {
    throw refuse(
      'bundle-invalid',
      'A PATCH needs Parameters, or a Binary of type application/json-patch+json with data',
      { expression: 'entry' },
    );
  }
  return { kind: 'json-patch', text: Buffer.from(data, 'base64').toString('utf8') };
}
