/**
 * Links within a narrative: `#name` leads to an element of the resource, or of the bundle around it, that has this id,
 * or to a place in a narrative.
 * https://hl7.org/fhir/R4/narrative.html#id
 */
import { isObject } from '../../fhir/resource.ts';
import { found, type Run, rootScope } from '../run.ts';

const fragments = /\b(?:href|src)\s*=\s*(?:"(#[^"]+)"|'(#[^']+)')/g;
const names = /\b(?:id|name)\s*=\s*(?:"([^"]+)"|'([^']+)')/g;

/** Links that begin with `#`, of a text that is no well-formed narrative. */
export function fragmentsIn(text: string): string[] {
  return [...text.matchAll(fragments)].map(([, double, single]) => double ?? single ?? '');
}

/** @param links as they are written, each beginning with `#` */
export function checkFragments(links: readonly string[], run: Run): void {
  if (!links.every((link) => leadsSomewhere(link, run))) found(run, 'narrative-fragment', 'div');
}

/** Whether what a URL says that begins with `#` is in the resource or the bundle around it. */
export function leadsSomewhere(link: string, { scope }: Run): boolean {
  const root = rootScope(scope);
  const name = link.slice(1);
  root.linkTargets ??= targetsIn(root.resource);
  return root.linkTargets.has(name) || root.bundle?.linkTargets().has(name) === true;
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
