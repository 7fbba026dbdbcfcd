/**
 * Conditions on writes: which resource a search means, and whether a version is the expected one.
 * https://hl7.org/fhir/R4/http.html#cond-update and https://hl7.org/fhir/R4/http.html#concurrency
 */
import { refuse } from '../core/fhir-error.ts';
import type { PlanNode } from '../search/plan.ts';
import type { StoredVersion, StoreReader } from '../storage/store.ts';
import type { Services } from './interaction.ts';
import type { Parameters } from './search.ts';

/** Entity tags that a write depends on, as sent. */
export interface Preconditions {
  /** If-Match: `W/"3"`, `"3"`, `3`, a list of these, or `*`. */
  readonly ifMatch?: string | undefined;
  /** If-None-Match; `*`: only when the resource does not exist. */
  readonly ifNoneMatch?: string | undefined;
}

/** Matches looked at in one go when all of them are wanted. */
const pageSize = 500;

/**
 * The one resource that meets a search; undefined when none does.
 * @throws FhirError 412 when several do, 400 when the search has no condition
 */
export async function findMatch(
  services: Services,
  reader: StoreReader,
  type: string,
  condition: Parameters,
): Promise<StoredVersion | undefined> {
  const where = planOf(services, type, condition);
  const { rows } = await reader.search({ type, where, sort: [], limit: 2 });
  if (rows.length > 1) throw refuse('multiple-matches', `The condition matches more than one ${type}`);
  return rows[0];
}

/**
 * Every resource that meets a search.
 * @throws FhirError 400 when the search has no condition
 */
export async function findMatches(
  services: Services,
  reader: StoreReader,
  type: string,
  condition: Parameters,
): Promise<StoredVersion[]> {
  const query = { type, where: planOf(services, type, condition), sort: [], limit: pageSize };
  const found: StoredVersion[] = [];
  let page = await reader.search(query);
  found.push(...page.rows);
  while (page.next) {
    page = await reader.search({ ...query, after: page.next });
    found.push(...page.rows);
  }
  return found;
}

/** A mistaken parameter must not widen what is written to, so nothing is ignored here. */
function planOf(services: Services, type: string, condition: Parameters): PlanNode {
  const { where } = services.parseSearch(type, condition, 'strict');
  if (where.kind === 'all')
    throw refuse('invalid-parameter', 'A condition must name at least one search parameter');
  return where;
}

/** The condition in a text as If-None-Exist has it: `identifier=http://a|1`, also with `?` or the type before it. */
export function parseCondition(text: string): Parameters {
  return [...new URLSearchParams(text.replace(/^[A-Za-z]*\?/, ''))];
}

/**
 * Holds the entity tags of a write against the current version.
 * @throws FhirError 412 when If-Match names another version, or one of a resource that does not exist, or when
 *   If-None-Match names the current one
 */
export function requirePreconditions(
  current: StoredVersion | undefined,
  { ifMatch, ifNoneMatch }: Preconditions,
): void {
  const version = current?.body === undefined ? undefined : current.version;
  const hint =
    version === undefined ? 'The resource does not exist' : `The current version is W/"${version}"`;
  if (ifMatch !== undefined && !namesVersion(ifMatch, version)) {
    throw refuse('version-conflict', 'The resource is not at the version named by If-Match', { hint });
  }
  if (ifNoneMatch !== undefined && namesVersion(ifNoneMatch, version)) {
    throw refuse('version-conflict', 'The resource is at a version named by If-None-Match', { hint });
  }
}

/** Whether a list of entity tags names a version; `*` names any that exists. */
export function namesVersion(header: string, version: number | undefined): boolean {
  if (version === undefined) return false;
  if (header.trim() === '*') return true;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
  return tags.includes(String(version));
}
