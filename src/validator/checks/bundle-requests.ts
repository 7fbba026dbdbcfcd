/**
 * What the entries of a transaction or batch ask for: the URL names the type, and for an update the id, of the resource
 * that comes with it.
 * https://hl7.org/fhir/R4/http.html#transaction, https://hl7.org/fhir/R4/http.html#update
 */
import { isObject } from '../../fhir/resource.ts';
import { found, type Run } from '../run.ts';

/** `Type`, `Type/id` or `Type?criteria`; URLs of operations and absolute ones are not judged. */
const target = /^([A-Z][A-Za-z]+)(?:\/([A-Za-z0-9\-.]{1,64}))?(?:\?.*)?$/;

export function checkRequests(entries: readonly unknown[], run: Run): void {
  entries.forEach((entry, index) => {
    if (!isObject(entry) || !isObject(entry.request) || !isObject(entry.resource)) return;
    const { method, url } = entry.request;
    const [, type, id] = typeof url === 'string' ? (target.exec(url) ?? []) : [];
    if (type === undefined || (method !== 'POST' && method !== 'PUT')) return;
    const place = `entry[${index}].request.url`;
    const { resource } = entry;
    if (type !== resource.resourceType) found(run, 'bundle-request-type', place);
    else if (method === 'PUT' && id !== undefined && id !== resource.id)
      found(run, 'bundle-request-id', place);
  });
}
