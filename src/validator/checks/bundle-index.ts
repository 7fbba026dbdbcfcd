/**
 * The entries of a bundle by fullUrl: references are resolved through this one index. Parameters are indexed alike.
 * https://hl7.org/fhir/R4/bundle.html#references
 */
import { isObject } from '../../fhir/resource.ts';
import { targetsIn } from './narrative-links.ts';

export interface BundleIndex {
  readonly bundle: Record<string, unknown>;
  /** What a reference in the entry with this fullUrl points to. */
  target(reference: string, fullUrl: string | undefined): Record<string, unknown> | undefined;
  fullUrlOf(resource: Record<string, unknown>): string | undefined;
  /** What links within narratives of its entries may lead to. */
  linkTargets(): ReadonlySet<string>;
}

const restful = /^((?:https?|urn):.*\/)[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[^/]+)?$/;

/** The base of a RESTful URL: `http://x/fhir/` of `http://x/fhir/Patient/1`. */
export function serverBase(fullUrl: string): string | undefined {
  return restful.exec(fullUrl)?.[1];
}

/** What holds resources: the entries of a bundle, the parameters and their parts of Parameters. */
function holdersOf(holder: Record<string, unknown>): Record<string, unknown>[] {
  const lists = [holder.entry, holder.parameter, holder.part].filter(Array.isArray);
  return lists.flat().flatMap((one: unknown) => (isObject(one) ? [one, ...holdersOf(one)] : []));
}

/** An index of a bundle, made when the first reference is resolved. */
export function indexBundle(bundle: Record<string, unknown>, outer: BundleIndex | undefined): BundleIndex {
  let byUrl: Map<string, Record<string, unknown>> | undefined;
  let byTypeAndId: Map<string, Record<string, unknown>>;
  let linkTargets: ReadonlySet<string> | undefined;

  function build(): Map<string, Record<string, unknown>> {
    const urls = new Map<string, Record<string, unknown>>();
    byTypeAndId = new Map();
    for (const entry of holdersOf(bundle)) {
      if (!isObject(entry.resource)) continue;
      const { resource, fullUrl } = entry;
      if (typeof fullUrl === 'string' && !urls.has(fullUrl)) urls.set(fullUrl, resource);
      if (typeof resource.id === 'string' && typeof resource.resourceType === 'string') {
        const name = `${resource.resourceType}/${resource.id}`;
        if (!byTypeAndId.has(name)) byTypeAndId.set(name, resource);
      }
    }
    return urls;
  }

  return {
    bundle,
    linkTargets() {
      linkTargets ??= targetsIn(bundle);
      return linkTargets;
    },
    fullUrlOf(resource) {
      const entries = Array.isArray(bundle.entry) ? bundle.entry : [];
      const entry = entries.find((one) => isObject(one) && one.resource === resource);
      return typeof entry?.fullUrl === 'string' ? entry.fullUrl : undefined;
    },
    target(reference, fullUrl) {
      byUrl ??= build();
      const bare = reference.split('#', 1)[0]?.replace(/\/_history\/[^/]+$/, '') ?? reference;
      const direct = byUrl.get(bare);
      if (direct) return direct;
      const relative = !bare.includes(':');
      if (relative && fullUrl !== undefined) {
        const base = serverBase(fullUrl);
        const found = base === undefined ? undefined : byUrl.get(base + bare);
        if (found) return found;
      }
      if (relative && fullUrl === undefined) {
        const found = byTypeAndId.get(bare);
        if (found) return found;
      }
      return outer?.target(reference, fullUrl);
    },
  };
}
