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
  /** Resources with this canonical URL, or with the type and id that it ends with. */
  named(url: string): readonly Record<string, unknown>[];
}

const restful = /^((?:https?|urn):.*\/)[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[^/]+)?$/;

/** The base of a RESTful URL: `http://x/fhir/` of `http://x/fhir/Patient/1`. */
export function serverBase(fullUrl: string): string | undefined {
  return restful.exec(fullUrl)?.[1];
}

/** A reference without the fragment and the version it may name. */
function withoutVersion(reference: string): string {
  if (!reference.includes('#') && !reference.includes('/_history/')) return reference;
  return reference.split('#', 1)[0]?.replace(/\/_history\/[^/]+$/, '') ?? reference;
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
  let urlOf: Map<unknown, string>;
  let byCanonical: Map<string, Record<string, unknown>[]>;
  /** References of one entry come one after another. */
  let lastUrl: string | undefined;
  let lastBase: string | undefined;

  function baseOf(fullUrl: string): string | undefined {
    if (fullUrl !== lastUrl) {
      lastUrl = fullUrl;
      lastBase = serverBase(fullUrl);
    }
    return lastBase;
  }

  function build(): Map<string, Record<string, unknown>> {
    const urls = new Map<string, Record<string, unknown>>();
    byTypeAndId = new Map();
    urlOf = new Map();
    byCanonical = new Map();
    for (const entry of holdersOf(bundle)) {
      if (!isObject(entry.resource)) continue;
      const { resource, fullUrl } = entry;
      if (typeof fullUrl === 'string') {
        urlOf.set(resource, fullUrl);
        if (!urls.has(fullUrl)) urls.set(fullUrl, resource);
      }
      if (typeof resource.url === 'string')
        byCanonical.set(resource.url, [...(byCanonical.get(resource.url) ?? []), resource]);
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
      byUrl ??= build();
      return urlOf.get(resource);
    },
    named(url) {
      byUrl ??= build();
      const byId = byTypeAndId.get(url.slice(url.lastIndexOf('/', url.lastIndexOf('/') - 1) + 1));
      return [...(byCanonical.get(url) ?? []), ...(byId ? [byId] : [])];
    },
    target(reference, fullUrl) {
      byUrl ??= build();
      const bare = withoutVersion(reference);
      const direct = byUrl.get(bare);
      if (direct) return direct;
      const relative = !bare.includes(':');
      if (relative && fullUrl !== undefined) {
        const base = baseOf(fullUrl);
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
