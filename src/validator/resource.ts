/**
 * A resource as a whole: its own definition, what it contains, and the profiles it claims. Resources in `contained`,
 * in bundles and in Parameters are each checked by their own type.
 * https://hl7.org/fhir/R4/resource.html, https://hl7.org/fhir/R4/domainresource.html
 */
import { isObject } from '../fhir/resource.ts';
import type { RulesCheck } from './checks/apply-rules.ts';
import { bundleRules } from './checks/bundle.ts';
import { indexBundle } from './checks/bundle-index.ts';
import { checkContained } from './checks/contained.ts';
import { impliedProfiles } from './checks/vital-signs.ts';
import type { Compilation, ProfileCheck } from './compilation.ts';
import { fitsType } from './conformance.ts';
import { found, foundAs, newScope, type ResourceScope, type Run } from './run.ts';
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
  function checkScope(run: Run, profiles: readonly string[]): void {
    const { type, resource, container } = run.scope;
    compilation.typeCheck(type)(resource, run, type);
    if (container === undefined && run.options.contained !== false && Array.isArray(resource.contained))
      checkContained(resource.contained, run);
    if (isObject(resource.meta) && Array.isArray(resource.meta.security)) {
      checkLabels(resource.meta.security, run);
    }
    if (run.options.bestPractice === true && container === undefined) adviseNarrative(resource, run);
    const applied: ProfileCheck[] = [];
    if (run.options.claimedProfiles !== false) checkClaimed(resource, run, applied);
    for (const url of profiles) applyProfile(url, '', run, applied);
    for (const url of impliedProfiles(resource)) applyProfile(url, '', run, applied);
    applyGlobal(run, applied);
    if (type === 'Bundle') bundleRules(resource, run);
    applyRules(run);
  }

  /** Profiles that a supporting implementation guide demands of every resource of a type. */
  function applyGlobal(run: Run, applied: ProfileCheck[]): void {
    for (const { resourceType, global } of run.options.supporting ?? []) {
      if (resourceType !== 'ImplementationGuide' || !Array.isArray(global)) continue;
      for (const { type, profile } of global)
        if (type === run.scope.type) applyProfile(String(profile), '', run, applied);
    }
  }

  function checkClaimed(resource: Record<string, unknown>, run: Run, applied: ProfileCheck[]): void {
    const claimed = isObject(resource.meta) ? resource.meta.profile : undefined;
    if (!Array.isArray(claimed)) return;
    claimed.forEach((url, index) => {
      if (typeof url === 'string') applyProfile(url, `meta.profile[${index}]`, run, applied);
    });
  }

  function applyProfile(url: string, place: string, run: Run, applied: ProfileCheck[]): void {
    const profile = compilation.profile(url);
    if (!profile) {
      foundAs(run, run.options.unknownProfile ?? 'warning', 'profile-unknown', place);
      return;
    }
    if (applied.some((one) => one === profile || one.ancestors.has(profile.url))) return;
    applied.push(profile);
    const { type, resource } = run.scope;
    if (fitsType(profile, type, compilation)) profile.check(resource, run, type);
    else found(run, 'profile-type', place, profile.url, profile.type);
  }

  /** The scope of a nested resource by the element that holds it. */
  function scopeFor(
    resource: Record<string, unknown>,
    type: string,
    parent: string,
    holder: Record<string, unknown>,
    outer: ResourceScope,
  ): ResourceScope {
    const scope = newScope(resource, type);
    if (!parent.includes('.')) {
      return { ...scope, container: outer.container ?? outer, bundle: outer.bundle, fullUrl: outer.fullUrl };
    }
    outer.entries ??= indexBundle(outer.resource, outer.bundle);
    return {
      ...scope,
      bundle: outer.entries,
      fullUrl: typeof holder.fullUrl === 'string' ? holder.fullUrl : undefined,
    };
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
    if (run.scope.container === outer)
      for (const fragment of run.scope.fragments) outer.fragments.push(fragment);
    run.scope = outer;
  }

  return {
    root: (run) => checkScope(run, run.options.profiles ?? []),
    nested,
  };
}

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
  run.findings.push({ key: 'dom-6', severity: 'information', code: 'invariant', text, path: '' });
}
