/**
 * Rules of bundles that span entries and that no invariant states in full: fullUrls, what the first entry of a document
 * or message must lead to, and bdl-7 in time linear in the number of entries.
 * https://hl7.org/fhir/R4/bundle.html, https://hl7.org/fhir/R4/documents.html
 */
import { isObject } from '../../fhir/resource.ts';
import { found, foundAs, type Run, report } from '../run.ts';
import { type BundleIndex, indexBundle } from './bundle-index.ts';
import { checkLinks, checkSearchEntries } from './bundle-pages.ts';
import { checkRequests } from './bundle-requests.ts';
import { checkReached } from './document-entries.ts';
import { isAbsolute } from './url.ts';

/** Bundles whose entries may lack a fullUrl: what is created gets its URL from the server, responses tell no more. */
const withoutUrls = new Set(['transaction', 'batch', 'transaction-response', 'batch-response']);

/** What a document must carry with its Composition, and a message with its header. */
const carried = new Map<string, readonly string[]>(
  Object.entries({
    document: [
      'subject',
      'encounter',
      'author',
      'attester.party',
      'custodian',
      'event.detail',
      'section.author',
      'section.focus',
      'section.entry',
    ],
    message: ['focus'],
  }),
);

/** Bundles whose entries say what became of a request. */
const answered = new Set(['transaction-response', 'batch-response', 'history']);
/** An HTTP code; its description may follow. */
const httpStatus = /^[0-9]{3}(?![0-9])/;

const lead = new Map([
  ['document', 'Composition'],
  ['message', 'MessageHeader'],
]);

export function bundleRules(
  bundle: Record<string, unknown>,
  isResourceType: (name: string) => boolean,
  run: Run,
): void {
  const type = typeof bundle.type === 'string' ? bundle.type : '';
  const entries = Array.isArray(bundle.entry) ? bundle.entry : [];
  for (let index = 0; index < entries.length; index++)
    checkFullUrl(entries[index], type, index, isResourceType, run);
  if (type !== 'history' && !areDistinct(entries)) {
    const text =
      'FullUrl must be unique in a bundle, or else entries with the same fullUrl must have different meta.versionId (except in history bundles)';
    report(run, { key: 'bdl-7', severity: 'error', code: 'invariant', text, path: '' });
  }
  checkLinks(bundle, type, run);
  if (type === 'transaction' || type === 'batch') checkRequests(entries, type, run);
  if (answered.has(type)) checkStatuses(entries, run);
  if (type === 'searchset') checkSearchEntries(entries, bundle, isResourceType, run);
  const first = lead.get(type);
  if (first === undefined) return;
  if (entries.length === 0) found(run, 'bundle-entry-missing', '', type, `a ${first} as its first entry`);
  else checkCarried(entries[0], carried.get(type) ?? [], run);
  if (type === 'document') checkReached(entries, indexOf(run), run);
}

/** A warning: in HL7's own example an entry has no code. */
function checkStatuses(entries: readonly unknown[], run: Run): void {
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index];
    const status = isObject(entry) && isObject(entry.response) ? entry.response.status : undefined;
    if (typeof status === 'string' && !httpStatus.test(status))
      foundAs(run, 'warning', 'format', `entry[${index}].response.status`, 'status', 'code of HTTP');
  }
}

/** bdl-7: no two entries have the same fullUrl, or each another version. */
function areDistinct(entries: readonly unknown[]): boolean {
  const seen = new Set<string>();
  for (const entry of entries) {
    if (!isObject(entry) || typeof entry.fullUrl !== 'string') continue;
    const { fullUrl, resource } = entry;
    const versionId = isObject(resource) && isObject(resource.meta) ? resource.meta.versionId : undefined;
    const name = versionId === undefined ? fullUrl : `${fullUrl}${String(versionId)}`;
    if (seen.has(name)) return false;
    seen.add(name);
  }
  return true;
}

function indexOf(run: Run): BundleIndex {
  run.scope.entries ??= indexBundle(run.scope.resource, run.scope.bundle);
  return run.scope.entries;
}

/** Bundles of HL7's own examples in which a fullUrl has another id than its resource: there that is a warning. */
const looselyNamed = new Set(['message', 'collection']);

const urn = /^urn:(?:uuid|oid):/;

function checkFullUrl(
  entry: unknown,
  type: string,
  index: number,
  isResourceType: (name: string) => boolean,
  run: Run,
): void {
  if (!isObject(entry)) return;
  const { fullUrl, resource, request, response } = entry;
  if (typeof fullUrl === 'string') {
    const isStored = request === undefined && response === undefined && !urn.test(fullUrl);
    if (isStored && isObject(resource) && resource.id === undefined && isOfType(resource, isResourceType))
      found(run, 'cardinality-min', `entry[${index}].resource`, 'id', 1);
    if (!isAbsolute(fullUrl)) found(run, 'bundle-fullurl-relative', `entry[${index}].fullUrl`);
    else if (isObject(resource) && disagrees(fullUrl, resource, isResourceType)) {
      // What is known by a URL of its own is not to be had there unless that URL has its id.
      const isLoose = looselyNamed.has(type) && resource.url !== fullUrl;
      foundAs(run, isLoose ? 'warning' : 'error', 'bundle-fullurl-id', `entry[${index}].fullUrl`);
    }
    return;
  }
  // A search tells about itself in an OperationOutcome, which has no URL.
  if (fullUrl !== undefined || (isObject(resource) && resource.resourceType === 'OperationOutcome')) return;
  const updates = isObject(resource) && isObject(request) && request.method === 'PUT';
  if (updates || !withoutUrls.has(type)) found(run, 'bundle-fullurl-missing', `entry[${index}]`);
}

const isOfType = ({ resourceType }: Record<string, unknown>, isResourceType: (name: string) => boolean) =>
  typeof resourceType === 'string' && isResourceType(resourceType);

const restful = /^https?:\/\/.*\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/;

/** Whether a URL ends in `/type/id`: the usual case, for which no text is made. */
function endsIn(url: string, type: string, id: string): boolean {
  const idAt = url.length - id.length;
  const typeAt = idAt - 1 - type.length;
  return (
    typeAt > 0 &&
    url.endsWith(id) &&
    url.endsWith(type, idAt - 1) &&
    url[idAt - 1] === '/' &&
    url[typeAt - 1] === '/'
  );
}

/** A RESTful fullUrl ends in the type and id of its resource, if that has one yet. */
function disagrees(
  fullUrl: string,
  { id, resourceType, url }: Record<string, unknown>,
  isResourceType: (name: string) => boolean,
): boolean {
  if (typeof id !== 'string') return false;
  if (!fullUrl.startsWith('http') || endsIn(fullUrl, String(resourceType), id)) return false;
  if (url === fullUrl) return !fullUrl.endsWith(`/${id}`);
  const [, type] = restful.exec(fullUrl) ?? [];
  return type !== undefined && isResourceType(type);
}

/** Every reference of the first entry that the bundle must carry leads to an entry. */
function checkCarried(entry: unknown, paths: readonly string[], run: Run): void {
  if (!isObject(entry) || !isObject(entry.resource)) return;
  const { resource } = entry;
  const index = indexOf(run);
  const fullUrl = typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined;
  for (const path of paths) {
    for (const { reference, place } of referencesAt(resource, path.split('.'), '')) {
      if (reference.startsWith('#') || index.target(reference, fullUrl)) continue;
      found(run, 'bundle-reference-unresolved', `entry[0].resource${place}`);
    }
  }
}

function referencesAt(
  value: unknown,
  steps: readonly string[],
  place: string,
): { reference: string; place: string }[] {
  if (Array.isArray(value)) return value.flatMap((one, i) => referencesAt(one, steps, `${place}[${i}]`));
  if (!isObject(value)) return [];
  const [step, ...rest] = steps;
  // Sections nest.
  if (step === 'section' && value.section !== undefined) {
    const inside = referencesAt(value.section, steps, `${place}.section`);
    return [...inside, ...referencesAt(value.section, rest, `${place}.section`)];
  }
  if (step !== undefined) return referencesAt(value[step], rest, `${place}.${step}`);
  return typeof value.reference === 'string' ? [{ reference: value.reference, place }] : [];
}
