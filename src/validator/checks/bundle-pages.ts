/**
 * Bundles that are pages: their links, and what the entries of a search are.
 * https://hl7.org/fhir/R4/bundle.html#searchset, https://hl7.org/fhir/R4/http.html#paging
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';
import { found, type Run } from '../run.ts';
import { isAbsolute } from './url.ts';

const paging = new Set(['first', 'previous', 'next', 'last']);
const paged = new Set(['searchset', 'history']);

export function checkLinks(bundle: Record<string, unknown>, type: string, run: Run): void {
  const links: unknown[] = Array.isArray(bundle.link) ? bundle.link : [];
  const seen = new Set<unknown>();
  links.forEach((link, index) => {
    const relation = isObject(link) ? link.relation : undefined;
    if (typeof relation !== 'string') return;
    const place = `link[${index}].relation`;
    if (paging.has(relation) && !paged.has(type)) found(run, 'bundle-link', place, type);
    else if (seen.has(relation) && (paging.has(relation) || relation === 'self'))
      found(run, 'bundle-link-duplicate', place);
    if (relation === 'stylesheet' && type === 'document') checkStylesheet(link, index, bundle, run);
    seen.add(relation);
  });
}

/** A stylesheet is found by its type and id where it is carried along. https://hl7.org/fhir/R4/documents.html#presentation */
function checkStylesheet(link: unknown, index: number, { entry }: Record<string, unknown>, run: Run): void {
  const url = isObject(link) ? link.url : undefined;
  if (typeof url !== 'string' || isAbsolute(url)) return;
  const isCarried = objectsOf(entry).some(
    ({ resource }) => isObject(resource) && url === `${resource.resourceType}/${resource.id}`,
  );
  if (!isCarried) found(run, 'bundle-reference-unresolved', `link[${index}].url`);
}

/** Where one entry says why it is in the result, each is a resource that fits its mode. */
export function checkSearchEntries(
  entries: readonly unknown[],
  bundle: Record<string, unknown>,
  isResourceType: (name: string) => boolean,
  run: Run,
): void {
  const modes = entries.map((entry) =>
    isObject(entry) && isObject(entry.search) ? entry.search.mode : undefined,
  );
  const types = searchedTypes(bundle, isResourceType);
  entries.forEach((entry, index) => {
    const mode = modes[index];
    const resource = isObject(entry) && isObject(entry.resource) ? entry.resource : undefined;
    const place = `entry[${index}].resource`;
    if (!resource) found(run, 'bundle-search-entry', `entry[${index}]`, 'entry', 'a resource');
    else if (mode === 'outcome') {
      if (resource.resourceType !== 'OperationOutcome')
        found(run, 'bundle-search-entry', place, 'outcome', 'an OperationOutcome');
    } else if (mode === 'match' || mode === 'include') {
      if (resource.id === undefined) found(run, 'bundle-search-entry', place, mode, 'a resource with an id');
      if (mode === 'match' && types.length > 0 && !types.includes(String(resource.resourceType)))
        found(run, 'bundle-search-entry', place, mode, 'of a type that the self link searches');
    }
  });
}

/** The types that the self link names; none when it does not tell. */
function searchedTypes(bundle: Record<string, unknown>, isResourceType: (name: string) => boolean): string[] {
  const links: unknown[] = Array.isArray(bundle.link) ? bundle.link : [];
  const self = links.find((link) => isObject(link) && link.relation === 'self');
  const url = isObject(self) && typeof self.url === 'string' ? self.url : '';
  const [path = '', query = ''] = url.split('?');
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (isResourceType(last)) return [last];
  return new URLSearchParams(query).getAll('_type').flatMap((list) => list.split(','));
}
