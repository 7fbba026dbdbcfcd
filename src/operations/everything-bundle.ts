/**
 * The answer to $everything, whatever it is everything of: the members, in the order in which they were first stored,
 * then what supports them, each once; as a whole or page by page.
 * https://hl7.org/fhir/R4/patient-operation-everything.html
 */
import { refuse } from '../core/fhir-error.ts';
import { type BundleLink, bundleText, type EntryParts, outcomeEntry } from '../interactions/bundle-text.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import type { Parameters } from '../interactions/search.ts';
import { anyOf } from '../search/params/kind.ts';
import type { PlanNode, Position } from '../search/plan.ts';
import { withinPeriod } from './care-dates.ts';
import type { OperationRequest } from './operation.ts';
import { nextPage, selfUrl } from './operation-paging.ts';
import { givenValue, givenValues } from './read-parameters.ts';
import { isSupporting, supportingResources } from './supporting-resources.ts';

export interface EverythingScope {
  /** The types that members have. */
  readonly types: readonly string[];
  /** The members of a type that meet a search. */
  readonly members: (type: string, search: Parameters) => PlanNode;
}

/** Resources in one answer: unless the client wants pages, a record comes whole. */
const largestPage = 5000;
const scanPage = 500;
/** Where a page of supporting resources ended. */
const supportingMark = 'supporting';

interface Asked {
  readonly types: ReadonlySet<string> | undefined;
  readonly since: string | undefined;
  readonly count: number;
}

export async function everythingBundle(
  services: Services,
  context: RequestContext,
  request: OperationRequest,
  scope: EverythingScope,
): Promise<Result> {
  const asked = understand(services, request);
  const all = memberPlan(services, request, scope, scope.types, undefined);
  const memberTypes = scope.types.filter((type) => asked.types?.has(type) ?? true);
  const where = memberPlan(services, request, scope, memberTypes, asked.since);
  const { position } = request;
  const inMembers = position?.keys[0] !== supportingMark;
  const entries: EntryParts[] = [];
  const entryOf = (key: string, body: string, mode: 'match' | 'include'): EntryParts => ({
    fullUrl: `${context.baseUrl}/${key}`,
    resource: body,
    search: { mode },
  });
  let next: Position | undefined;
  let whole = false;
  if (asked.count > 0 && inMembers && memberTypes.length > 0) {
    const query = { type: memberTypes, where, sort: [], limit: asked.count };
    const page = await services.store.search({ ...query, ...(position ? { after: position } : {}) });
    entries.push(...page.rows.map((row) => entryOf(`${row.type}/${row.id}`, row.body!, 'match')));
    next = page.next;
    whole = position === undefined && next === undefined;
  }
  const total = whole ? entries.length : await services.store.count(memberTypes, where);
  if (asked.count > 0 && next === undefined && wantsSupporting(services, asked)) {
    const supporting = await supportingResources(
      services,
      context.baseUrl,
      bodies(services, scope.types, all),
    );
    const from = inMembers ? '' : String(position?.keys[1]);
    const rest = [...supporting].filter(([key, { updated }]) => key > from && fits(asked, key, updated));
    const fitting = rest.slice(0, asked.count - entries.length);
    entries.push(...fitting.map(([key, { body }]) => entryOf(key, body, 'include')));
    if (fitting.length < rest.length) next = { keys: [supportingMark, fitting.at(-1)?.[0] ?? from], row: 0 };
  }
  if (request.issues.length > 0) entries.push(outcomeEntry(request.issues));
  const links = await linksOf(services, context, request, next);
  return { status: 200, body: bundleText({ type: 'searchset', total, links }, entries) };
}

function understand(services: Services, { parameters }: OperationRequest): Asked {
  const names = givenValues<string>(parameters, '_type').flatMap((text) => text.split(','));
  if (names.some((name) => !services.registry.isResourceType(name)))
    throw refuse('invalid-parameter', "'_type' takes resource types");
  const count = givenValue<number>(parameters, '_count');
  if (count !== undefined && count < 0) throw refuse('invalid-parameter', "'_count' takes 0 or more");
  return {
    types: names.length === 0 ? undefined : new Set(names),
    since: givenValue<string>(parameters, '_since'),
    count: Math.min(count ?? largestPage, largestPage),
  };
}

/** The members of these types within the period asked for, changed since a time. */
function memberPlan(
  services: Services,
  { parameters }: OperationRequest,
  scope: EverythingScope,
  types: readonly string[],
  since: string | undefined,
): PlanNode {
  const period = {
    start: givenValue<string>(parameters, 'start'),
    end: givenValue<string>(parameters, 'end'),
  };
  const changed: Parameters = since === undefined ? [] : [['_lastUpdated', `ge${since}`]];
  const nodes = types.map((type): PlanNode => {
    const alternatives = withinPeriod(services, type, period).map((bounds) =>
      scope.members(type, [...bounds, ...changed]),
    );
    return { kind: 'and', nodes: [{ kind: 'type', type }, anyOf(alternatives)] };
  });
  return anyOf(nodes);
}

function wantsSupporting(services: Services, { types }: Asked): boolean {
  return types === undefined || [...types].some((type) => isSupporting(services, type));
}

function fits({ types, since }: Asked, key: string, updated: number): boolean {
  const type = key.slice(0, key.indexOf('/'));
  return (types?.has(type) ?? true) && (since === undefined || updated >= Date.parse(since));
}

async function* bodies(
  { store }: Services,
  type: readonly string[],
  where: PlanNode,
): AsyncGenerator<string> {
  let after: Position | undefined;
  do {
    const page: { rows: readonly { readonly body: string | undefined }[]; next: Position | undefined } =
      await store.search({ type, where, sort: [], limit: scanPage, ...(after ? { after } : {}) });
    for (const { body } of page.rows) yield body!;
    after = page.next;
  } while (after);
}

async function linksOf(
  services: Services,
  context: RequestContext,
  request: OperationRequest,
  next: Position | undefined,
): Promise<BundleLink[]> {
  const self: BundleLink = { relation: 'self', url: selfUrl(context, request) };
  if (!next) return [self];
  return [self, { relation: 'next', url: await nextPage(services, context, request, next) }];
}
