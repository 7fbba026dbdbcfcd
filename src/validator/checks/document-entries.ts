/**
 * A document holds together: every entry is reached by references from its Composition, or refers itself to what is, or
 * is what a link of the document leads to, as to a stylesheet.
 * https://hl7.org/fhir/R4/documents.html#content
 */
import { isObject } from '../../fhir/resource.ts';
import { found, type Run } from '../run.ts';
import type { BundleIndex } from './bundle-index.ts';

interface Entry {
  readonly index: number;
  readonly fullUrl: string | undefined;
  readonly resource: Record<string, unknown>;
  /** Resources of other entries that it refers to. */
  readonly targets: ReadonlySet<unknown>;
}

export function checkReached(entries: readonly unknown[], index: BundleIndex, run: Run): void {
  const all = entries.flatMap((entry, at): Entry[] => {
    if (!isObject(entry) || !isObject(entry.resource)) return [];
    const fullUrl = typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined;
    const targets = new Set<unknown>();
    collectTargets(entry.resource, (text) => index.target(text, fullUrl), targets);
    return [{ index: at, fullUrl, resource: entry.resource, targets }];
  });
  const [first] = all;
  const links: unknown[] = Array.isArray(index.bundle.link) ? index.bundle.link : [];
  const linked = links.flatMap((link) =>
    isObject(link) && typeof link.url === 'string'
      ? (index.target(link.url, first?.fullUrl) ?? index.target(link.url, undefined) ?? [])
      : [],
  );
  const reached = reachedFrom([...(first ? [first.resource] : []), ...linked], all);
  for (const { index: at, resource } of all) {
    if (!reached.has(resource)) found(run, 'bundle-unreachable', `entry[${at}]`);
  }
}

/** The resources that references connect, in either direction, with some of them. */
function reachedFrom(some: readonly unknown[], all: readonly Entry[]): Set<unknown> {
  const linked = new Map<unknown, unknown[]>(all.map(({ resource }) => [resource, []]));
  for (const { resource, targets } of all) {
    for (const target of targets) {
      linked.get(resource)?.push(target);
      linked.get(target)?.push(resource);
    }
  }
  const reached = new Set<unknown>();
  const waiting = [...some];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...(linked.get(next) ?? []));
  }
  return reached;
}

type Lookup = (text: string) => unknown;

/** What any text of a resource leads to: references, and URLs of whatever element. Bundles within are a world apart. */
function collectTargets(value: unknown, lookup: Lookup, targets: Set<unknown>): void {
  if (typeof value === 'string') {
    const target = value.startsWith('urn:') || value.includes('/') ? lookup(value) : undefined;
    if (target !== undefined) targets.add(target);
  } else if (Array.isArray(value)) {
    for (const one of value) collectTargets(one, lookup, targets);
  } else if (isObject(value) && value.resourceType !== 'Bundle') {
    for (const key in value) if (key !== 'div') collectTargets(value[key], lookup, targets);
  }
}
