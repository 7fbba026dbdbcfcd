/**
 * What a transaction reads: after its writes, which it sees, and before the commit.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { everyMember } from '../search/compartment.ts';
import type { StoreReader } from '../storage/store.ts';
import { historyWithin } from './history.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { asAsked, requirePresent } from './read.ts';
import { readVersionWithin } from './read-version.ts';
import { searchWithin } from './search.ts';
import { type BundleEntry, unsupported } from './submitted-bundle.ts';
import { readResult } from './versioned-result.ts';

/** Whether an entry only reads; a search may be sent by POST. */
export function isRead({ method, path }: BundleEntry): boolean {
  return method === 'GET' || method === 'HEAD' || (method === 'POST' && path.at(-1) === '_search');
}

/** @throws FhirError 405 for what cannot be asked within a transaction */
export async function readWithin(
  services: Services,
  context: RequestContext,
  reader: StoreReader,
  entry: BundleEntry,
): Promise<Result> {
  const { query: parameters, ifNoneMatch } = entry;
  const search = (type: string, compartment?: { readonly type: string; readonly id: string }) =>
    searchWithin(services, reader, context, { type, parameters, ...(compartment ? { compartment } : {}) });

  const isForm = entry.method === 'POST';
  if (isForm !== (entry.path.at(-1) === '_search')) throw unsupported(entry);
  const [type, id, member, version, ...more] = isForm ? entry.path.slice(0, -1) : entry.path;
  // Operations answer from what is committed, and so not within.
  if (more.length > 0 || entry.path.some((segment) => segment.startsWith('$'))) throw unsupported(entry);
  if (type === undefined) return search('');
  if (type === '_history' && id === undefined)
    return historyWithin(services, reader, context, { parameters });
  const { registry } = services;
  if (!registry.isResourceType(type)) throw unsupported(entry);
  if (id === undefined) return search(type);
  if (member === undefined) {
    if (isForm) throw unsupported(entry);
    if (id === '_history') return historyWithin(services, reader, context, { type, parameters });
    const found = requirePresent(await reader.read(type, id));
    return asAsked(services, { type, parameters, ifNoneMatch }, readResult(context, found));
  }
  if (member === '_history' && !isForm) {
    return version === undefined
      ? historyWithin(services, reader, context, { type, id, parameters })
      : readVersionWithin(services, reader, context, { type, id, version, parameters });
  }
  const isMember = member === everyMember || registry.isResourceType(member);
  if (version !== undefined || !isMember || !registry.compartments.has(type)) throw unsupported(entry);
  return search(member === everyMember ? '' : member, { type, id });
}
