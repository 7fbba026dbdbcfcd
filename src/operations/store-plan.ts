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

/** @returns JSON text of the CarePlan as stored */
export async function storePlan(
  services: Services,
  context: RequestContext,
  plan: ContainingPlan,
): Promise<string> {
  const { contained, ...rest } = plan;
  const staying = contained.filter(({ resourceType }) => kept.has(resourceType));
  const leaving = contained.filter((resource) => !staying.includes(resource));
  const links = new Map([['#', temporary(0)]]);
  leaving.forEach(({ id }, n) => {
    links.set(`#${id}`, temporary(n + 1));
  });
  const carePlan: Resource = { ...rest, ...(staying.length > 0 ? { contained: staying } : {}) };
  const resources = [carePlan, ...leaving.map(({ id: _, ...resource }) => resource as Resource)];
  const entry = resources.map((resource, n) => ({
    fullUrl: temporary(n),
    resource: withLinks(resource, links),
    request: { method: 'POST', url: resource.resourceType },
  }));
  const text = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  const bundle = await parseBundle(services, context.baseUrl, text);
  if (bundle.type !== 'transaction') throw new Error('A transaction was read as a batch');
  const [stored] = await runTransaction(services, context, bundle);
  const id = /CarePlan\/([^/]+)/.exec(stored?.location ?? '')?.[1] ?? '';
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
