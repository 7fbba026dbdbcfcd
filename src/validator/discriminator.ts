/**
 * Discriminators: the test that tells whether an occurrence belongs to a slice.
 * https://hl7.org/fhir/R4/profiling.html#discriminator
 */
import type { ElementDefinition, ElementDefinitionSlicingDiscriminator } from '@medplum/fhirtypes';
import { isObject } from '../fhir/resource.ts';
import { bindingOf, membershipOf } from './checks/binding.ts';
import { equals, fixedValue, patternTest, patternValue } from './checks/fixed.ts';
import { conforms } from './conformance.ts';
import { discriminatorSteps, type Place, placesAt, type Step } from './discriminator-path.ts';
import { type ElementNode, typeCodes } from './element-tree.ts';
import { allOf, anyOf, type Match } from './match.ts';
import type { ProfileScope } from './profile-scope.ts';
import type { Run } from './run.ts';
import { definitionsAt } from './slice-definitions.ts';
import { marksOf, type SliceTest } from './slice-test.ts';
import type { Matcher } from './slicing.ts';
import { createSourceUnit } from './source-unit.ts';

/** A test of one value, with the type it has. */
type PlaceTest<M extends Match = boolean> = (place: Place, run: Run) => M;

/** Whether a value at the end of element names passes; generated, so that each name is looked up where it was last. */
function anyAt(names: readonly string[], passes: (value: unknown) => boolean): (value: unknown) => boolean {
  const unit = createSourceUnit(`kat-fhir/discriminator/${names.join('.')}`, { isObject, choiceOf });
  const define = (test: string) =>
    unit.define('v', (name) => [
      `if (Array.isArray(v)) { for (const one of v) if (${name}(one)) return true; return false; }`,
      `return ${test};`,
    ]);
  let next = define(`v !== undefined && ${unit.constant(passes)}(v)`);
  for (const name of names.toReversed()) {
    const member = JSON.stringify(name);
    next = define(`isObject(v) && ${next}(v[${member}] ?? choiceOf(v, ${member}))`);
  }
  return unit.load(next) as (value: unknown) => boolean;
}

/** `value` of an object that has `valueQuantity`. */
function choiceOf(value: Record<string, unknown>, name: string): unknown {
  for (const key in value) {
    const next = key.charCodeAt(name.length);
    if (next >= 65 && next <= 90 && key.startsWith(name)) return value[key];
  }
  return undefined;
}

/** The test of a fixed value or pattern by itself; undefined where there is none. */
function exactTest({ definition }: ElementNode): ((value: unknown) => boolean) | undefined {
  const fixed = fixedValue(definition);
  if (fixed !== undefined)
    return isObject(fixed) ? (value) => equals(value, fixed) : (value) => value === fixed;
  const pattern = patternValue(definition);
  return pattern === undefined ? undefined : patternTest(pattern);
}

/** The usual case: one fixed value or pattern at the end of element names. */
function plainTest(
  nodes: readonly ElementNode[],
  steps: readonly Step[],
): ((value: unknown) => boolean) | undefined {
  const exact = nodes.flatMap((node) => exactTest(node) ?? []);
  const deeper = nodes.some(
    (node) =>
      !exactTest(node) && (node.children.length > 0 || node.definition.binding?.strength === 'required'),
  );
  const [only, ...others] = exact;
  if (!only || others.length > 0 || deeper || steps.some(({ kind }) => kind !== 'child')) return undefined;
  return anyAt(
    steps.map(({ name }) => name),
    only,
  );
}

/** The test of a slice: all its discriminators hold. Undefined when one of them tells nothing. */
export function sliceTest(
  slice: ElementNode,
  discriminators: readonly ElementDefinitionSlicingDiscriminator[],
  scope: ProfileScope,
): SliceTest | undefined {
  const tests: SliceTest[] = [];
  for (const { type, path = '$this' } of discriminators) {
    const test = discriminatorTest(type ?? 'value', path, slice, scope);
    if (test) tests.push(test);
    else if (discriminators.length === 1) return undefined;
  }
  const [first] = tests;
  if (!first || discriminators.length === 1) return first;
  const ofValues = tests.flatMap(({ ofValue }) => ofValue ?? []);
  const ofValue =
    ofValues.length === tests.length ? (value: unknown) => ofValues.every((test) => test(value)) : undefined;
  return {
    ofValue,
    matches: (instance, run) => allOf(tests, ({ matches }) => matches(instance, run)),
    certain: tests.length === discriminators.length && tests.every(({ certain }) => certain),
    marks: tests.flatMap(({ marks }) => marks),
  };
}

function discriminatorTest(
  kind: NonNullable<ElementDefinitionSlicingDiscriminator['type']>,
  path: string,
  slice: ElementNode,
  scope: ProfileScope,
): SliceTest | undefined {
  const { compilation } = scope;
  const steps = discriminatorSteps(path);
  const nodes = definitionsAt(slice, steps, compilation);
  const certain = kind !== 'profile' && steps.every(({ kind: step }) => step !== 'resolve');
  const asking = (matches: Matcher): SliceTest => ({ matches, ofValue: undefined, certain, marks: [] });
  if (kind === 'exists') {
    const must = nodes.some(({ definition }) => (definition.min ?? 0) > 0);
    const never = nodes.some(({ definition }) => definition.max === '0');
    if (!must && !never) return undefined;
    return asking((instance, run) => placesAt(instance, steps, run, compilation).length > 0 === must);
  }
  const byValue = kind === 'value' || kind === 'pattern';
  // Of a prohibited element the slice has none, which tells it from the others as a value would.
  if (byValue && nodes.length > 0 && nodes.every(({ definition }) => definition.max === '0')) {
    return asking((instance, run) => placesAt(instance, steps, run, compilation).length === 0);
  }
  const plain = byValue ? plainTest(nodes, steps) : undefined;
  if (plain) {
    const marks = marksOf(nodes, steps, path);
    return { ofValue: plain, matches: ({ value }) => plain(value), certain, marks };
  }
  const testOf = byValue ? valueTest : kind === 'type' ? typeTest : profileTest;
  const tests: PlaceTest<Match>[] = nodes.flatMap((node) => testOf(node, scope) ?? []);
  if (tests.length === 0) return undefined;
  return asking((instance, run) => {
    const places = placesAt(instance, steps, run, compilation);
    return allOf(tests, (test) => anyOf(places, (place) => test(place, run)));
  });
}

/** Fixed value, pattern or required binding of an element, or of those inside it. */
function valueTest(node: ElementNode, scope: ProfileScope): PlaceTest | undefined {
  const exact = exactTest(node);
  if (exact) return ({ value }) => exact(value);
  const { compilation } = scope;
  const inner = node.children.flatMap((child) =>
    [child, ...child.slices].flatMap((one) => {
      const test = valueTest(one, scope);
      return test ? [{ test, steps: discriminatorSteps(child.name) }] : [];
    }),
  );
  if (inner.length > 0) {
    return (place, run) =>
      inner.every(({ test, steps }) =>
        placesAt(place, steps, run, compilation).some((one) => test(one, run)),
      );
  }
  const binding = isBoundByType(node.definition, scope) ? undefined : bindingOf(node.definition.binding);
  if (binding?.strength !== 'required') return undefined;
  return ({ value, type }, run) =>
    membershipOf(value, type, binding, compilation.terminology, run) === 'member';
}

/** Whether the type itself demands as much: that is true of every slice, and tells none from the others. */
function isBoundByType({ base, binding }: ElementDefinition, { bases }: ProfileScope): boolean {
  const [type = '', ...steps] = base?.path?.replace('[x]', '').split('.') ?? [];
  let element = bases.root(type);
  for (const step of steps) element = element?.child(step);
  const own = element?.definition.binding;
  return own?.strength === binding?.strength && own?.valueSet === binding?.valueSet;
}

/** The type of a value; where any resource may be, it tells nothing. */
function typeTest({ definition }: ElementNode): PlaceTest | undefined {
  const codes = typeCodes(definition);
  if (codes.length === 0 || codes.includes('Resource')) return undefined;
  return ({ type }) => codes.includes(type);
}

/** Of a target that is not at hand its type is known at most: it may conform. */
function profileTest(node: ElementNode, { compilation }: ProfileScope): PlaceTest<Match> | undefined {
  const urls = (node.definition.type ?? []).flatMap(({ profile }) => profile ?? []);
  if (urls.length === 0) return typeTest(node);
  return ({ value, type }, run) => {
    const fits = urls.some((url) => conforms(value, type, url, run, compilation) === true);
    return fits && value === undefined && compilation.registry.isResourceType(type) ? 'maybe' : fits;
  };
}
