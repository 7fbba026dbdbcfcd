/**
 * Links between the entries of a transaction: what each `fullUrl` becomes once its resource has an id, and which
 * resource a conditional reference (`Practitioner?identifier=…`) means.
 * https://hl7.org/fhir/R4/http.html#trules and https://hl7.org/fhir/R4/bundle.html#references
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import { isObject } from '../fhir/resource.ts';
import type { StoredVersion, StoreReader } from '../storage/store.ts';
import { findMatches } from './conditional.ts';
import type { Services } from './interaction.ts';
import type { SubmittedBundle } from './submitted-bundle.ts';

/** Where an entry's resource will live; `existing` when a conditional create found it there already. */
export interface Identity {
  readonly type: string;
  readonly id: string;
  readonly existing?: StoredVersion;
}

/**
 * @param identities per entry
 * @returns what to write in place of each link, when they differ
 * @throws FhirError 412 or 400 for a conditional reference that means no resource, or several
 */
export async function linkTargets(
  services: Services,
  reader: StoreReader,
  bundle: SubmittedBundle,
  identities: readonly (Identity | undefined)[],
): Promise<Map<string, string>> {
  const targets = new Map<string, string>();
  bundle.entries.forEach((entry, index) => {
    const identity = identities[index];
    if (!entry.fullUrl || !identity || entry.method === 'DELETE') return;
    const target = `${identity.type}/${identity.id}`;
    targets.set(entry.fullUrl, target);
    // A relative reference is read against the fullUrl of the entry that holds it.
    const relative = relativeForm(entry.fullUrl);
    if (relative !== undefined && entry.method === 'POST') targets.set(relative, target);
  });
  for (const [index, link] of conditionalReferences(bundle)) {
    if (targets.has(link)) continue;
    const [type = '', query = ''] = [link.slice(0, link.indexOf('?')), link.slice(link.indexOf('?') + 1)];
    const match = services.registry.isResourceType(type)
      ? await findMatches(services, reader, type, query)
      : undefined;
    if (!match) throw notFound(bundle, index);
    targets.set(link, `${match.type}/${match.id}`);
  }
  return targets;
}

/** `http://any.example/fhir/Patient/1` → `Patient/1` */
function relativeForm(fullUrl: string): string | undefined {
  return /^https?:\/\/.*\/([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/.exec(fullUrl)?.[1];
}

function notFound(bundle: SubmittedBundle, index: number): FhirError {
  const error = refuse('conditional-reference', 'A conditional reference matches no resource');
  return new FhirError(error.status, bundle.place(index, error.issues));
}

function* conditionalReferences(bundle: SubmittedBundle): Generator<[index: number, link: string]> {
  for (const entry of bundle.entries) {
    // The text is asked first: hardly any bundle has conditional references, and walking objects is dear.
    if (!entry.text || !/"[A-Z][A-Za-z]+\?/.test(entry.text)) continue;
    for (const link of referencesIn(entry.resource)) yield [entry.index, link];
  }
}

function* referencesIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* referencesIn(item);
  } else if (isObject(value)) {
    for (const [key, child] of Object.entries(value)) {
      if (key === 'reference' && typeof child === 'string' && /^[A-Z][A-Za-z]+\?/.test(child)) yield child;
      else yield* referencesIn(child);
    }
  }
}
