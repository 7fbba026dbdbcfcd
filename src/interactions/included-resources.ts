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
  const found = new Map<string, StoredVersion>();
  const matched = new Set(matches.map(keyOf));
  const add = (row: StoredVersion): void => {
    if (!matched.has(keyOf(row)) && found.size < maximumIncluded) found.set(keyOf(row), row);
  };
  if (request.includes.length > 0) {
    for (const key of targetKeys(services, request.includes, matches)) {
      if (matched.has(key)) continue;
      const [type, id] = key.split('/') as [string, string];
      const row = await reader.read(type, id);
      if (row?.body !== undefined) add(row);
    }
  }
  for (const include of request.revincludes) {
    for (const parameter of parametersOf(services, include)) {
      for await (const row of referring(services, reader, include, parameter, matches)) add(row);
    }
  }
  const issues: Issue[] = found.size < maximumIncluded ? [] : [tooMany];
  return { rows: [...found.values()], issues };
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
  return services.registry
    .searchParameters(include.sourceType)
    .filter((parameter) => parameter.type === 'reference')
    .map((parameter) => parameter.code!);
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
  const targets = matches.filter(
    (row) => include.targetType === undefined || include.targetType === row.type,
  );
  if (targets.length === 0) return;
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
