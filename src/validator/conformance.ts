/**
 * Whether a value conforms to a profile, asked in silence: for slices, choices of profiles, reference targets and
 * FHIRPath's `conformsTo()`.
 */
import { isObject } from '../fhir/resource.ts';
import { indexBundle } from './checks/bundle-index.ts';
import type { Compilation, ProfileCheck } from './compilation.ts';
import { anyError, newScope, type ResourceScope, type Run } from './run.ts';
import { createVerdicts } from './verdicts.ts';

/** Whether a resource type or data type may be judged by a profile. */
export function fitsType(profile: ProfileCheck, type: string, compilation: Compilation): boolean {
  return type === profile.type || compilation.registry.model.isA(type, profile.type);
}

/** True or false; undefined when the profile is not known. A circle counts as conforming. */
export function conforms(
  value: unknown,
  type: string,
  url: string,
  run: Run,
  compilation: Compilation,
): boolean | undefined {
  const profile = compilation.profile(url);
  if (!profile) return undefined;
  if (!fitsType(profile, type, compilation)) return false;
  if (!isObject(value)) return passes(profile, value, type, run, run.scope);
  run.verdicts ??= createVerdicts();
  return run.verdicts.of(value, url, () => passes(profile, value, type, run, scopeAround(value, run.scope)));
}

/** FHIRPath's `%resource` changes on the way into a resource that an element holds. */
export function insideResource(value: unknown, run: Run, check: (value: object, run: Run) => void): void {
  if (!isObject(value)) return;
  const outer = run.scope;
  run.scope = scopeAround(value, outer);
  check(value, run);
  run.scope = outer;
}

/** The scope of a value: another one than it stands in, if it is another resource. */
function scopeAround(value: Record<string, unknown>, outer: ResourceScope): ResourceScope {
  const elsewhere = value !== outer.resource && typeof value.resourceType === 'string';
  return elsewhere ? scopeOf(value, outer) : outer;
}

function passes(
  profile: ProfileCheck,
  value: unknown,
  type: string,
  run: Run,
  scope: ResourceScope,
): boolean {
  const silent: Run = { ...run, findings: [], count: 0, told: [], scope };
  profile.check(value, silent, type);
  return !anyError(silent, 0);
}

/** The scope of another resource in the same place: a contained one, or another entry of the bundle. */
function scopeOf(resource: Record<string, unknown>, from: ResourceScope): ResourceScope {
  if (from.type === 'Bundle') {
    from.entries ??= indexBundle(from.resource, from.bundle);
    const fullUrl = from.entries.fullUrlOf(resource);
    return { ...newScope(resource), bundle: from.entries, fullUrl };
  }
  const root = from.container ?? from;
  const contained = Array.isArray(root.resource.contained) && root.resource.contained.includes(resource);
  return {
    ...newScope(resource),
    container: contained ? root : undefined,
    bundle: from.bundle,
    fullUrl: contained ? root.fullUrl : from.bundle?.fullUrlOf(resource),
  };
}
