/**
 * Entries of a batch, handed to the table of interactions as requests of their own, so that a batch does what the
 * server does. https://hl7.org/fhir/R4/http.html#transaction
 */
import { refuse } from '../core/fhir-error.ts';
import type { Registry } from '../fhir/registry.ts';
import type { Dispatch } from '../interactions/batch.ts';
import { patchIn } from '../interactions/patch.ts';
import type { BundleEntry } from '../interactions/submitted-bundle.ts';
import { concerningContent } from './query.ts';
import { matchPath, type PathParameters } from './route-pattern.ts';
import type { FhirRequest, FhirRoute } from './routes/fhir-route.ts';

/** @param routes rows of the table of interactions; asked when a batch comes, since the one for batches is among them */
export function createDispatch(registry: Registry, routes: () => readonly FhirRoute[]): Dispatch {
  return (services, context, entry) => {
    const method = entry.method === 'HEAD' ? 'GET' : entry.method;
    // A Bundle within a Bundle is no interaction.
    if (entry.path.length === 0 && method === 'POST') return undefined;
    for (const route of routes()) {
      if (route.method !== method) continue;
      const path = matchPath(route.path, entry.path, registry.isResourceType);
      if (!path || (path.member !== undefined && !registry.compartments.has(path.type!))) continue;
      return route.handle(services, context, requestOf(route, entry, path));
    }
    return undefined;
  };
}

function requestOf(route: FhirRoute, entry: BundleEntry, path: PathParameters): FhirRequest {
  const { type = '', id = '', version = '', member = '' } = path;
  return {
    type,
    id,
    version,
    member,
    query: concerningContent(entry.query),
    ...bodyOf(route, entry),
    // What is said of a place within an entry is said of the Bundle by whoever asked.
    locator: undefined,
    header: (name) => headers[name]?.(entry),
  };
}

function bodyOf({ method, body }: FhirRoute, entry: BundleEntry): Pick<FhirRequest, 'text' | 'kind'> {
  if (method === 'PATCH') {
    const { kind, text } = patchIn(entry);
    return { text, kind: kind === 'json-patch' ? kind : 'resource' };
  }
  const text = body?.kind === 'resource' ? entry.text : undefined;
  if (body?.kind === 'resource' && body.required && text === undefined)
    throw refuse('bundle-invalid', 'The request needs a resource', { expression: 'entry' });
  return { text, kind: text === undefined ? undefined : 'resource' };
}

const headers: Readonly<Record<string, (entry: BundleEntry) => string | undefined>> = {
  'if-match': (entry) => entry.ifMatch,
  'if-none-match': (entry) => entry.ifNoneMatch,
  'if-none-exist': (entry) => entry.ifNoneExist,
  'if-modified-since': (entry) => entry.ifModifiedSince,
};
