/**
 * Fixed values and patterns.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed_x_
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import type { ValueCheck } from '../compilation.ts';
import { found } from '../run.ts';

/** The value of a choice property of a definition: `fixedCode`, `patternCodeableConcept`, `minValueDate`, … */
export function choiceValue(definition: ElementDefinition, name: string): unknown {
  for (const key in definition) {
    const next = key.charCodeAt(name.length);
    if (key.startsWith(name) && next >= 65 && next <= 90) return definition[key as keyof ElementDefinition];
  }
  return undefined;
}

export const fixedValue = (definition: ElementDefinition): unknown => choiceValue(definition, 'fixed');
export const patternValue = (definition: ElementDefinition): unknown => choiceValue(definition, 'pattern');

/** Equal in every part, in any order of keys. */
export function equals(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) && one.length === other.length && one.every((item, i) => equals(item, other[i]))
    );
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => key in other && equals(one[key], other[key]))
  );
}

/** Whether a value has at least what the pattern has; each item of an array needs some item that matches. */
export function matchesPattern(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((part) => value.some((item) => matchesPattern(item, part)));
  }
  if (!isObject(pattern)) return value === pattern;
  if (!isObject(value)) return false;
  for (const key in pattern) if (!matchesPattern(value[key], pattern[key])) return false;
  return true;
}

export function fixedCheck(
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
  profile: string,
): ValueCheck | undefined {
  const fixed = fixedValue(definition);
  if (fixed === undefined || (base && equals(fixedValue(base), fixed))) return undefined;
  // An extension is brought into play by its url.
  if (definition.path === 'Extension.url' && fixed === profile) return undefined;
  const name = definition.path ?? '';
  return (value, run) => {
    if (!equals(value, fixed)) found(run, 'fixed', '', name, profile);
  };
}

export function patternCheck(
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
  profile: string,
): ValueCheck | undefined {
  const pattern = patternValue(definition);
  if (pattern === undefined || (base && equals(patternValue(base), pattern))) return undefined;
  const name = definition.path ?? '';
  return (value, run) => {
    if (!matchesPattern(value, pattern)) found(run, 'pattern', '', name, profile);
  };
}
