/**
 * Instance history: GET [base]/[type]/[id]/_history, newest version first.
 * https://hl7.org/fhir/R4/http.html#history
 */
import { refuse } from '../core/fhir-error.ts';
import { openCursor, sealCursor } from '../search/cursor.ts';
import type { StoredVersion } from '../storage/store.ts';
import { type BundleLink, bundleText, type EntryParts } from './bundle-text.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import type { Parameters } from './search.ts';
import { instant } from './write-version.ts';

export interface HistoryRequest {
  readonly type: string;
  readonly id: string;
  readonly parameters: Parameters;
}

const defaultCount = 50;
const maximumCount = 1000;

/** 200 with a history Bundle; 404 when the id was never used. */
export async function instanceHistory(
  services: Services,
  context: RequestContext,
  request: HistoryRequest,
): Promise<Result> {
  const { type, id } = request;
  const secret = await services.store.secret();
  const given = new Map<string, string>(request.parameters);
  const cursor = given.get('_cursor');
  const state = cursor === undefined ? undefined : openCursor(secret, cursor);
  const subject = `${type}/${id}/_history`;
  if (state && state.type !== subject)
    throw refuse('invalid-parameter', 'The cursor belongs to another history');
  const count = countOf((state ? new Map<string, string>(state.parameters) : given).get('_count'));
  const page = await services.store.history(type, id, count, state?.position.row);
  if (page.total === 0) throw refuse('not-found', 'There is no such resource');
  const base = `${context.baseUrl}/${subject}`;
  const links: BundleLink[] = [{ relation: 'self', url: `${base}?_count=${count}` }];
  if (page.nextBefore !== undefined) {
    const next = {
      type: subject,
      parameters: [['_count', String(count)]] as const,
      position: { keys: [], row: page.nextBefore },
    };
    links.push({ relation: 'next', url: `${base}?_cursor=${sealCursor(secret, next)}` });
  }
  const entries = page.rows.map((row) => historyEntry(context, row));
  return { status: 200, body: bundleText({ type: 'history', total: page.total, links }, entries) };
}

function countOf(text: string | undefined): number {
  if (text === undefined) return defaultCount;
  if (!/^[0-9]{1,9}$/.test(text) || Number(text) === 0) {
    throw refuse('invalid-parameter', 'The parameter _count takes a positive whole number');
  }
  return Math.min(Number(text), maximumCount);
}

function historyEntry(context: RequestContext, row: StoredVersion): EntryParts {
  const url = row.method === 'POST' ? row.type : `${row.type}/${row.id}`;
  return {
    fullUrl: `${context.baseUrl}/${row.type}/${row.id}`,
    resource: row.body,
    request: { method: row.method, url },
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
