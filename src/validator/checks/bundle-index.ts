/**
 * The entries of a bundle by fullUrl: references are resolved through this one index. Parameters are indexed alike.
 * https://hl7.org/fhir/R4/bundle.html#references
 */
import { once } from '../../core/once.ts';
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

const restful = /^(?:https?|urn):.*\/[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[^/]+)?$/;

/** The base of a RESTful URL: `http://x/fhir/` of `http://x/fhir/Patient/1`. */
function serverBase(fullUrl: string): string | undefined {
  if (!restful.test(fullUrl)) return undefined;
  const last = fullUrl.lastIndexOf('/');
  const isVersion = fullUrl.endsWith('/_history', last);
  const id = isVersion ? fullUrl.lastIndexOf('/', last - '/_history'.length - 1) : last;
  return fullUrl.slice(0, fullUrl.lastIndexOf('/', id - 1) + 1);
}

/** A reference without the fragment and the version it may name. */
function withoutVersion(reference: string): string {
  if (!reference.includes('#') && !reference.includes('/_history/')) return reference;
  return reference.split('#', 1)[0]?.replace(/\/_history\/[^/]+$/, '') ?? reference;
}

/** The version that a reference names. */
const versionIn = (reference: string): string | undefined => /\/_history\/([^/#]+)/.exec(reference)?.[1];

function versionOf({ meta }: Record<string, unknown>): string | undefined {
  return isObject(meta) && typeof meta.versionId === 'string' ? meta.versionId : undefined;
}

/** The URL of a resource; of one that has none, its type and id. */
function nameOf({ resourceType, id }: Record<string, unknown>, fullUrl: unknown): string {
  return typeof fullUrl === 'string' ? fullUrl : `${resourceType}/${id}`;
}

const lists = ['entry', 'parameter', 'part'];

/** Visits what holds resources: the entries of a bundle, the parameters and their parts of Parameters. */
function eachResource(
  holder: Record<string, unknown>,
  visit: (resource: Record<string, unknown>, fullUrl: unknown) => void,
): void {
  for (const name of lists) {
    const list = holder[name];
    if (!Array.isArray(list)) continue;
    for (const one of list) {
      if (!isObject(one)) continue;
      if (isObject(one.resource)) visit(one.resource, one.fullUrl);
      eachResource(one, visit);
    }
  }
}

type Resources = Map<string, Record<string, unknown>>;

/** The first of a name counts. */
function addFirst(resources: Resources, name: string, resource: Record<string, unknown>): void {
  if (!resources.has(name)) resources.set(name, resource);
}

/** An index of a bundle; each of its parts is made when it is first asked. */
export function indexBundle(bundle: Record<string, unknown>, outer: BundleIndex | undefined): BundleIndex {
  const linkTargets = once(() => targetsIn(bundle));
  /** By fullUrl. */
  const byUrl = once(() => {
    const found: Resources = new Map();
    eachResource(bundle, (resource, fullUrl) => {
      if (typeof fullUrl === 'string') addFirst(found, fullUrl, resource);
    });
    return found;
  });

  /** By base and what follows it: a relative reference is found as it stands. What is no URL has the base ''. */
  const byBase = once(() => {
    const found = new Map<string, Resources>();
    eachResource(bundle, (resource, fullUrl) => {
      if (typeof fullUrl !== 'string') return;
      const base = fullUrl.includes(':') ? serverBase(fullUrl) : '';
      if (base === undefined) return;
      const siblings = found.get(base) ?? new Map();
      found.set(base, siblings);
      addFirst(siblings, fullUrl.slice(base.length), resource);
    });
    return found;
  });

  /** References of one entry come one after another. */
  let lastUrl: string | undefined;
  let lastSiblings: Resources | undefined;

  function siblingsOf(fullUrl: string): Resources | undefined {
    if (fullUrl !== lastUrl) {
      const base = serverBase(fullUrl);
      lastUrl = fullUrl;
      lastSiblings = base === undefined ? undefined : byBase().get(base);
    }
    return lastSiblings;
  }

  const urlOf = once(() => {
    const found = new Map<unknown, string>();
    eachResource(bundle, (resource, fullUrl) => {
      if (typeof fullUrl === 'string') found.set(resource, fullUrl);
    });
    return found;
  });

  /** By URL, or by type and id where there is none, and version. */
  const byVersion = once(() => {
    const found: Resources = new Map();
    eachResource(bundle, (resource, fullUrl) => {
      const version = versionOf(resource);
      if (version !== undefined) addFirst(found, `${nameOf(resource, fullUrl)} ${version}`, resource);
    });
    return found;
  });

  /** Of the resources with the URL of one, that of the version which a reference names. */
  function inVersion(first: Record<string, unknown>, reference: string): Record<string, unknown> | undefined {
    const version = versionIn(reference);
    if (version === undefined || version === versionOf(first)) return first;
    return byVersion().get(`${nameOf(first, urlOf().get(first))} ${version}`);
  }

  const byCanonical = once(() => {
    const found = new Map<string, Record<string, unknown>[]>();
    eachResource(bundle, (resource) => {
      const { url } = resource;
      if (typeof url !== 'string') return;
      const others = found.get(url);
      if (others) others.push(resource);
      else found.set(url, [resource]);
    });
    return found;
  });

  const byTypeAndId = once(() => {
    const found: Resources = new Map();
    eachResource(bundle, (resource) => {
      const { id, resourceType } = resource;
      if (typeof id === 'string' && typeof resourceType === 'string')
        addFirst(found, `${resourceType}/${id}`, resource);
    });
    return found;
  });

  return {
    bundle,
    linkTargets,
    fullUrlOf: (resource) => urlOf().get(resource),
    named(url) {
      const byId = byTypeAndId().get(url.slice(url.lastIndexOf('/', url.lastIndexOf('/') - 1) + 1));
      return [...(byCanonical().get(url) ?? []), ...(byId ? [byId] : [])];
    },
    target(reference, fullUrl) {
      const bare = withoutVersion(reference);
      const found = bare.includes(':')
        ? byUrl().get(bare)
        : ((fullUrl === undefined ? byTypeAndId() : siblingsOf(fullUrl))?.get(bare) ??
          byBase().get('')?.get(bare));
      const meant = found === undefined || bare === reference ? found : inVersion(found, reference);
      return meant ?? outer?.target(reference, fullUrl);
    },
  };
}
