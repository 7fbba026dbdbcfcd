/**
 * Adding a version inside a unit of work: number it, stamp it, index it, store it, and mark what it makes stale.
 * Every interaction that writes ends here.
 */
import type { Resource as AnyResource } from '@medplum/fhirtypes';
import type { WriteMark } from '../cache/generations.ts';
import { refuse } from '../core/fhir-error.ts';
import { stampResource } from '../fhir/json-splice.ts';
import type { Resource } from '../fhir/resource.ts';
import type { StoredVersion, StoreTransaction, WriteMethod } from '../storage/store.ts';
import type { Services } from './interaction.ts';
import { parsePlain, withPlainReferences } from './plain-references.ts';
import type { Foreseen } from './protocol-withdrawals.ts';

export interface WriteRequest {
  readonly method: Exclude<WriteMethod, 'DELETE'>;
  readonly resource: Resource;
  /** The text of the resource as submitted, links already rewritten. */
  readonly text: string;
  readonly id: string;
}

/** A unit of work together with the record of what it makes stale. */
export interface Work {
  readonly transaction: StoreTransaction;
  readonly mark: WriteMark;
  /** Every version stored so far, deletions left out. */
  readonly written: Written[];
  /** Courses of which something is taken away, by `Procedure/id`. */
  readonly foreseen: Map<string, Foreseen>;
}

export interface Written {
  /** `Type/id` */
  readonly reference: string;
  /** As stored, its references plain. */
  readonly resource: Resource;
}

/** Milliseconds as https://hl7.org/fhir/R4/datatypes.html#instant */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/**
 * Stores a new version of a resource.
 * @param current the version before it, read in the same transaction
 */
export async function writeVersion(
  services: Services,
  work: Work,
  request: WriteRequest,
  current: StoredVersion | undefined,
): Promise<StoredVersion> {
  const { resource, id } = request;
  requireNotOfGuide(services, resource.resourceType, id);
  await foreseeWithdrawal(services, work, resource, current);
  const stamp = nextStamp(services, current);
  const body = stampResource(request.text, {
    id,
    versionId: String(stamp.version),
    lastUpdated: instant(stamp.updated),
  });
  const entries = services.indexer.index(resource.id === id ? resource : { ...resource, id });
  touch(services, work.mark, resource.resourceType, id, current, entries.patients);
  const version = { type: resource.resourceType, id, ...stamp, method: request.method, body };
  await work.transaction.write({ ...version, entries });
  work.written.push({
    reference: `${resource.resourceType}/${id}`,
    resource: withPlainReferences(services, { ...resource, id }, request.text),
  });
  return version;
}

/** Stores a deletion: a version without a body. */
export async function writeDeletion(
  services: Services,
  work: Work,
  current: StoredVersion,
): Promise<StoredVersion> {
  const { type, id, body } = current;
  requireNotOfGuide(services, type, id);
  if (body !== undefined)
    await services.foresee?.(services, work, parsePlain<AnyResource>(services, body), 'deleted');
  touch(services, work.mark, type, id, current, []);
  const version = { type, id, ...nextStamp(services, current), method: 'DELETE' as const, body: undefined };
  await work.transaction.write({ ...version, entries: undefined });
  return version;
}

/** Statuses that say that something does not, or no longer, hold. */
const withdrawn: ReadonlySet<unknown> = new Set([
  ...['entered-in-error', 'cancelled', 'inactive', 'not-done', 'rejected', 'revoked'],
]);

async function foreseeWithdrawal(
  services: Services,
  work: Work,
  { status }: Resource,
  current: StoredVersion | undefined,
): Promise<void> {
  if (!services.foresee || current?.body === undefined || !withdrawn.has(status)) return;
  const before = parsePlain<AnyResource>(services, current.body);
  if (!withdrawn.has((before as { status?: unknown }).status))
    await services.foresee(services, work, before, 'withdrawn');
}

function nextStamp(
  services: Services,
  current: StoredVersion | undefined,
): { version: number; updated: number } {
  const now = services.clock.now();
  // A clock that was set back must not make a newer version look older than the one it replaces.
  return current
    ? { version: current.version + 1, updated: Math.max(now, current.updated) }
    : { version: 1, updated: now };
}

/** @throws FhirError 405 for an artefact of the guide: it comes with the server, in the version of the server */
function requireNotOfGuide(services: Services, type: string, id: string): void {
  if (services.guide.has(`${type}/${id}`)) {
    throw refuse('guide-artefact', 'The resource is part of the guide, which can only be read', {
      hint: 'Store a copy under another id and url',
    });
  }
}

/** The resource, its type, and its type within every patient's compartment it leaves or enters. */
function touch(
  services: Services,
  mark: WriteMark,
  type: string,
  id: string,
  current: StoredVersion | undefined,
  patients: readonly string[],
): void {
  mark.touch(`${type}/${id}`);
  mark.touch(type);
  const left = current?.body === undefined ? [] : services.indexer.index(JSON.parse(current.body)).patients;
  for (const patient of [...left, ...patients]) mark.touch(`${type}@${patient}`);
}
