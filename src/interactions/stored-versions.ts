/**
 * What the store holds under a canonical: the resources of that URL, those of the version that is named, or the one
 * that is at that place of this server (`ValueSet/123`).
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import { parseReference } from '../search/local-reference.ts';
import type { SearchParser } from '../search/search-request.ts';
import type { StoredVersion, StoreReader } from '../storage/store.ts';

export interface CanonicalLookup {
  readonly parseSearch: SearchParser;
  readonly localBases: readonly string[];
}

/** @param most how many are looked at */
export async function storedVersions(
  { parseSearch, localBases }: CanonicalLookup,
  reader: StoreReader,
  type: string,
  canonical: string,
  most: number,
): Promise<readonly StoredVersion[]> {
  const [url = '', version] = canonical.split('|');
  const place = version === undefined ? parseReference(url, localBases) : undefined;
  if (place?.type === type && place.id !== undefined) {
    const found = await storedAt(reader, type, place.id, place.version);
    // A URL of this server may also be what a client calls a definition that is somewhere else.
    if (found) return [found];
  }
  if (url === '' || version === '') return [];
  const { where } = parseSearch(
    type,
    [['url', escaped(url)], ...(version === undefined ? [] : [['version', escaped(version)] as const])],
    'strict',
  );
  return (await reader.search({ type, where, sort: [], limit: most })).rows;
}

async function storedAt(
  reader: StoreReader,
  type: string,
  id: string,
  version?: string,
): Promise<StoredVersion | undefined> {
  if (version === undefined) return reader.read(type, id);
  return /^\d+$/.test(version) ? reader.readVersion(type, id, Number(version)) : undefined;
}

function escaped(value: string): string {
  return value.replace(/[\\,|$]/g, '\\$&');
}
