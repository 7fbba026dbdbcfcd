/**
 * Links within a narrative: `#name` leads to an element of the resource, or of the bundle around it, that has this id,
 * or to a place in a narrative.
 * https://hl7.org/fhir/R4/narrative.html#id
 */
import { isObject } from '../../fhir/resource.ts';
import { found, type Run, rootScope } from '../run.ts';

const fragments = /\b(?:href|src)\s*=\s*(?:"#([^"]+)"|'#([^']+)')/g;
const names = /\b(?:id|name)\s*=\s*(?:"([^"]+)"|'([^']+)')/g;

export function checkFragments(div: string, run: Run): void {
  if (!div.includes('"#') && !div.includes("'#")) return;
  const root = rootScope(run.scope);
  for (const [, double, single] of div.matchAll(fragments)) {
    const name = double ?? single ?? '';
    root.linkTargets ??= targetsIn(root.resource);
    if (root.linkTargets.has(name) || root.bundle?.linkTargets().has(name)) continue;
    found(run, 'narrative-fragment', 'div');
    return;
  }
}

/** Every id in a resource, and every name in its narratives. */
export function targetsIn(value: unknown, targets = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const one of value) targetsIn(one, targets);
  else if (isObject(value)) {
    if (typeof value.id === 'string') targets.add(value.id);
    if (typeof value.div === 'string') {
      for (const [, double, single] of value.div.matchAll(names)) targets.add(double ?? single ?? '');
    }
    for (const key in value) if (typeof value[key] === 'object') targetsIn(value[key], targets);
  }
  return targets;
}
