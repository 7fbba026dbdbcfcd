/**
 * Links between the entries of a transaction: what each `fullUrl` becomes once its resource has an id, and which
 * resource a conditional reference (`Practitioner?identifier=…`) means.
 * https://hl7.org/fhir/R4/http.html#trules and https://hl7.org/fhir/R4/bundle.html#references
 */
import type { StoredVersion, StoreReader } from '../storage/store.ts';
import { resolveReferences } from './conditional-references.ts';
import type { Services } from './interaction.ts';
import { placed, type SubmittedTransaction } from './submitted-bundle.ts';

/** Where an entry's resource will live; `existing` when a conditional create found it there already. */
export interface Identity {
  readonly type: string;
  readonly id: string;
  readonly existing?: StoredVersion;
}

/** What to write in place of each link, when they differ. */
export interface LinkTargets {
  readonly all: ReadonlyMap<string, string>;
  /**
   * Of links that only the Bundle can have: what was stored before knows nothing of it, though it may hold a relative
   * reference of the same spelling.
   */
  readonly temporary: ReadonlyMap<string, string>;
}

/**
 * @param identities per entry: what it writes, or all that it deletes
 * @throws FhirError 412 or 400 for a conditional reference that means no resource, or several
 */
export async function linkTargets(
  services: Services,
  reader: StoreReader,
  bundle: SubmittedTransaction,
  identities: readonly (readonly Identity[])[],
): Promise<LinkTargets> {
  const targets = new Map<string, string>();
  for (const entry of bundle.entries) {
    const [identity] = identities[entry.index] ?? [];
    if (!entry.fullUrl || !identity || entry.method === 'DELETE') continue;
    const target = `${identity.type}/${identity.id}`;
    targets.set(entry.fullUrl, target);
    // A relative reference is read against the fullUrl of the entry that holds it.
    const relative = relativeForm(entry.fullUrl);
    if (relative !== undefined && entry.method === 'POST') targets.set(relative, target);
  }
  for (const entry of bundle.entries) {
    const { resource, text } = entry;
    if (!resource || text === undefined) continue;
    await placed(bundle, entry, () => resolveReferences(services, reader, { resource, text }, targets));
  }
  const temporary = new Map([...targets].filter(([link]) => link.startsWith('urn:')));
  return { all: targets, temporary };
}

/** `http://any.example/fhir/Patient/1` → `Patient/1` */
function relativeForm(fullUrl: string): string | undefined {
  return /^https?:\/\/.*\/([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/.exec(fullUrl)?.[1];
}
