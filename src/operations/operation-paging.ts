/**
 * Pages of an operation's answer: the link to the next one holds, sealed, what was asked and where the page ended.
 */
import { refuse } from '../core/fhir-error.ts';
import type { RequestContext, Services } from '../interactions/interaction.ts';
import type { Parameters } from '../interactions/search.ts';
import { openCursor, sealCursor } from '../search/cursor.ts';
import type { Position } from '../search/plan.ts';
import type { Operation, OperationRequest, SubmittedRequest } from './operation.ts';

const cursorName = '_cursor';

/** Where an operation was asked for, below the base. */
export function pathOf({ code }: Operation, { type, id }: Pick<SubmittedRequest, 'type' | 'id'>): string {
  return [type, id, `$${code}`].filter((part) => part !== '').join('/');
}

/** The parameters that were given, as a query has them: those of an operation that pages are all primitive. */
function appliedParameters({ parameters }: OperationRequest): Parameters {
  return parameters.map(({ name, value }) => [name, String(value)]);
}

/** The URL that asks the same again. @param search of an operation that takes one: as it was understood */
export function selfUrl(
  { baseUrl }: Pick<RequestContext, 'baseUrl'>,
  request: OperationRequest,
  search: Parameters = [],
): string {
  const query = [...appliedParameters(request), ...search]
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
  return `${baseUrl}/${request.path}${query ? '?' : ''}${query}`;
}

/** The URL of the page after a position. */
export async function nextPage(
  services: Services,
  { baseUrl }: Pick<RequestContext, 'baseUrl'>,
  request: OperationRequest,
  position: Position,
): Promise<string> {
  const state = { type: request.path, parameters: appliedParameters(request), position };
  return `${baseUrl}/${request.path}?${cursorName}=${sealCursor(await services.store.secret(), state)}`;
}

/**
 * What a link to a page asks for.
 * @returns undefined when the request follows no such link
 * @throws FhirError 400 when the link is one of another operation
 */
export async function resumePage(
  services: Services,
  path: string,
  query: Parameters,
): Promise<{ readonly query: Parameters; readonly position: Position } | undefined> {
  const cursor = query.find(([name]) => name === cursorName)?.[1];
  if (cursor === undefined) return undefined;
  const state = openCursor(await services.store.secret(), cursor);
  if (state.type !== path) throw refuse('invalid-parameter', 'The cursor belongs to another operation');
  return { query: state.parameters, position: state.position };
}
