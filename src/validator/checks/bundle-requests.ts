/**
 * What the entries of a transaction or batch ask for: the URL names the type, and for an update the id, of the resource
 * that comes with it.
 * https://hl7.org/fhir/R4/http.html#transaction, https://hl7.org/fhir/R4/http.html#update
 */
import { isObject } from '../../fhir/resource.ts';
import { found, type Run } from '../run.ts';

/** `Type`, `Type/id` or `Type?criteria`; URLs of operations and absolute ones are not judged. */
const target = /^([A-Z][A-Za-z]+)(?:\/([A-Za-z0-9\-.]{1,64}))?(?:\?.*)?$/;

/** A search, and most operations, can be asked for without a body. */
const needsNoBody = /[$]|_search/;

export function checkRequests(entries: readonly unknown[], bundleType: string, run: Run): void {
  entries.forEach((entry, index) => {
    if (!isObject(entry) || !isObject(entry.request)) return;
    const { method, url } = entry.request;
    if (typeof url !== 'string' || (method !== 'POST' && method !== 'PUT')) return;
    const place = `entry[${index}]`;
    const { resource } = entry;
    if (resource === undefined && !needsNoBody.test(url))
      found(run, 'bundle-entry-missing', place, bundleType, `a resource with each ${method}`);
    const [, type, id] = target.exec(url) ?? [];
    if (type === undefined) return;
    if (isObject(resource) && type !== resource.resourceType)
      found(run, 'bundle-request-type', `${place}.request.url`);
    else if (method === 'PUT' && !(id === undefined ? url.includes('?') : isOf(id, resource)))
      found(run, 'bundle-request-id', `${place}.request.url`);
  });
}

/** Whether an id is that of the resource; of none, it may be. */
const isOf = (id: string, resource: unknown) => !isObject(resource) || resource.id === id;
