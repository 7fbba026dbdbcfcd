/**
 * The transaction: one unit of work on the store. First every entry learns its identity, then links between entries
 * are rewritten, then deletes, creates, updates and reads happen in the order the specification gives.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import { gravestFirst, hasErrors, type Issue } from '../core/issue.ts';
import { createPauses } from '../core/pauses.ts';
import type { SourcedResource } from '../validator/validator.ts';
import { findMatch, parseCondition } from './conditional.ts';
import { type TextResource, withLinks } from './conditional-references.ts';
import { deleteWithin, deletionMatches } from './delete.ts';
import { type FollowUpIssue, settle } from './follow-up.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { patchIn, patchTarget, patchWithin } from './patch.ts';
import {
  type BundleEntry,
  isStored,
  placed,
  type SubmittedTransaction,
  unsupported,
} from './submitted-bundle.ts';
import { findingsOnWrite, requireId } from './submitted-resource.ts';
import { transact } from './transact.ts';
import { type Identity, type LinkTargets, linkTargets } from './transaction-links.ts';
import { isRead, readWithin } from './transaction-reads.ts';
import { updateTarget, updateWithin } from './update.ts';
import { writeResult } from './versioned-result.ts';
import { type Work, writeVersion } from './write-version.ts';

/** Entries are carried out in this order; a search by POST is a read. */
const steps: readonly ((entry: BundleEntry) => boolean)[] = [
  ({ method }) => method === 'DELETE',
  (entry) => entry.method === 'POST' && !isRead(entry),
  ({ method }) => method === 'PUT' || method === 'PATCH',
  isRead,
];

/**
 * @returns one result per entry, in the order of the Bundle
 * @throws FhirError as the first failing entry would, its issues placed in the Bundle; nothing is stored then
 */
export async function runTransaction(
  services: Services,
  context: RequestContext,
  bundle: SubmittedTransaction,
): Promise<Result[]> {
  const findings = await validateEntries(services, bundle);
  return transact(services, async (work) => {
    // Others read what is committed meanwhile, and wait with their writes.
    const pause = createPauses();
    const identities: Identity[][] = [];
    for (const entry of bundle.entries) {
      await pause();
      identities.push(await placed(bundle, entry, () => identify(services, work, entry)));
    }
    requireDistinct(bundle, identities);
    const targets = await linkTargets(services, work.transaction, bundle, identities);
    const results: Result[] = [];
    for (const isDue of steps) {
      for (const entry of bundle.entries) {
        if (!isDue(entry)) continue;
        await pause();
        const { index } = entry;
        results[index] = await placed(bundle, entry, () =>
          perform(services, context, work, entry, identities[index] ?? [], targets, findings[index] ?? []),
        );
      }
    }
    await tellFollowUps(services, work, bundle, identities, results);
    return results;
  });
}

/** Adds what follows from the writes to the answers of the entries concerned. */
async function tellFollowUps(
  services: Services,
  work: Work,
  bundle: SubmittedTransaction,
  identities: readonly (readonly Identity[])[],
  results: Result[],
): Promise<void> {
  const entryOf = new Map<string, number>(
    identities.flatMap((written, index) => written.map(({ type, id }) => [`${type}/${id}`, index] as const)),
  );
  const placedIssue = (issue: FollowUpIssue): Issue[] => {
    const index = entryOf.get(issue.resource ?? '');
    return index === undefined ? [issue] : bundle.place(index, [issue]);
  };
  try {
    for (const issue of await settle(services, work)) {
      const index = entryOf.get(issue.resource ?? '') ?? 0;
      const result = results[index];
      if (result) results[index] = { ...result, issues: [...(result.issues ?? []), ...placedIssue(issue)] };
    }
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    throw new FhirError(error.status, error.issues.flatMap(placedIssue));
  }
}

/** Findings per entry; one error anywhere refuses the whole. */
async function validateEntries(services: Services, bundle: SubmittedTransaction): Promise<Issue[][]> {
  const fullUrls = new Set(bundle.entries.map(({ fullUrl }) => fullUrl));
  const written = bundle.entries.filter(({ method, path }) => isStored(method, path));
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

/** What an entry writes, or all that it deletes; nothing for one that reads. */
async function identify(services: Services, work: Work, entry: BundleEntry): Promise<Identity[]> {
  const { method, path, query, resource } = entry;
  const [type, id] = path;
  const { transaction } = work;
  if (isRead(entry)) return [];
  // Operations answer from what is committed, and so not within.
  const isNamed = path.some((segment) => /^[_$]/.test(segment));
  if (type === undefined || isNamed || !services.registry.isResourceType(type)) throw unsupported(entry);
  if (path.length > (method === 'POST' ? 1 : 2)) throw unsupported(entry);
  if (id !== undefined) return [{ type, id }];
  switch (method) {
    case 'POST': {
      if (entry.ifNoneExist === undefined) return [{ type, id: services.ids.next() }];
      const existing = await findMatch(services, transaction, type, parseCondition(entry.ifNoneExist));
      return [existing ? { type, id: existing.id, existing } : { type, id: services.ids.next() }];
    }
    case 'PUT':
      return [{ type, id: await updateTarget(services, transaction, resource!, query) }];
    case 'PATCH':
      return [await patchTarget(services, transaction, type, query)];
    default:
      // What reads is out already: a DELETE.
      return deletionMatches(services, transaction, type, query);
  }
}

function requireDistinct(bundle: SubmittedTransaction, identities: readonly (readonly Identity[])[]): void {
  const seen = new Set<string>();
  identities.forEach((written, index) => {
    for (const { type, id, existing } of written) {
      const key = `${type}/${id}`;
      if (seen.has(key) && !existing) {
        const error = refuse('bundle-invalid', 'Two entries change the same resource', {
          expression: 'entry.request.url',
        });
        throw new FhirError(error.status, bundle.place(index, error.issues));
      }
      if (!existing) seen.add(key);
    }
  });
}

async function perform(
  services: Services,
  context: RequestContext,
  work: Work,
  entry: BundleEntry,
  identities: readonly Identity[],
  targets: LinkTargets,
  issues: readonly Issue[],
): Promise<Result> {
  if (entry.method === 'DELETE') {
    const current = identities.map(({ type, id }) => work.transaction.read(type, id));
    return deleteWithin(services, work, await Promise.all(current), entry);
  }
  const [identity] = identities;
  if (!identity) return readWithin(services, context, work.transaction, entry);
  const { id, existing } = identity;
  if (existing) return writeResult(context, 200, existing, issues);
  if (entry.method === 'PATCH')
    return patchWithin(services, context, work, identity, patchIn(entry), entry, targets.temporary);
  const { resource, text } = entry as BundleEntry & TextResource;
  if (entry.method === 'PUT' && entry.path.length === 2) requireId(resource, id);
  const linked = withLinks(services, { resource, text }, targets.all);
  if (entry.method === 'PUT') return updateWithin(services, context, work, { ...linked, id }, entry, issues);
  const version = await writeVersion(services, work, { ...linked, method: 'POST', id }, undefined);
  return writeResult(context, 201, version, issues);
}
