/**
 * Links between the entries of a transaction: what each `fullUrl` becomes once its resource has an id, and in which
 * order what refers by condition (`Practitioner?identifier=…`) can be written.
 * https://hl7.org/fhir/R4/http.html#trules and https://hl7.org/fhir/R4/bundle.html#references
 */
import { refuse } from '../core/fhir-error.ts';
import type { StoreReader } from '../storage/store.ts';
import { conditionalLinks, leadsNowhere, targetOf } from './conditional-references.ts';
import type { Services } from './interaction.ts';
import {
  type BundleEntry,
  isStored,
  placed,
  refusalAt,
  type SubmittedTransaction,
} from './submitted-bundle.ts';
import type { Identity } from './transaction-identities.ts';

/** How often what waits for a reference is looked at again: as deep as references by condition may stand. */
const mostRounds = 16;

/** What to write in place of each link, when they differ. */
export interface LinkTargets {
  /** Gains what conditional references mean as it becomes known. */
  readonly all: Map<string, string>;
  /**
   * Of links that only the Bundle can have: what was stored before knows nothing of it, though it may hold a relative
   * reference of the same spelling.
   */
  readonly temporary: ReadonlyMap<string, string>;
}

/**
 * @param identities per entry: what it writes, or all that it deletes
 * @throws FhirError 400 when two entries have one fullUrl but do not mean one resource
 */
export function linkTargets(
  bundle: SubmittedTransaction,
  identities: readonly (readonly Identity[])[],
): LinkTargets {
  const all = new Map<string, string>();
  for (const entry of bundle.entries) {
    const [identity] = identities[entry.index] ?? [];
    if (!entry.fullUrl || !identity || entry.method === 'DELETE') continue;
    const target = `${identity.type}/${identity.id}`;
    if ((all.get(entry.fullUrl) ?? target) !== target) {
      const error = refuse('bundle-invalid', 'Two entries have the same fullUrl', {
        expression: 'entry.fullUrl',
      });
      throw refusalAt(bundle, entry, error);
    }
    all.set(entry.fullUrl, target);
    // A relative reference is read against the fullUrl of the entry that holds it.
    const relative = relativeForm(entry.fullUrl);
    if (relative !== undefined && entry.method === 'POST') all.set(relative, target);
  }
  const temporary = new Map([...all].filter(([link]) => link.startsWith('urn:')));
  return { all, temporary };
}

/** `http://any.example/fhir/Patient/1` → `Patient/1` */
function relativeForm(fullUrl: string): string | undefined {
  return /^https?:\/\/.*\/([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/.exec(fullUrl)?.[1];
}

/**
 * Writes entries, each as soon as what it refers to by condition is there: another entry may write it, whichever comes
 * first in the Bundle.
 * @throws FhirError 412 or 400 for a conditional reference that means several resources, or none to the end
 */
export async function inOrderOfReferences(
  services: Services,
  reader: StoreReader,
  bundle: SubmittedTransaction,
  entries: readonly BundleEntry[],
  targets: Map<string, string>,
  write: (entry: BundleEntry) => Promise<void>,
): Promise<void> {
  let waiting: Waiting[] = [];
  for (const entry of entries) {
    const links = referencesByCondition(entry).filter((link) => !targets.has(link));
    if (links.length > 0) waiting.push({ entry, links });
    else await write(entry);
  }
  for (let round = 0; waiting.length > 0; round++) {
    await lookUp(services, reader, bundle, waiting, targets);
    const isReady = ({ links }: Waiting): boolean => links.every((link) => targets.has(link));
    const ready = waiting.filter(isReady);
    waiting = waiting.filter((one) => !isReady(one));
    const [first] = waiting;
    if (first && (ready.length === 0 || round === mostRounds)) {
      throw refusalAt(bundle, first.entry, leadsNowhere());
    }
    for (const { entry } of ready) await write(entry);
  }
}

interface Waiting {
  readonly entry: BundleEntry;
  readonly links: readonly string[];
}

/** Adds to the targets what can be found by now. */
async function lookUp(
  services: Services,
  reader: StoreReader,
  bundle: SubmittedTransaction,
  waiting: readonly Waiting[],
  targets: Map<string, string>,
): Promise<void> {
  const nowhere = new Set<string>();
  for (const { entry, links } of waiting) {
    for (const link of links) {
      if (targets.has(link) || nowhere.has(link)) continue;
      const target = await placed(bundle, entry, () => targetOf(services, reader, link));
      if (target === undefined) nowhere.add(link);
      else targets.set(link, target);
    }
  }
}

/** Patches see to their references themselves: what they bring shows once they are applied. */
function referencesByCondition({ method, path, resource, text }: BundleEntry): string[] {
  if (!isStored(method, path) || !resource || text === undefined) return [];
  return conditionalLinks({ resource, text });
}
