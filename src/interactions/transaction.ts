/**
 * The transaction: one unit of work on the store. First every entry learns its identity, then links between entries
 * are rewritten, then deletes, creates, updates and reads happen in the order the specification gives.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import { gravestFirst, hasErrors, type Issue } from '../core/issue.ts';
import { createPauses } from '../core/pauses.ts';
import { replaceLinks } from '../fhir/json-splice.ts';
import type { Resource } from '../fhir/resource.ts';
import type { SourcedResource } from '../validator/validator.ts';
import { findMatches, requireVersion } from './conditional.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { requirePresent } from './read.ts';
import { searchWithin } from './search.ts';
import { type BundleEntry, type SubmittedBundle, unsupported } from './submitted-bundle.ts';
import { findingsOnWrite, requireId } from './submitted-resource.ts';
import { transact } from './transact.ts';
import { type Identity, linkTargets } from './transaction-links.ts';
import { versionResult, writeResult } from './versioned-result.ts';
import { type Work, writeDeletion, writeVersion } from './write-version.ts';

const order: readonly BundleEntry['method'][] = ['DELETE', 'POST', 'PUT', 'GET', 'HEAD'];

/**
 * @returns one result per entry, in the order of the Bundle
 * @throws FhirError as the first failing entry would, its issues placed in the Bundle; nothing is stored then
 */
export async function runTransaction(
  services: Services,
  context: RequestContext,
  bundle: SubmittedBundle,
): Promise<Result[]> {
  const findings = await validateEntries(services, bundle);
  return transact(services, async (work) => {
    // Others read what is committed meanwhile, and wait with their writes.
    const pause = createPauses();
    const identities: (Identity | undefined)[] = [];
    for (const entry of bundle.entries) {
      await pause();
      identities.push(await placed(bundle, entry, () => identify(services, work, entry)));
    }
    requireDistinct(bundle, identities);
    const targets = await linkTargets(services, work.transaction, bundle, identities);
    const results: Result[] = [];
    for (const method of order) {
      for (const entry of bundle.entries) {
        if (entry.method !== method) continue;
        await pause();
        const { index } = entry;
        results[index] = await placed(bundle, entry, () =>
          perform(services, context, work, entry, identities[index], targets, findings[index] ?? []),
        );
      }
    }
    return results;
  });
}

/** Findings per entry; one error anywhere refuses the whole. */
async function validateEntries(services: Services, bundle: SubmittedBundle): Promise<Issue[][]> {
  const fullUrls = new Set(bundle.entries.map(({ fullUrl }) => fullUrl));
  const written = bundle.entries.filter((entry) => entry.resource !== undefined);
  const judged = await findingsOnWrite(services, written as (BundleEntry & SourcedResource)[]);
  const findingsOf = new Map(written.map((entry, n) => [entry, judged[n] ?? []]));
  const findings: Issue[][] = [];
  const pause = createPauses();
  for (const entry of bundle.entries) {
    await pause();
    const { text = '', index } = entry;
    const found = findingsOf.get(entry) ?? [];
    // A narrative may link to an entry by its fullUrl: that becomes a link one can follow.
    const isResolved = ({ key }: Issue): boolean => key === 'narrative-link' && linksOnlyTo(fullUrls, text);
    findings.push(
      bundle.place(
        index,
        found.filter((issue) => !isResolved(issue)),
      ),
    );
  }
  const all = findings.flat();
  if (hasErrors(all)) throw new FhirError(422, gravestFirst(all));
  return findings;
}

/** Whether narratives in the JSON text link to some `urn:`, and only to these. */
function linksOnlyTo(urls: ReadonlySet<string | undefined>, text: string): boolean {
  const links = [...text.matchAll(/\b(?:href|src)\s*=\s*(?:\\"|')(urn:[^"'\\]*)/g)];
  return links.length > 0 && links.every(([, url]) => urls.has(url));
}

/** Puts the refusal of one entry into its place in the Bundle. */
async function placed<T>(bundle: SubmittedBundle, entry: BundleEntry, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    throw new FhirError(error.status, bundle.place(entry.index, error.issues), error.headers);
  }
}

async function identify(services: Services, work: Work, entry: BundleEntry): Promise<Identity | undefined> {
  const [type, id] = entry.path;
  if (type === undefined) throw unsupported(entry);
  if (entry.method === 'POST') {
    if (id !== undefined) throw unsupported(entry);
    if (entry.ifNoneExist === undefined) return { type, id: services.ids.next() };
    const existing = await findMatches(services, work.transaction, type, entry.ifNoneExist);
    return existing ? { type, id: existing.id, existing } : { type, id: services.ids.next() };
  }
  if (entry.method === 'PUT' || entry.method === 'DELETE') {
    if (id === undefined || entry.path.length > 2) throw unsupported(entry);
    return { type, id };
  }
  return undefined;
}

function requireDistinct(bundle: SubmittedBundle, identities: readonly (Identity | undefined)[]): void {
  const seen = new Set<string>();
  identities.forEach((identity, index) => {
    if (!identity || identity.existing) return;
    const key = `${identity.type}/${identity.id}`;
    if (seen.has(key)) {
      const error = refuse('bundle-invalid', 'Two entries change the same resource', {
        expression: 'entry.request.url',
      });
      throw new FhirError(error.status, bundle.place(index, error.issues));
    }
    seen.add(key);
  });
}

async function perform(
  services: Services,
  context: RequestContext,
  work: Work,
  entry: BundleEntry,
  identity: Identity | undefined,
  targets: ReadonlyMap<string, string>,
  issues: readonly Issue[],
): Promise<Result> {
  if (!identity) return readWithin(services, context, work, entry);
  const { type, id, existing } = identity;
  if (existing) return writeResult(context, 200, existing, issues);
  const current = entry.method === 'POST' ? undefined : await work.transaction.read(type, id);
  requireVersion(current, entry.ifMatch);
  if (entry.method === 'DELETE') {
    if (current?.body === undefined) return { status: 204 };
    const { version, updated } = await writeDeletion(services, work, current);
    return { status: 204, version, updated };
  }
  if (entry.method === 'PUT') requireId(entry.resource!, id);
  const { text, resource } = linked(services, entry, targets);
  const method = entry.method as 'POST' | 'PUT';
  const version = await writeVersion(services, work, { method, resource, text, id }, current);
  return writeResult(context, current?.body === undefined ? 201 : 200, version, issues);
}

/** The entry's resource with its links rewritten, as text and parsed. */
function linked(
  services: Services,
  entry: BundleEntry,
  targets: ReadonlyMap<string, string>,
): { text: string; resource: Resource } {
  const text = replaceLinks(entry.text!, targets, services.holdsUri);
  return { text, resource: text === entry.text ? entry.resource! : (JSON.parse(text) as Resource) };
}

async function readWithin(
  services: Services,
  context: RequestContext,
  work: Work,
  entry: BundleEntry,
): Promise<Result> {
  const [type, id] = entry.path;
  if (type === undefined || entry.path.length > 2) throw unsupported(entry);
  if (id !== undefined) return versionResult(200, requirePresent(await work.transaction.read(type, id)));
  return searchWithin(services, work.transaction, context, { type, parameters: entry.query });
}
