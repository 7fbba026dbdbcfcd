/**
 * What each entry of a transaction writes: a resource by its id, the one that a condition means, or a new one. No two
 * entries may change one resource.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { type FhirError, refuse } from '../core/fhir-error.ts';
import type { StoredVersion } from '../storage/store.ts';
import { findMatch, findMatches, parseCondition } from './conditional.ts';
import { deletionMatches } from './delete.ts';
import type { Services } from './interaction.ts';
import { patchTarget } from './patch.ts';
import { type BundleEntry, refusalAt, type SubmittedTransaction, unsupported } from './submitted-bundle.ts';
import { isRead } from './transaction-reads.ts';
import { updateTarget } from './update.ts';
import type { Work } from './write-version.ts';

/** Where an entry's resource will live. */
export interface Identity {
  readonly type: string;
  readonly id: string;
  /** What a conditional create found there already. */
  readonly existing?: StoredVersion;
  /** Another entry creates it under the very same condition. */
  readonly shared?: boolean;
}

export const isDeletion = ({ method }: BundleEntry): boolean => method === 'DELETE';
export const isCreation = (entry: BundleEntry): boolean => entry.method === 'POST' && !isRead(entry);
export const isChange = ({ method }: BundleEntry): boolean => method === 'PUT' || method === 'PATCH';

export type Identify = (services: Services, work: Work, entry: BundleEntry) => Promise<Identity[]>;

/** What creations write: those under the very same condition create one resource, as they would one after the other. */
export function createIdentify(): Identify {
  const claimed = new Map<string, Identity>();
  return async (services, work, entry) => {
    const [identity] = await identify(services, work, entry);
    if (!identity || identity.existing || entry.ifNoneExist === undefined) return identity ? [identity] : [];
    const key = JSON.stringify([identity.type, parseCondition(entry.ifNoneExist)]);
    const first = claimed.get(key);
    if (!first) claimed.set(key, identity);
    return [first ? { ...first, shared: true } : identity];
  };
}

/** What an entry writes, or all that it deletes; nothing for one that reads. */
export async function identify(services: Services, work: Work, entry: BundleEntry): Promise<Identity[]> {
  const { method, path, query, resource } = entry;
  const [type, id] = path;
  const { transaction } = work;
  if (isRead(entry)) return [];
  // Operations answer from what is committed, and so not within.
  const isNamed = path.some((segment) => /^[_$]/.test(segment));
  if (type === undefined || isNamed || !services.registry.isResourceType(type)) throw unsupported(entry);
  if (path.length > (method === 'POST' ? 1 : 2)) throw unsupported(entry);
  if (id !== undefined) return [{ type, id }];
  switch (method) {
    case 'POST': {
      if (entry.ifNoneExist === undefined) return [{ type, id: services.ids.next() }];
      const existing = await findMatch(services, transaction, type, parseCondition(entry.ifNoneExist));
      return [existing ? { type, id: existing.id, existing } : { type, id: services.ids.next() }];
    }
    case 'PUT':
      return [{ type, id: await updateTarget(services, transaction, resource!, query) }];
    case 'PATCH':
      return [await patchTarget(services, transaction, type, query)];
    default:
      // What reads is out already: a DELETE.
      return deletionMatches(services, transaction, type, query);
  }
}

export function requireDistinct(
  bundle: SubmittedTransaction,
  identities: readonly (readonly Identity[])[],
): void {
  const seen = new Set<string>();
  for (const [index, written] of identities.entries()) {
    for (const { type, id, existing, shared } of written) {
      if (existing || shared) continue;
      const key = `${type}/${id}`;
      if (seen.has(key)) throw refusalAt(bundle, { index }, overlap());
      seen.add(key);
    }
  }
}

function overlap(): FhirError {
  return refuse('bundle-invalid', 'Two entries change the same resource', {
    expression: 'entry.request.url',
  });
}

/**
 * A condition of a change is met by what is there after the creations; had it been asked then, it would have met a
 * resource that another entry creates.
 * @throws FhirError 400 when it would
 */
export async function requireApart(
  services: Services,
  { transaction }: Work,
  bundle: SubmittedTransaction,
  identities: readonly (readonly Identity[])[],
): Promise<void> {
  const created = new Map<string, Set<string>>();
  for (const entry of bundle.entries) {
    const [identity] = identities[entry.index]!;
    if (!isCreation(entry) || !identity || identity.existing) continue;
    created.set(identity.type, (created.get(identity.type) ?? new Set()).add(identity.id));
  }
  for (const entry of bundle.entries) {
    const [type = ''] = entry.path;
    const ids = created.get(type);
    if (!ids || !isChange(entry) || entry.path.length !== 1) continue;
    const met = await findMatches(services, transaction, type, entry.query);
    if (met.some(({ id }) => ids.has(id))) throw refusalAt(bundle, entry, overlap());
  }
}
