/**
 * Observation/$lastn: the newest observations of each kind among those that a search finds.
 * https://hl7.org/fhir/R4/observation-operation-lastn.html
 */
import type { Observation } from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import type { Issue } from '../core/issue.ts';
import { createPauses } from '../core/pauses.ts';
import { bundleText, type EntryParts, outcomeEntry } from '../interactions/bundle-text.ts';
import { includedResources } from '../interactions/included-resources.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import type { PlanNode, Position } from '../search/plan.ts';
import type { Page, StoredVersion } from '../storage/store.ts';
import { newestOfEach, type Observed, observed } from './observation-groups.ts';
import type { Operation, OperationRequest } from './operation.ts';
import { selfUrl } from './operation-paging.ts';
import { givenValue } from './read-parameters.ts';

export const lastn: Operation = {
  code: 'lastn',
  levels: ['type'],
  resources: ['Observation'],
  affectsState: false,
  definition: 'http://hl7.org/fhir/OperationDefinition/Observation-lastn',
  takesSearch: true,
  asynchronous: true,
  handle: newestObservations,
};

/** They would contradict the order and the number that the operation itself gives. */
const contradicting: ReadonlySet<string> = new Set(['_sort', '_count', '_total']);
const pageSize = 500;

async function newestObservations(
  services: Services,
  context: RequestContext,
  request: OperationRequest,
): Promise<Result> {
  const { search, told } = searchOf(request, context);
  const parsed = services.parseSearch('Observation', search, context.handling);
  const most = givenValue<number>(request.parameters, 'max') ?? 1;
  const newest = newestOfEach(await allObserved(services, parsed.where), most);
  const rows = parsed.countOnly ? [] : await present(services, newest);
  const included = await includedResources(services, services.store, parsed, rows);
  const entryOf = (row: StoredVersion, mode: 'match' | 'include'): EntryParts => ({
    fullUrl: `${context.baseUrl}/${row.type}/${row.id}`,
    resource: parsed.subset ? services.subsetResource(row.type, row.body!, parsed.subset) : row.body,
    search: { mode },
  });
  const entries = [
    ...rows.map((row) => entryOf(row, 'match')),
    ...included.rows.map((row) => entryOf(row, 'include')),
  ];
  const issues = [...request.issues, ...told, ...parsed.issues, ...included.issues];
  if (issues.length > 0) entries.push(outcomeEntry(issues));
  const links = [{ relation: 'self', url: selfUrl(context, request, parsed.applied) }] as const;
  return { status: 200, body: bundleText({ type: 'searchset', total: newest.length, links }, entries) };
}

/** The parameters of the search; others are refused, or ignored and told under lenient handling. */
function searchOf({ search }: OperationRequest, { handling }: RequestContext) {
  const rest = search.filter(([name]) => !contradicting.has(name));
  if (rest.length === search.length) return { search, told: [] };
  const refusal = refuse('unknown-parameter', '$lastn has its own order and number of results', {
    hint: "'max' is the number of each kind",
  });
  if (handling === 'strict') throw refusal;
  const told = refusal.issues.map((issue): Issue => ({ ...issue, severity: 'warning' }));
  return { search: rest, told };
}

async function allObserved({ store }: Services, where: PlanNode): Promise<Observed[]> {
  const pause = createPauses();
  const found: Observed[] = [];
  let after: Position | undefined;
  do {
    const query = { type: 'Observation', where, sort: [], limit: pageSize };
    const page: Page = await store.search({ ...query, ...(after ? { after } : {}) });
    for (const { body, updated } of page.rows) {
      await pause();
      found.push(observed(JSON.parse(body!) as Observation, updated));
    }
    after = page.next;
  } while (after);
  return found;
}

async function present({ store }: Services, found: readonly Observed[]): Promise<StoredVersion[]> {
  const rows: StoredVersion[] = [];
  for (const { id } of found) {
    const row = await store.read('Observation', id);
    if (row?.body !== undefined) rows.push(row);
  }
  return rows;
}
