/**
 * Types that a profile leaves an element, and the profiles it demands of them.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Compilation, ValueCheck } from '../compilation.ts';
import { conforms } from '../conformance.ts';
import { primitiveCode } from '../element-tree.ts';
import type { CheckFactory } from '../profile.ts';
import { found, foundOnce, type Run } from '../run.ts';
import { equals } from './fixed.ts';

interface AllowedType {
  readonly code: string;
  readonly profiles: readonly string[];
}

export const typeRule: CheckFactory = (definition, base, { compilation }) => {
  const allowed = allowedTypes(definition);
  if (allowed.length === 0 || (base && equals(allowed, allowedTypes(base)))) return undefined;
  if (base?.type?.[0]?.code?.startsWith('http://hl7.org/fhirpath/')) return undefined;
  const codes = allowed.map(({ code }) => code).join(', ');
  const { model } = compilation.registry;
  const name = definition.path ?? '';
  const plain = new Set(allowed.filter(({ profiles }) => profiles.length === 0).map(({ code }) => code));
  return (value, run, type) => {
    if (value === undefined || plain.has(type)) return;
    const fitting = allowed.filter(({ code }) => code === type || model.isA(type, code));
    if (fitting.length === 0) {
      // A backbone element's own type is its path.
      if (!type.includes('.') && model.type(type)) found(run, 'type', '', name, codes);
      return;
    }
    if (fitting.every(({ profiles }) => profiles.length > 0)) {
      checkProfiles(
        value,
        run,
        type,
        fitting.flatMap(({ profiles }) => profiles),
        compilation,
      );
    }
  };
};

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
  urls: readonly string[],
  compilation: Compilation,
): void => {
  const [only, ...others] = urls;
  if (only !== undefined && others.length === 0) {
    const profile = compilation.profile(only);
    if (!profile) {
      if (type !== 'Extension') foundOnce(run, 'profile-not-checked', '', only);
    } else if (type !== 'Extension' || !defines(profile.structure)) profile.check(value, run, type);
    return;
  }
  const verdicts = urls.map((url) => conforms(value, type, url, run, compilation));
  if (verdicts.includes(true)) return;
  if (verdicts.includes(undefined)) foundOnce(run, 'profile-not-checked', '', urls.join(', '));
  else found(run, 'profile-mismatch', '', type, urls.join(', '));
};

/** Whether a profile of Extension defines an extension: then its url brings it into play wherever it occurs. */
function defines(structure: { url?: string; snapshot?: { element?: ElementDefinition[] } }): boolean {
  return (
    structure.snapshot?.element?.some(
      (one) => one.path === 'Extension.url' && one.fixedUri === structure.url,
    ) ?? false
  );
}

export type { ValueCheck };
