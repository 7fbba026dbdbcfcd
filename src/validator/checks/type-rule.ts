/**
 * Types that a profile leaves an element, and the profiles it demands of them.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import type { Compilation } from '../compilation.ts';
import { conforms, insideResource } from '../conformance.ts';
import { primitiveCode } from '../element-tree.ts';
import type { CheckFactory } from '../profile-scope.ts';
import { found, foundOnce, type Run } from '../run.ts';
import { equals } from './fixed.ts';

const bare = (canonical: string) => canonical.split('|')[0];

interface AllowedType {
  readonly code: string;
  readonly profiles: readonly string[];
}

export const typeRule: CheckFactory = (definition, base, { compilation }, known) => {
  const allowed = allowedTypes(definition);
  if (allowed.length === 0 || (base && equals(allowed, allowedTypes(base)))) return undefined;
  // What FHIRPath calls a String is a uri or an id of FHIR: such a type narrows nothing.
  if ([definition, base].some((one) => one?.type?.[0]?.code?.startsWith('http://hl7.org/fhirpath/')))
    return undefined;
  const codes = allowed.map(({ code }) => code).join(', ');
  const { model } = compilation.registry;
  const name = definition.path ?? '';
  /** What an actual type brings with it, worked out when it is first met. */
  const byType = new Map<string, TypeVerdict>();
  const verdictOn = (type: string): TypeVerdict => {
    // A resource may stand where a more general one may; a code is no string, though it specializes one.
    const fitting = allowed.filter(
      ({ code }) => code === type || (model.type(code)?.kind === 'resource' && model.isA(type, code)),
    );
    // A backbone element's own type is its path.
    if (fitting.length === 0) return type.includes('.') || !model.type(type) ? 'fits' : 'refused';
    if (fitting.some(({ profiles }) => profiles.length === 0)) return 'fits';
    const urls = fitting.flatMap(({ profiles }) => profiles);
    const isOfSlice = definition.sliceName !== undefined && urls.length === 1;
    return isOfSlice && isBroughtByUrl(urls[0] as string, type, compilation) ? 'fits' : urls;
  };
  if (known !== undefined && verdictOn(known) === 'fits') return undefined;
  return (value, run, type) => {
    let verdict = byType.get(type);
    if (verdict === undefined) {
      verdict = verdictOn(type);
      byType.set(type, verdict);
    }
    if (verdict === 'fits') return;
    if (verdict === 'refused') found(run, 'type', '', name, codes);
    else if (value !== undefined) checkProfiles(value, run, type, verdict, compilation);
  };
};

/** A type may be right as it is, wrong, or have to conform to one of several profiles. */
type TypeVerdict = 'fits' | 'refused' | readonly string[];

/** Whether a profile defines an extension: then its url brings it into play wherever it occurs. */
function isBroughtByUrl(url: string, type: string, compilation: Compilation): boolean {
  if (type !== 'Extension') return false;
  const elements = compilation.structure(url)?.snapshot?.element;
  return elements?.some((one) => one.path === 'Extension.url' && one.fixedUri === bare(url)) ?? false;
}

function allowedTypes(definition: ElementDefinition): AllowedType[] {
  return (definition.type ?? []).map(({ code = '', profile = [] }) => ({
    code: primitiveCode(code),
    profiles: profile,
  }));
}

/** One profile is applied as it is; of several, one must be met. */
const checkProfiles = (
  value: unknown,
  run: Run,
  type: string,
  allowed: readonly string[],
  compilation: Compilation,
): void => {
  const url = isObject(value) ? value.url : undefined;
  const urls = allowed.filter((one) => bare(one) === url || !isBroughtByUrl(one, type, compilation));
  if (urls.length === 0) {
    found(run, 'profile-mismatch', '', type, allowed.join(', '));
    return;
  }
  const [only, ...others] = urls;
  if (only !== undefined && others.length === 0) {
    const profile = compilation.profile(only);
    if (!profile) {
      if (type !== 'Extension') foundOnce(run, 'profile-not-checked', '', only);
    } else if (isObject(value) && typeof value.resourceType === 'string')
      insideResource(value, run, (resource) => profile.check(resource, run, type));
    else profile.check(value, run, type);
    return;
  }
  const verdicts = urls.map((url) => conforms(value, type, url, run, compilation));
  if (verdicts.includes(true)) return;
  if (verdicts.includes(undefined)) foundOnce(run, 'profile-not-checked', '', urls.join(', '));
  else found(run, 'profile-mismatch', '', type, urls.join(', '));
};
