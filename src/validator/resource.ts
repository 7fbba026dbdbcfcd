/**
 * A resource as a whole: its own definition, what it contains, and the profiles it claims. Resources in `contained`,
 * in bundles and in Parameters are each checked by their own type.
 * https://hl7.org/fhir/R4/resource.html, https://hl7.org/fhir/R4/domainresource.html
 */
import { isObject, type Resource } from '../fhir/resource.ts';
import type { RulesCheck } from './checks/apply-rules.ts';
import { bundleRules } from './checks/bundle.ts';
import { indexBundle } from './checks/bundle-index.ts';
import { checkContained } from './checks/contained.ts';
import { impliedProfiles } from './checks/vital-signs.ts';
import type { Compilation, ProfileCheck } from './compilation.ts';
import { fitsType, insideResource } from './conformance.ts';
import { found, foundAs, newScope, type ResourceScope, type Run, report, under } from './run.ts';
import type { NestedCheck } from './type-runtime.ts';

export interface ResourceCheck {
  /** Checks the resource of the run's scope. */
  root(run: Run): void;
  nested: NestedCheck;
}

/** @param typeName the type of that name; undefined when there is none */
export function resourceCheck(
  compilation: Compilation,
  applyRules: RulesCheck,
  typeName: (name: string) => string | undefined,
): ResourceCheck {
  const isResourceType = (name: string) => typeName(name) !== undefined;

  function checkScope(run: Run, profiles: readonly string[]): void {
    const { scope, options } = run;
    const { type, resource, container } = scope;
    compilation.typeCheck(type)(resource, run, type);
    // Meta and contained resources are those that the walk met, which is cheaper than to look for them.
    const { meta, contained } = scope;
    if (container === undefined && options.contained !== false && Array.isArray(contained))
      checkContained(contained, run);
    if (isObject(meta)) {
      const { security, profile } = meta;
      if (Array.isArray(security)) checkLabels(security, run);
      if (Array.isArray(profile) && options.claimedProfiles !== false) checkClaimed(profile, run);
    }
    if (options.bestPractice === true && container === undefined) adviseNarrative(resource, run);
    for (const url of profiles) {
      if (!applyToFirstEntry(url, run)) applyProfile(url, '', run);
    }
    if (type === 'Observation') {
      for (const url of impliedProfiles(resource)) applyProfile(url, '', run);
    }
    if (options.supporting) applyGlobal(options.supporting, run);
    if (type === 'Bundle') bundleRules(resource, isResourceType, run);
    applyRules(run);
  }

  /** What is asked of a bundle may be meant for what it is about: its first entry, a Composition or MessageHeader. */
  function applyToFirstEntry(url: string, run: Run): boolean {
    const { type, resource } = run.scope;
    if (type !== 'Bundle' || !Array.isArray(resource.entry)) return false;
    const profile = compilation.profile(url);
    const first: unknown = isObject(resource.entry[0]) ? resource.entry[0].resource : undefined;
    if (!profile || !isObject(first) || typeof first.resourceType !== 'string') return false;
    if (fitsType(profile, type, compilation) || !fitsType(profile, first.resourceType, compilation))
      return false;
    const start = run.count;
    insideResource(first, run, (value) => profile.check(value, run, run.scope.type));
    under(run, start, 'entry[0].resource');
    return true;
  }

  /** Profiles that a supporting implementation guide demands of every resource of a type. */
  function applyGlobal(supporting: readonly Resource[], run: Run): void {
    for (const { resourceType, global } of supporting) {
      if (resourceType !== 'ImplementationGuide' || !Array.isArray(global)) continue;
      for (const { type, profile } of global)
        if (type === run.scope.type) applyProfile(String(profile), '', run);
    }
  }

  function checkClaimed(claimed: readonly unknown[], run: Run): void {
    for (let i = 0; i < claimed.length; i++) {
      const start = run.count;
      const url = claimed[i];
      if (typeof url === 'string' && !applyProfile(url, '', run)) {
        under(run, start, `meta.profile[${i}]`);
      }
    }
  }

  /** @returns false when it cannot be applied, which is reported at `place` */
  function applyProfile(url: string, place: string, run: Run): boolean {
    const profile = compilation.profile(url) ?? compilation.profile(withoutFhirVersion(url));
    if (!profile) {
      foundAs(run, run.options.unknownProfile ?? 'warning', 'profile-unknown', place);
      return false;
    }
    const { type, resource, applied } = run.scope;
    if (!fitsType(profile, type, compilation)) {
      found(run, 'profile-type', place, profile.url, profile.type);
      return false;
    }
    for (let i = 0; i < applied.length; i++) {
      const one = applied[i] as ProfileCheck;
      if (one === profile || one.ancestors.has(profile.url)) return true;
    }
    run.scope.applied = applied.length === 0 ? [profile] : [...applied, profile];
    profile.check(resource, run, type);
    for (const imposed of profile.imposes) applyProfile(imposed, place, run);
    return true;
  }

  /** The scope of a nested resource by the element that holds it. */
  function scopeFor(
    resource: Record<string, unknown>,
    type: string,
    parent: string,
    holder: Record<string, unknown>,
    outer: ResourceScope,
  ): ResourceScope {
    if (!parent.includes('.')) {
      const { bundle, fullUrl } = outer;
      return newScope(resource, type, { container: outer.container ?? outer, bundle, fullUrl });
    }
    outer.entries ??= indexBundle(outer.resource, outer.bundle);
    const fullUrl = typeof holder.fullUrl === 'string' ? holder.fullUrl : undefined;
    return newScope(resource, type, { container: undefined, bundle: outer.entries, fullUrl });
  }

  function nested(value: unknown, run: Run, parent: string, holder: Record<string, unknown>): void {
    if (!isObject(value) || typeof value.resourceType !== 'string') {
      found(run, 'not-a-resource', '');
      return;
    }
    const type = typeName(value.resourceType);
    if (type === undefined) {
      found(run, 'unknown-resource-type', '');
      return;
    }
    if (run.options.contained === false && !parent.includes('.')) return;
    const outer = run.scope;
    run.scope = scopeFor(value, type, parent, holder, outer);
    checkScope(run, []);
    if (run.scope.container === outer) {
      outer.inside ??= new Map();
      outer.inside.set(value, run.scope.fragments);
    }
    run.scope = outer;
  }

  return {
    root: (run) => checkScope(run, run.options.profiles ?? []),
    nested,
  };
}

/** A definition of R4 may be named with the version. https://hl7.org/fhir/R4/versions.html */
const withoutFhirVersion = (url: string) =>
  url.replace(/^http:\/\/hl7\.org\/fhir\/4\.0\//, 'http://hl7.org/fhir/');

/** Security labels are a set. https://hl7.org/fhir/R4/resource.html#tag-updates */
function checkLabels(labels: readonly unknown[], run: Run): void {
  const seen = new Set<string>();
  labels.forEach((label, index) => {
    if (!isObject(label) || typeof label.system !== 'string' || typeof label.code !== 'string') return;
    const name = `${label.system}|${label.code}`;
    if (seen.has(name)) found(run, 'security-duplicate', `meta.security[${index}]`);
    seen.add(name);
  });
}

/** dom-6, advice that is given on request. */
function adviseNarrative(resource: Record<string, unknown>, run: Run): void {
  if (
    resource.resourceType === 'Bundle' ||
    resource.resourceType === 'Parameters' ||
    resource.resourceType === 'Binary'
  )
    return;
  if (isObject(resource.text) && resource.text.div !== undefined) return;
  const text = 'A resource should have narrative for robust management';
  report(run, { key: 'dom-6', severity: 'information', code: 'invariant', text, path: '' });
}
