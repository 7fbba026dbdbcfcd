/**
 * Fixed values and patterns.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed_x_
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import type { ValueCheck } from '../compilation.ts';
import type { CheckSource } from '../profile-scope.ts';
import { found } from '../run.ts';
import { createSourceUnit } from '../source-unit.ts';

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

/**
 * The test whether a value has at least what a pattern has; each item of an array needs some item that matches.
 * Generated, so that each member is looked up where it was found last time.
 */
export function patternTest(pattern: unknown): (value: unknown) => boolean {
  const unit = createSourceUnit('kat-fhir/pattern', { isObject, any });

  /** Adds the function for a part of the pattern. */
  function define(part: unknown): string {
    let tests: string[];
    if (Array.isArray(part)) tests = ['Array.isArray(v)', ...part.map((item) => `any(v, ${define(item)})`)];
    else if (!isObject(part)) tests = [`v === ${unit.constant(part)}`];
    else {
      const members = Object.entries(part).map(([key, inner]) => {
        const member = `v[${JSON.stringify(key)}]`;
        return typeof inner === 'string'
          ? `${member} === ${JSON.stringify(inner)}`
          : `${define(inner)}(${member})`;
      });
      tests = ['isObject(v)', ...members];
    }
    return unit.define('v', () => [`return ${tests.join(' && ')};`]);
  }

  return unit.load(define(pattern)) as (value: unknown) => boolean;
}

function any(list: readonly unknown[], test: (value: unknown) => boolean): boolean {
  for (let i = 0; i < list.length; i++) if (test(list[i])) return true;
  return false;
}

/** What `patternTest` tests, for a part of a pattern that is asked for once. */
function contains(value: unknown, part: unknown): boolean {
  if (Array.isArray(part))
    return Array.isArray(value) && part.every((item) => value.some((one) => contains(one, item)));
  if (!isObject(part)) return value === part;
  return isObject(value) && Object.keys(part).every((name) => contains(value[name], part[name]));
}

/** Paths of the single elements that differ; where the items of a list do, of the element that has the list. */
function differingParts(value: unknown, expected: unknown, exactly: boolean): string[] {
  if (!isObject(value) || !isObject(expected)) return [''];
  const names = new Set([...Object.keys(expected), ...(exactly ? Object.keys(value) : [])]);
  const paths = [...names].flatMap((name) => {
    const [one, other] = [value[name], expected[name]];
    if (exactly ? equals(one, other) : contains(one, other)) return [];
    if (Array.isArray(one) || Array.isArray(other)) return [''];
    return differingParts(one, other, exactly).map((rest) => (rest === '' ? name : `${name}.${rest}`));
  });
  return [...new Set(paths)];
}

/** Whether a definition fixes extensions of a primitive value as well. */
const fixesExtensions = (definition: ElementDefinition) =>
  Object.keys(definition).some((name) => name.startsWith('_fixed'));

export function fixedCheck(
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
  profile: string,
): ValueCheck | CheckSource | undefined {
  const fixed = fixedValue(definition);
  if (fixed === undefined || (base && equals(fixedValue(base), fixed))) return undefined;
  // An extension is brought into play by its url.
  if (definition.path === 'Extension.url' && fixed === profile) return undefined;
  const name = definition.path ?? '';
  const isBare = !isObject(fixed) && !fixesExtensions(definition);
  const check: ValueCheck = (value, run, _type, companion) => {
    if (!equals(value, fixed))
      for (const part of differingParts(value, fixed, true)) found(run, 'fixed', part, name, profile);
    // What is not in a fixed value must not be in the instance.
    else if (isBare && isObject(companion) && companion.extension !== undefined)
      found(run, 'fixed', '', name, profile);
  };
  if (isObject(fixed)) return check;
  return {
    source: (constant) => `if (v !== ${constant(fixed)} || c !== undefined) ${constant(check)}(v, x, t, c);`,
  };
}

export function patternCheck(
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
  profile: string,
): CheckSource | undefined {
  const pattern = patternValue(definition);
  if (pattern === undefined || (base && equals(patternValue(base), pattern))) return undefined;
  const name = definition.path ?? '';
  const matches = patternTest(pattern);
  const tell: ValueCheck = (value, run) => {
    for (const part of differingParts(value, pattern, false)) found(run, 'pattern', part, name, profile);
  };
  return { source: (constant) => `if (!${constant(matches)}(v)) ${constant(tell)}(v, x, t, c);` };
}
