/**
 * Contained resources: dom-2 to dom-5, and their ids. What leads to them is known from the fragments that the walk met.
 * https://hl7.org/fhir/R4/references.html#contained
 */
import { isObject } from '../../fhir/resource.ts';
import { found, type Run, report } from '../run.ts';

/** Rules of the resource around them. */
function broken(run: Run, key: string, text: string): void {
  report(run, { key, severity: 'error', code: 'invariant', text, path: '' });
}

/** The contained resources that are referred to, by the resource around them or by such as are, or that refer to it. */
function keptResources(contained: readonly unknown[], { scope }: Run): ReadonlySet<unknown> {
  const kept = new Set<unknown>();
  const fragments = [...scope.fragments];
  const named = new Map<string, unknown[]>();
  const keep = (resource: unknown) => {
    if (kept.has(resource)) return;
    kept.add(resource);
    for (const fragment of scope.inside?.get(resource) ?? []) fragments.push(fragment);
  };
  for (const resource of contained) {
    if (!isObject(resource)) continue;
    const fragment = `#${resource.id}`;
    const others = named.get(fragment);
    if (others) others.push(resource);
    else named.set(fragment, [resource]);
    if (scope.inside?.get(resource)?.includes('#')) keep(resource);
  }
  for (let next = fragments.pop(); next !== undefined; next = fragments.pop()) {
    for (const resource of named.get(next) ?? []) keep(resource);
  }
  return kept;
}

export function checkContained(contained: readonly unknown[], run: Run): void {
  const kept = keptResources(contained, run);
  const ids = new Set<unknown>();
  contained.forEach((resource, index) => {
    if (!isObject(resource)) return;
    const path = `contained[${index}]`;
    const { id, meta } = resource;
    // Of all resources only those that are being created have none.
    if (id === undefined) found(run, 'cardinality-min', path, 'id', 1);
    else if (ids.has(id)) found(run, 'contained-duplicate', path);
    else ids.add(id);
    if (resource.contained !== undefined)
      broken(
        run,
        'dom-2',
        'If the resource is contained in another resource, it SHALL NOT contain nested Resources',
      );
    if (!kept.has(resource)) {
      const text =
        'If the resource is contained in another resource, it SHALL be referred to from elsewhere in the resource or SHALL refer to the containing resource';
      report(run, { key: 'dom-3', severity: 'error', code: 'invalid', text, path });
    }
    if (!isObject(meta)) return;
    if (meta.versionId !== undefined || meta.lastUpdated !== undefined)
      broken(
        run,
        'dom-4',
        'If a resource is contained in another resource, it SHALL NOT have a meta.versionId or a meta.lastUpdated',
      );
    if (meta.security !== undefined)
      broken(
        run,
        'dom-5',
        'If a resource is contained in another resource, it SHALL NOT have a security label',
      );
  });
}
