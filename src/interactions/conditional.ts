/**
 * Conditions on writes: which resource a search means, and whether a version is the expected one.
 * https://hl7.org/fhir/R4/http.html#cond-update and https://hl7.org/fhir/R4/http.html#concurrency
 */
import { refuse } from '../core/fhir-error.ts';
import type { StoredVersion, StoreReader } from '../storage/store.ts';
import type { Services } from './interaction.ts';

/**
 * The one resource that meets a search; undefined when none does.
 * @param query query text, e.g. `identifier=http://a|1`
 * @throws FhirError 412 when several do, 400 when the search has no condition
 */
export async function findMatches(
  services: Services,
  reader: StoreReader,
  type: string,
  query: string,
): Promise<StoredVersion | undefined> {
  const parameters = [...new URLSearchParams(query)];
  const { where } = services.parseSearch(type, parameters, 'strict');
  if (where.kind === 'all')
    throw refuse('invalid-parameter', 'A condition must name at least one search parameter');
  const { rows } = await reader.search({ type, where, sort: [], limit: 2 });
  if (rows.length > 1) throw refuse('multiple-matches', `The condition matches more than one ${type}`);
  return rows[0];
}

/**
 * Holds If-Match against the current version.
 * @param ifMatch the header as sent: `W/"3"`, `"3"`, `3` or `*`
 * @throws FhirError 412 when it names another version, or one of a resource that does not exist
 */
export function requireVersion(current: StoredVersion | undefined, ifMatch: string | undefined): void {
  if (ifMatch === undefined) return;
  const exists = current?.body !== undefined;
  const matches = exists && (ifMatch.trim() === '*' || versionsOf(ifMatch).includes(String(current.version)));
  if (!matches) {
    throw refuse('version-conflict', 'The resource is not at the version named by If-Match', {
      hint: exists ? `The current version is W/"${current.version}"` : 'The resource does not exist',
    });
  }
}

/** Version ids in a list of entity tags. */
export function versionsOf(header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
}
