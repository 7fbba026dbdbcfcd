/**
 * Contained resources: dom-2 to dom-5. dom-3 uses the `#` references that the walk met, and so costs next to nothing.
 * https://hl7.org/fhir/R4/references.html#contained
 */
import { isObject } from '../../fhir/resource.ts';
import { found, type Run, report } from '../run.ts';

function broken(run: Run, key: string, text: string, index: number): void {
  report(run, { key, severity: 'error', code: 'invariant', text, path: `contained[${index}]` });
}

/** Whether anything inside refers to the container as `#`. */
function refersToContainer(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(refersToContainer);
  if (!isObject(value)) return false;
  for (const key in value) {
    if (value[key] === '#') return true;
    if (typeof value[key] === 'object' && refersToContainer(value[key])) return true;
  }
  return false;
}

export function checkContained(contained: readonly unknown[], run: Run): void {
  const referenced = new Set(run.scope.fragments);
  const ids = new Set<unknown>();
  contained.forEach((resource, index) => {
    if (!isObject(resource)) return;
    // Only what is yet to be created has no id of its own. https://hl7.org/fhir/R4/resource.html#id
    if (resource.id === undefined) found(run, 'cardinality-min', `contained[${index}]`, 'id', 1);
    else if (ids.has(resource.id)) found(run, 'contained-duplicate', `contained[${index}]`);
    else ids.add(resource.id);
    if (resource.contained !== undefined) {
      broken(
        run,
        'dom-2',
        'If the resource is contained in another resource, it SHALL NOT contain nested Resources',
        index,
      );
    }
    const { id, meta } = resource;
    // What has no id cannot be referred to.
    const isReferenced = typeof id === 'string' && referenced.has(`#${id}`);
    if (!isReferenced && !refersToContainer(resource)) {
      const text =
        'If the resource is contained in another resource, it SHALL be referred to from elsewhere in the resource or SHALL refer to the containing resource';
      broken(run, 'dom-3', text, index);
    }
    if (!isObject(meta)) return;
    if (meta.versionId !== undefined || meta.lastUpdated !== undefined) {
      const text =
        'If a resource is contained in another resource, it SHALL NOT have a meta.versionId or a meta.lastUpdated';
      broken(run, 'dom-4', text, index);
    }
    if (meta.security !== undefined) {
      broken(
        run,
        'dom-5',
        'If a resource is contained in another resource, it SHALL NOT have a security label',
        index,
      );
    }
  });
}
