/**
 * Stores what is still to come of a course in the plan that runs: the plan stays, its course and its history with it,
 * and gets a new group of requests. Drafts of former groups are revoked, and the new requests replace them; what
 * somebody has accepted stands, and is not asked for again. All in one transaction.
 * https://hl7.org/fhir/R4/request.html#statemachine
 */
import type { CarePlan, Reference, RequestGroup, RequestGroupAction } from '@medplum/fhirtypes';
import type { Resource } from '../fhir/resource.ts';
import type { RequestContext, Services } from '../interactions/interaction.ts';
import type { AppliedPlan } from '../protocol/apply/apply-plan.ts';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import { entriesOf, linksOf, type PlanEntry, storeEntries } from './store-plan.ts';

/** @returns JSON text of the plan that runs, as it is stored then */
export async function continuePlan(
  services: Services,
  context: RequestContext,
  running: CarePlan,
  { carePlan, past }: AppliedPlan,
  reader: ResourceReader,
): Promise<string> {
  const own = `CarePlan/${running.id}`;
  const open = await openGroups(running, reader);
  const requests = open.flatMap((group) => group.requests);
  // What was carried out is nobody's draft any more, though nobody has closed it.
  const drafts = requests.filter(
    (one) => one.status === 'draft' && stepsOf(one).some((step) => !past.has(step)),
  );
  const accepted = new Set(requests.filter(isAccepted).flatMap(stepsOf));
  // A group that holds what somebody has accepted stands with it.
  const groups = open.filter((one) => !one.requests.some(isAccepted)).map(({ group }) => group);
  const former = new Map(drafts.flatMap((one) => stepsOf(one).map((step) => [step, referenceTo(one)])));

  const isStanding = (one: Resource) => stepsOf(one).some((step) => accepted.has(step));
  const standing = new Set(carePlan.contained.filter(isStanding).map(({ id }) => `#${id}`));
  const contained = carePlan.contained
    .filter((one) => !isStanding(one))
    .map((one) => (one.resourceType === 'RequestGroup' ? withoutActions(one, standing) : one))
    .filter((one) => one.resourceType !== 'RequestGroup' || one.action !== undefined);
  const links = linksOf(contained, own);
  const added = entriesOf(contained, links).map((entry) => ({
    ...entry,
    resource: inPlace(entry.resource, own, former, groups),
  }));
  if (added.length + drafts.length === 0) return (await services.store.read('CarePlan', running.id!))!.body!;
  const ended = [...drafts, ...(groups as unknown as Resource[])].map((one) =>
    updated({ ...one, status: cancelled.has(one.resourceType) ? 'cancelled' : 'revoked' }),
  );
  const group = added.find(({ resource }) => resource.resourceType === 'RequestGroup')?.fullUrl;
  const plan = continued(running, carePlan, new Set(groups.map(referenceTo)), group);
  return storeEntries(services, context, [
    updated(plan, `W/"${running.meta?.versionId}"`),
    ...added,
    ...ended,
  ]);
}

/** A request that has another status was accepted by somebody. */
const closed: ReadonlySet<string> = new Set([
  ...['draft', 'revoked', 'cancelled', 'rejected', 'failed', 'stopped', 'completed', 'entered-in-error'],
]);

/** Types that have no status `revoked`. */
const cancelled: ReadonlySet<string> = new Set(['Task', 'MedicationRequest', 'SupplyRequest', 'Appointment']);

function isAccepted({ status }: Resource): boolean {
  return !closed.has(`${status}`);
}

interface OpenGroup {
  readonly group: RequestGroup;
  /** What it asks for. */
  readonly requests: readonly Resource[];
}

async function openGroups({ activity = [] }: CarePlan, reader: ResourceReader): Promise<OpenGroup[]> {
  const groups: OpenGroup[] = [];
  for (const { reference } of activity) {
    if (!reference?.reference?.startsWith('RequestGroup/')) continue;
    const group = await reader.read<RequestGroup>(reference.reference);
    if (group && !closedGroups.has(group.status ?? ''))
      groups.push({ group, requests: await requestsOf(group, reader) });
  }
  return groups;
}

const closedGroups: ReadonlySet<string> = new Set(['revoked', 'completed', 'entered-in-error']);

async function requestsOf({ action }: RequestGroup, reader: ResourceReader): Promise<Resource[]> {
  const named = (actions: readonly RequestGroupAction[] = []): string[] =>
    actions.flatMap((one) => [one.resource?.reference ?? [], named(one.action)].flat());
  const found: Resource[] = [];
  for (const reference of named(action)) {
    const request = await reader.read(reference);
    if (request) found.push(request as unknown as Resource);
  }
  return found;
}

/** The steps of the protocol that a request came from. */
function stepsOf({ instantiatesUri }: Resource): string[] {
  return [(instantiatesUri ?? []) as string | string[]].flat();
}

/** The group without what stands already, without groups that hold nothing any more and without what speaks of either. */
function withoutActions(group: Resource, standing: ReadonlySet<string>): Resource {
  const left = (actions: readonly RequestGroupAction[]): RequestGroupAction[] =>
    actions.flatMap(({ action, ...one }) => {
      if (standing.has(one.resource?.reference ?? '')) return [];
      const within = action && left(action);
      return within?.length === 0 ? [] : [{ ...one, ...(within ? { action: within } : {}) }];
    });
  const { action = [], ...rest } = group as Resource & { action?: RequestGroupAction[] };
  const within = left(action);
  if (within.length === 0) return rest as Resource;
  return { ...rest, action: relatedAmong(within, new Set(idsOf(within))) };
}

const idsOf = (actions: readonly RequestGroupAction[]): (string | undefined)[] =>
  actions.flatMap(({ id, action = [] }) => [id, ...idsOf(action)]);

/** Actions whose relations are to those of these ids. */
function relatedAmong(
  actions: readonly RequestGroupAction[],
  ids: ReadonlySet<string | undefined>,
): RequestGroupAction[] {
  return actions.map(({ relatedAction = [], action, ...one }) => {
    const related = relatedAction.filter(({ actionId }) => ids.has(actionId));
    return {
      ...one,
      ...(related.length > 0 ? { relatedAction: related } : {}),
      ...(action ? { action: relatedAmong(action, ids) } : {}),
    };
  });
}

/** A request of the plan that runs, in the place of the one before. */
function inPlace(
  request: Resource,
  plan: string,
  former: ReadonlyMap<string, string>,
  groups: readonly RequestGroup[],
): Resource {
  const isGroup = request.resourceType === 'RequestGroup';
  const before = isGroup
    ? groups.map(referenceTo)
    : stepsOf(request).flatMap((step) => former.get(step) ?? []);
  const replaces = before.map((reference) => ({ reference }));
  const hasBasis = isGroup || request.basedOn !== undefined;
  return {
    ...request,
    ...(hasBasis ? { basedOn: [{ reference: plan }] } : {}),
    ...(replaces.length > 0 && replacing.has(request.resourceType) ? { replaces } : {}),
  };
}

/** Types with an element `replaces`. */
const replacing: ReadonlySet<string> = new Set(['RequestGroup', 'ServiceRequest', 'CommunicationRequest']);

/** The plan that runs, with the new group in the place of former ones, and its end moved. */
function continued(
  { text, ...running }: CarePlan,
  proposed: Resource,
  former: ReadonlySet<string>,
  group: string | undefined,
): Resource {
  const activity = (running.activity ?? []).filter(
    ({ reference }) => !former.has(reference?.reference ?? ''),
  );
  const added: { reference: Reference }[] = group === undefined ? [] : [{ reference: { reference: group } }];
  const { end } = (proposed.period ?? {}) as { end?: string };
  const words = text?.status === 'generated' ? (proposed.text as CarePlan['text']) : text;
  return {
    ...running,
    ...(words ? { text: words } : {}),
    ...(end === undefined ? {} : { period: { ...running.period, end } }),
    activity: [...activity, ...added],
  } as unknown as Resource;
}

function updated(resource: Resource, ifMatch?: string): PlanEntry {
  const request = { method: 'PUT', url: referenceTo(resource) } as const;
  return { resource, request: ifMatch === undefined ? request : { ...request, ifMatch } };
}

function referenceTo({ resourceType, id }: { readonly resourceType: string; readonly id?: string }): string {
  return `${resourceType}/${id}`;
}
