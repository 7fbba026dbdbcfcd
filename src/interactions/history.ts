/**
 * History of a resource, of a type and of the whole system: GET [base]/[type]/[id]/_history, [base]/[type]/_history,
 * [base]/_history. Newest version first, deletions included.
 * https://hl7.org/fhir/R4/http.html#history
 */
import { refuse } from '../core/fhir-error.ts';
import { isLogicalId } from '../core/ids.ts';
import type { Resource } from '../fhir/resource.ts';
import { openCursor, sealCursor } from '../search/cursor.ts';
import { type DateRange, dateRange } from '../search/date-range.ts';
import type { Subset } from '../search/search-request.ts';
import type { HistoryPage, HistoryPosition, StoredVersion, StoreReader } from '../storage/store.ts';
import { type BundleLink, bundleText, type EntryParts } from './bundle-text.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import type { Parameters } from './search.ts';
import { subsetAmongTypes, subsetOf } from './subset-parameters.ts';
import { instant } from './write-version.ts';

export interface HistoryRequest {
  /** Absent: of the whole system. */
  readonly type?: string;
  readonly id?: string;
  readonly parameters: Parameters;
}

/** What the parameters ask for. */
interface Asked {
  count: number;
  since?: number;
  at?: DateRange;
  /** Id of the List whose resources it is about. */
  list?: string;
  /** `_count=0` or `_summary=count`. */
  totalOnly: boolean;
  /** What was really applied, in order. */
  readonly applied: [string, string][];
}

const defaultCount = 50;
const maximumCount = 1000;

/** 200 with a history Bundle; 404 when the id was never used. */
export async function history(
  services: Services,
  context: RequestContext,
  request: HistoryRequest,
): Promise<Result> {
  return historyWithin(services, services.store, context, request);
}

/** The same of a transaction in progress. */
export async function historyWithin(
  services: Services,
  reader: StoreReader,
  context: RequestContext,
  request: HistoryRequest,
): Promise<Result> {
  const { type, id } = request;
  if (type !== undefined && id !== undefined && !(await reader.read(type, id)))
    throw refuse('not-found', 'There is no such resource');
  const subject = [type, id, '_history'].filter((part) => part !== undefined).join('/');
  const secret = await services.store.secret();
  const { parameters, before } = resume(secret, subject, request.parameters);
  const asked = understand(parameters, context.handling);
  const page = await reader.history({
    type,
    id,
    since: asked.since,
    at: asked.at,
    among: asked.list === undefined ? undefined : await listed(services, reader, asked.list),
    limit: Math.max(asked.count, 1),
    before,
  });
  const rows = asked.totalOnly ? [] : page.rows;
  const subsets = new Map<string, Subset | undefined>();
  for (const { type } of rows) {
    if (subsets.has(type)) continue;
    const subset = request.type === undefined ? subsetAmongTypes : subsetOf;
    subsets.set(type, subset(services, type, parameters));
  }
  const entries = rows.map((row) => historyEntry(services, context, row, subsets.get(row.type)));
  const links = linksOf(secret, `${context.baseUrl}/${subject}`, subject, asked, page);
  return { status: 200, body: bundleText({ type: 'history', total: page.total, links }, entries) };
}

const longestList = 10_000;

/** What a List refers to; nothing when there is no such List. */
async function listed(services: Services, reader: StoreReader, id: string): Promise<readonly string[]> {
  const list = await reader.read('List', id);
  if (list?.body === undefined) return [];
  const references = services.indexer.references(JSON.parse(list.body) as Resource, 'item');
  if (references.length > longestList)
    throw refuse('invalid-parameter', `The list holds more than ${longestList} resources`);
  return references;
}

/** What a cursor says, or what the request itself does. */
function resume(secret: Uint8Array, subject: string, given: Parameters) {
  const cursor = given.find(([name]) => name === '_cursor')?.[1];
  if (cursor === undefined) return { parameters: given, before: undefined };
  const state = openCursor(secret, cursor);
  if (state.type !== subject) throw refuse('invalid-parameter', 'The cursor belongs to another history');
  const before: HistoryPosition = { updated: Number(state.position.keys[0]), change: state.position.row };
  return { parameters: state.parameters, before };
}

type HistoryParameter = (value: string, asked: Asked) => void;

const historyParameters: Readonly<Record<string, HistoryParameter>> = {
  _count(value, asked) {
    if (!/^[0-9]{1,9}$/.test(value)) throw refuse('invalid-parameter', "'_count' takes a whole number");
    asked.count = Math.min(Number(value), maximumCount);
    if (asked.count === 0) asked.totalOnly = true;
  },
  _since(value, asked) {
    asked.since = rangeOf('_since', value).low;
  },
  _at(value, asked) {
    asked.at = rangeOf('_at', value);
  },
  _list(value, asked) {
    if (!isLogicalId(value)) throw refuse('invalid-parameter', "'_list' takes the id of a List");
    asked.list = value;
  },
  _summary(value, asked) {
    if (value === 'count') asked.totalOnly = true;
  },
  // Read for each resource by its type.
  _elements() {},
};

/** @throws FhirError 400 for a parameter that a history does not have, unless it may be ignored */
function understand(parameters: Parameters, handling: RequestContext['handling']): Asked {
  const asked: Asked = { count: defaultCount, totalOnly: false, applied: [] };
  for (const [name, value] of parameters) {
    const take = Object.hasOwn(historyParameters, name) ? historyParameters[name] : undefined;
    if (take) {
      take(value, asked);
      asked.applied.push([name, name === '_count' ? String(asked.count) : value]);
    } else if (handling === 'strict') {
      throw refuse('unknown-parameter', `A history takes ${Object.keys(historyParameters).join(', ')}`);
    }
  }
  return asked;
}

function rangeOf(name: string, value: string): DateRange {
  // A `+` before the hours of a zone, sent as it is, arrives as a space.
  const range = dateRange(value.replace(' ', '+'));
  if (!range) throw refuse('invalid-parameter', `'${name}' takes a date or an instant`);
  return range;
}

function linksOf(
  secret: Uint8Array,
  url: string,
  subject: string,
  { applied, totalOnly }: Asked,
  { next }: HistoryPage,
): BundleLink[] {
  const query = applied.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  const links: BundleLink[] = [{ relation: 'self', url: query ? `${url}?${query}` : url }];
  if (next && !totalOnly) {
    const position = { keys: [next.updated], row: next.change };
    const cursor = sealCursor(secret, { type: subject, parameters: applied, position });
    links.push({ relation: 'next', url: `${url}?_cursor=${cursor}` });
  }
  return links;
}

function historyEntry(
  services: Services,
  context: RequestContext,
  row: StoredVersion,
  subset: Subset | undefined,
): EntryParts {
  return {
    fullUrl: `${context.baseUrl}/${row.type}/${row.id}`,
    resource:
      subset && row.body !== undefined ? services.subsetResource(row.type, row.body, subset) : row.body,
    request: { method: row.method, url: row.method === 'POST' ? row.type : `${row.type}/${row.id}` },
    response: {
      status: responseStatus(row),
      etag: `W/"${row.version}"`,
      lastModified: instant(row.updated),
    },
  };
}

function responseStatus(row: StoredVersion): string {
  if (row.method === 'DELETE') return '204';
  return row.version === 1 ? '201' : '200';
}
