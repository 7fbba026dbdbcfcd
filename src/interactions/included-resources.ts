/**
 * What a search brings along: the targets of references (`_include`) and the resources that refer to a match
 * (`_revinclude`). A resource comes once, and not again when it is a match itself.
 * https://hl7.org/fhir/R4/search.html#include
 */
import type { Issue } from '../core/issue.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Position } from '../search/plan.ts';
import type { Include, SearchRequest } from '../search/search-request.ts';
import type { StoredVersion, StoreReader } from '../storage/store.ts';
import type { Services } from './interaction.ts';

/** Bounds the answer; beyond it the client is told. */
const maximumIncluded = 5000;
const pageSize = 500;

export interface Included {
  readonly rows: readonly StoredVersion[];
  readonly issues: readonly Issue[];
}

/** @param matches the rows of this page */
export async function includedResources(
  services: Services,
  reader: StoreReader,
  request: SearchRequest,
  matches: readonly StoredVersion[],
): Promise<Included> {
  const seen = new Set(matches.map(keyOf));
  const rows: StoredVersion[] = [];
  let { includes, revincludes } = request;
  let asked = matches;
  while (asked.length > 0 && includes.length + revincludes.length > 0) {
    const found: StoredVersion[] = [];
    const add = (row: StoredVersion): void => {
      if (seen.has(keyOf(row)) || rows.length + found.length >= maximumIncluded) return;
      seen.add(keyOf(row));
      found.push(row);
    };
    for (const key of targetKeys(services, includes, asked)) {
      if (seen.has(key)) continue;
      const [type, id] = key.split('/') as [string, string];
      const row = await reader.read(type, id);
      if (row?.body !== undefined) add(row);
    }
    for (const include of revincludes) {
      for (const parameter of parametersOf(services, include)) {
        if (!mayReferTo(services, include, parameter, asked)) continue;
        for await (const row of referring(services, reader, include, parameter, asked)) {
          add(row);
          if (rows.length + found.length >= maximumIncluded) break;
        }
      }
    }
    rows.push(...found);
    // What was included is asked again, by those that iterate, until nothing new comes.
    asked = found;
    includes = includes.filter(({ iterate }) => iterate);
    revincludes = revincludes.filter(({ iterate }) => iterate);
  }
  return { rows, issues: rows.length < maximumIncluded ? [] : [tooMany] };
}

const tooMany: Issue = {
  severity: 'warning',
  code: 'too-costly',
  key: 'include-limit',
  text: `More than ${maximumIncluded} resources were to be included; the rest is left out`,
};

function keyOf(row: StoredVersion): string {
  return `${row.type}/${row.id}`;
}

/** `*` stands for every reference parameter of the source type. */
function parametersOf(services: Services, include: Include): string[] {
  if (include.parameter !== '*') return [include.parameter];
  return [...services.parametersOf(include.sourceType).values()]
    .filter((parameter) => parameter.type === 'reference')
    .map((parameter) => parameter.code);
}

/** Whether the parameter lets one of the resources be referred to. */
function mayReferTo(
  services: Services,
  { sourceType }: Include,
  parameter: string,
  rows: readonly StoredVersion[],
): boolean {
  const { targets } = services.parametersOf(sourceType).get(parameter)!;
  return targets.length === 0 || rows.some(({ type }) => targets.includes(type));
}

function targetKeys(
  services: Services,
  includes: readonly Include[],
  rows: readonly StoredVersion[],
): Set<string> {
  const keys = new Set<string>();
  for (const row of rows) {
    const resource = JSON.parse(row.body!) as Resource;
    for (const include of includes) {
      if (include.sourceType !== row.type) continue;
      for (const parameter of parametersOf(services, include)) {
        for (const reference of services.indexer.references(resource, parameter)) {
          if (include.targetType === undefined || reference.startsWith(`${include.targetType}/`))
            keys.add(reference);
        }
      }
    }
  }
  return keys;
}

async function* referring(
  services: Services,
  reader: StoreReader,
  include: Include,
  parameter: string,
  matches: readonly StoredVersion[],
): AsyncGenerator<StoredVersion> {
  const all = matches.filter((row) => include.targetType === undefined || include.targetType === row.type);
  for (let start = 0; start < all.length; start += pageSize) {
    yield* referringTo(services, reader, include, parameter, all.slice(start, start + pageSize));
  }
}

async function* referringTo(
  services: Services,
  reader: StoreReader,
  include: Include,
  parameter: string,
  targets: readonly StoredVersion[],
): AsyncGenerator<StoredVersion> {
  const value = targets.map(keyOf).join(',');
  const { where } = services.parseSearch(include.sourceType, [[parameter, value]], 'strict');
  let after: Position | undefined;
  do {
    const page: { rows: readonly StoredVersion[]; next: Position | undefined } = await reader.search({
      type: include.sourceType,
      where,
      sort: [],
      limit: pageSize,
      ...(after ? { after } : {}),
    });
    yield* page.rows;
    after = page.next;
  } while (after);
}
