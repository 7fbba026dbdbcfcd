/**
 * Stores a plan that holds everything it asks for: each contained resource becomes one of its own, all in one
 * transaction, links between them kept. https://hl7.org/fhir/R4/http.html#transaction
 */
import type { Resource } from '../fhir/resource.ts';
import type { RequestContext, Services } from '../interactions/interaction.ts';
import { parseBundle } from '../interactions/submitted-bundle.ts';
import { runTransaction } from '../interactions/transaction.ts';
import type { ContainingPlan } from '../protocol/apply/apply-plan.ts';

/** Findings of the moment stay with the plan; all else is worth having by itself. */
const kept: ReadonlySet<string> = new Set(['OperationOutcome']);

export interface PlanEntry {
  readonly fullUrl?: string;
  readonly resource: Resource;
  readonly request: { readonly method: 'POST' | 'PUT'; readonly url: string; readonly ifMatch?: string };
}

/** @returns JSON text of the CarePlan as stored */
export async function storePlan(
  services: Services,
  context: RequestContext,
  { contained, ...rest }: ContainingPlan,
): Promise<string> {
  const staying = contained.filter(({ resourceType }) => kept.has(resourceType));
  const carePlan: Resource = { ...rest, ...(staying.length > 0 ? { contained: staying } : {}) };
  const name = temporary(0);
  const links = linksOf(contained, name);
  const own = newEntry(withLinks(carePlan, links), name);
  return storeEntries(services, context, [own, ...entriesOf(contained, links)]);
}

/** What a plan holds, as entries of their own. */
export function entriesOf(contained: readonly Resource[], links: ReadonlyMap<string, string>): PlanEntry[] {
  return contained
    .filter(({ resourceType }) => !kept.has(resourceType))
    .map(({ id, ...resource }) => newEntry(withLinks(resource as Resource, links), links.get(`#${id}`)!));
}

/** Where links to what is contained lead once it is by itself, and those to the plan. */
export function linksOf(contained: readonly Resource[], plan: string): Map<string, string> {
  return new Map([['#', plan], ...contained.map(({ id }, n) => [`#${id}`, temporary(n + 1)] as const)]);
}

/** @returns JSON text of the CarePlan, which is the first entry */
export async function storeEntries(
  services: Services,
  context: RequestContext,
  entry: readonly PlanEntry[],
): Promise<string> {
  const text = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  const bundle = await parseBundle(services, context.baseUrl, text);
  if (bundle.type !== 'transaction') throw new Error('A transaction was read as a batch');
  const [stored] = await runTransaction(services, context, bundle);
  const id = entry[0]?.resource.id ?? /CarePlan\/([^/]+)/.exec(stored?.location ?? '')?.[1] ?? '';
  const version = await services.store.read('CarePlan', id);
  return version?.body ?? '';
}

/** Names what has no id yet, by its place in a Bundle. */
export function temporary(n: number): string {
  return `urn:uuid:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** The resource with links to what was contained replaced. */
function withLinks<T>(value: T, links: ReadonlyMap<string, string>): T {
  return JSON.parse(JSON.stringify(value), (key, member) =>
    key === 'reference' && typeof member === 'string' ? (links.get(member) ?? member) : member,
  ) as T;
}

function newEntry(resource: Resource, fullUrl: string): PlanEntry {
  return { fullUrl, resource, request: { method: 'POST', url: resource.resourceType } };
}
