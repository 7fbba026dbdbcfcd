/**
 * The transaction: one unit of work on the store. Every entry learns its identity, links between entries are rewritten,
 * and deletes, creates, updates and reads happen in the order the specification gives.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { FhirError } from '../core/fhir-error.ts';
import { gravestFirst, hasErrors, type Issue } from '../core/issue.ts';
import { createPauses } from '../core/pauses.ts';
import type { SourcedResource } from '../validator/validator.ts';
import { type TextResource, withLinks } from './conditional-references.ts';
import { deleteWithin } from './delete.ts';
import { type FollowUpIssue, settle } from './follow-up.ts';
import type { RequestContext, Result, Services } from './interaction.ts';
import { patchIn, patchWithin } from './patch.ts';
import { type BundleEntry, isStored, placed, type SubmittedTransaction } from './submitted-bundle.ts';
import { findingsOnWrite, requireId } from './submitted-resource.ts';
import { transact } from './transact.ts';
import {
  createIdentify,
  type Identify,
  type Identity,
  identify,
  isChange,
  isCreation,
  isDeletion,
  requireApart,
  requireDistinct,
} from './transaction-identities.ts';
import { inOrderOfReferences, type LinkTargets, linkTargets } from './transaction-links.ts';
import { isRead, readWithin } from './transaction-reads.ts';
import { updateWithin } from './update.ts';
import { writeResult } from './versioned-result.ts';
import { type Work, writeVersion } from './write-version.ts';

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
    const { entries } = bundle;
    // Others read what is committed meanwhile, and wait with their writes.
    const pause = createPauses();
    const identities: Identity[][] = entries.map(() => []);
    const results: Result[] = [];
    let targets: LinkTargets = { all: new Map(), temporary: new Map() };
    const identified = async (due: readonly BundleEntry[], run: Identify): Promise<void> => {
      for (const entry of due) {
        await pause();
        identities[entry.index] = await placed(bundle, entry, () => run(services, work, entry));
      }
    };
    const performed = async (entry: BundleEntry): Promise<void> => {
      const { index } = entry;
      await pause();
      results[index] = await placed(bundle, entry, () =>
        perform(services, context, work, entry, identities[index]!, targets, findings[index] ?? []),
      );
    };

    const deletions = entries.filter(isDeletion);
    const creations = entries.filter(isCreation);
    await identified(
      entries.filter((entry) => !isCreation(entry)),
      identify,
    );
    requireDistinct(bundle, identities);
    for (const entry of deletions) await performed(entry);
    // Whether there is one already is asked of what the deletions leave.
    await identified(creations, createIdentify());
    requireDistinct(bundle, identities);
    targets = linkTargets(bundle, identities);
    const isShared = ({ index }: BundleEntry): boolean => identities[index]![0]?.shared === true;
    const writes = [...creations, ...entries.filter(isChange)].filter((entry) => !isShared(entry));
    await inOrderOfReferences(services, work.transaction, bundle, writes, targets.all, performed);
    await requireApart(services, work, bundle, identities);
    for (const entry of creations.filter(isShared)) await performed(entry);
    for (const entry of entries.filter(isRead)) await performed(entry);
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
    identities.flatMap((written, index) =>
      written.flatMap(({ type, id, shared }) => (shared ? [] : [[`${type}/${id}`, index] as const])),
    ),
  );
  const placedIssue = (issue: FollowUpIssue): Issue[] => {
    const index = entryOf.get(issue.resource ?? '');
    if (index === undefined) return [issue];
    // An entry that deletes has no resource in which to point to something.
    const { expression: _, ...bare } = issue;
    return bundle.place(index, [bundle.entries[index]?.resource === undefined ? bare : issue]);
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
  const { type, id, existing, shared } = identity;
  const found = shared ? await work.transaction.read(type, id) : existing;
  if (found) return writeResult(context, 200, found, issues);
  if (entry.method === 'PATCH')
    return patchWithin(services, context, work, identity, patchIn(entry), entry, targets.temporary);
  const { resource, text } = entry as BundleEntry & TextResource;
  if (entry.method === 'PUT' && entry.path.length === 2) requireId(resource, id);
  const linked = withLinks(services, { resource, text }, targets.all);
  if (entry.method === 'PUT') return updateWithin(services, context, work, { ...linked, id }, entry, issues);
  const version = await writeVersion(services, work, { ...linked, method: 'POST', id }, undefined);
  return writeResult(context, 201, version, issues);
}
