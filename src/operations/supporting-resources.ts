/**
 * What supports a record without belonging to a patient: the practitioners, organizations, places, medications, and
 * attachments that its resources refer to, and what those refer to in turn.
 */
import { createPauses } from '../core/pauses.ts';
import type { Services } from '../interactions/interaction.ts';

/** Links as stored resources spell them: there is no white space between their tokens. */
const link = /"(?:reference|url)":"([^"\\#]+)"/g;
const literal = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** Far more than a record needs: a bound on the work. */
const maximum = 10_000;

/** The local resources that a resource links to, as `Type/id`. */
export function linkedResources(body: string, baseUrl: string): string[] {
  const keys = new Set<string>();
  for (const [, target = ''] of body.matchAll(link)) {
    const local = target.startsWith(`${baseUrl}/`) ? target.slice(baseUrl.length + 1) : target;
    const [, type, id] = literal.exec(local) ?? [];
    if (type !== undefined) keys.add(`${type}/${id}`);
  }
  return [...keys];
}

/** Whether resources of a type belong to nobody's record: they have no place in a patient's compartment. */
export function isSupporting({ registry }: Pick<Services, 'registry'>, type: string): boolean {
  return (
    registry.isResourceType(type) &&
    type !== 'Patient' &&
    registry.patientCompartmentParameters(type).length === 0
  );
}

/**
 * @param bodies the resources of the record
 * @returns `Type/id` and text of each resource that supports them, sorted
 */
export async function supportingResources(
  services: Services,
  baseUrl: string,
  bodies: AsyncIterable<string>,
): Promise<Map<string, { readonly body: string; readonly updated: number }>> {
  const pause = createPauses();
  const wanted = new Set<string>();
  const want = (body: string): void => {
    for (const key of linkedResources(body, baseUrl)) {
      if (wanted.size < maximum && isSupporting(services, key.slice(0, key.indexOf('/')))) wanted.add(key);
    }
  };
  for await (const body of bodies) {
    await pause();
    want(body);
  }
  const found = new Map<string, { readonly body: string; readonly updated: number }>();
  // What is found may refer to more, which a set in use goes on to.
  for (const key of wanted) {
    await pause();
    const [type = '', id = ''] = key.split('/');
    const row = await services.store.read(type, id);
    if (row?.body === undefined) continue;
    found.set(key, { body: row.body, updated: row.updated });
    want(row.body);
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}
