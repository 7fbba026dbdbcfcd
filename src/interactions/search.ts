/**
 * Search: GET [base]/[type]?… and POST [base]/[type]/_search, of the whole system without a type, answered from the cache while nothing it depends on was
 * written. Pages follow each other by an opaque cursor that holds the search and where the page ended, sealed, so
 * that neither a link nor a log shows a value.
 * https://hl7.org/fhir/R4/http.html#search
 */
import { refuse } from '../core/fhir-error.ts';
import type { Compartment } from '../search/compartment.ts';
import { openCursor, sealCursor } from '../search/cursor.ts';
import type { Position } from '../search/plan.ts';
import type { SearchRequest } from '../search/search-request.ts';
import type { Page, StoredVersion, StoreReader } from '../storage/store.ts';
import { type BundleLink, bundleText, type EntryParts, outcomeEntry } from './bundle-text.ts';
import { cached } from './cached.ts';
import { explainSearch } from './explain-search.ts';
import { includedResources } from './included-resources.ts';
import type { RequestContext, Result, Services } from './interaction.ts';

export type Parameters = readonly (readonly [string, string])[];

export interface SearchInteraction {
  /** Empty: the whole system, or all of the compartment. */
  readonly type: string;
  readonly compartment?: Compartment;
  /** Decoded name and value pairs, in order. */
  readonly parameters: Parameters;
  readonly method?: 'GET' | 'POST';
}

/** 200 with a searchset Bundle; 400 for parameters that cannot be understood. */
export async function search(
  services: Services,
  context: RequestContext,
  request: SearchInteraction,
): Promise<Result> {
  const understood = await understand(services, context, request);
  const { parsed, after, path } = understood;
  // What the cache answers would tell nothing.
  if (context.explain)
    return {
      status: 200,
      body: await searchset(services, services.store, context, understood),
      cache: 'bypass',
    };
  const question = ['search', context.baseUrl, path, JSON.stringify([parsed.applied, parsed.issues, after])];
  const { value, cache } = await cached(services, question, parsed.scopes, async () =>
    Buffer.from(await searchset(services, services.store, context, understood)),
  );
  return { status: 200, body: value, cache };
}

/** The same search against a transaction in progress, never cached. */
export async function searchWithin(
  services: Services,
  reader: StoreReader,
  context: RequestContext,
  request: SearchInteraction,
): Promise<Result> {
  const understood = await understand(services, context, request);
  return { status: 200, body: await searchset(services, reader, context, understood) };
}

interface Understood {
  /** As asked; empty for the whole system. */
  readonly type: string;
  readonly parsed: SearchRequest;
  readonly after: Position | undefined;
  /** `Patient/1` */
  readonly compartment: string | undefined;
  /** Where it was asked, below the base. */
  readonly path: string;
}

async function understand(
  services: Services,
  context: RequestContext,
  request: SearchInteraction,
): Promise<Understood> {
  const cursor = request.parameters.find(([name]) => name === '_cursor')?.[1];
  const state = cursor === undefined ? undefined : openCursor(await services.store.secret(), cursor);
  const compartment = request.compartment && `${request.compartment.type}/${request.compartment.id}`;
  if (state && (state.type !== request.type || state.compartment !== compartment))
    throw refuse('invalid-parameter', 'The cursor belongs to another search');
  const parameters = state?.parameters ?? request.parameters;
  return {
    type: request.type,
    parsed: services.parseSearch(request.type, parameters, context.handling, request.compartment),
    after: state?.position,
    compartment,
    path: compartment === undefined ? request.type : `${compartment}/${request.type || '*'}`,
  };
}

async function searchset(
  services: Services,
  reader: StoreReader,
  context: RequestContext,
  understood: Understood,
): Promise<string> {
  const { parsed, after } = understood;
  const { type, where, sort, count } = parsed;
  const query = { type, where, sort, limit: count, ...(after ? { after } : {}) };
  const start = performance.now();
  const page: Page =
    parsed.countOnly || count === 0 ? { rows: [], next: undefined } : await reader.search(query);
  const explained = context.explain ? await explainSearch(reader, query, performance.now() - start) : [];
  const included = await includedResources(services, reader, parsed, page.rows);
  const entryOf = (row: StoredVersion, mode: 'match' | 'include'): EntryParts => ({
    fullUrl: `${context.baseUrl}/${row.type}/${row.id}`,
    resource: parsed.subset ? services.subsetResource(row.type, row.body!, parsed.subset) : row.body,
    search: { mode },
  });
  const entries = [
    ...page.rows.map((row) => entryOf(row, 'match')),
    ...included.rows.map((row) => entryOf(row, 'include')),
  ];
  const issues = [...parsed.issues, ...included.issues, ...explained];
  if (issues.length > 0) entries.push(outcomeEntry(issues));
  const total = await totalOf(reader, parsed, page, after);
  return bundleText(
    { type: 'searchset', total, links: await linksOf(services, context, understood, page) },
    entries,
  );
}

/** Counting costs a pass over all matches: only when asked for, or when the first page happens to hold them all. */
async function totalOf(
  reader: StoreReader,
  parsed: SearchRequest,
  page: Page,
  after: Position | undefined,
): Promise<number | undefined> {
  if (parsed.countOnly || parsed.count === 0 || parsed.total !== 'none')
    return reader.count(parsed.type, parsed.where);
  return after === undefined && page.next === undefined ? page.rows.length : undefined;
}

async function linksOf(
  services: Services,
  context: RequestContext,
  { type, parsed, compartment, path }: Understood,
  page: Page,
): Promise<BundleLink[]> {
  const base = path === '' ? context.baseUrl : `${context.baseUrl}/${path}`;
  const query = queryText(parsed.applied);
  const links: BundleLink[] = [{ relation: 'self', url: query ? `${base}?${query}` : base }];
  if (page.next) {
    const cursor = sealCursor(await services.store.secret(), {
      type,
      ...(compartment === undefined ? {} : { compartment }),
      parameters: parsed.applied,
      position: page.next,
    });
    links.push({ relation: 'next', url: `${base}?_cursor=${cursor}` });
  }
  return links;
}

/** Parameters as the query of a URL. */
function queryText(parameters: Parameters): string {
  return parameters.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
}
