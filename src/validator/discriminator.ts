/**
 * Discriminators: the test that tells whether an occurrence belongs to a slice.
 * https://hl7.org/fhir/R4/profiling.html#discriminator
 */
import type { ElementDefinition, ElementDefinitionSlicingDiscriminator } from '@medplum/fhirtypes';
import { isObject } from '../fhir/resource.ts';
import { bindingOf, membershipOf } from './checks/binding.ts';
import { equals, fixedValue, patternTest, patternValue } from './checks/fixed.ts';
import type { Compilation } from './compilation.ts';
import { conforms } from './conformance.ts';
import { discriminatorSteps, type Place, placesAt, type Step } from './discriminator-path.ts';
import { type ElementNode, elementTree, typeCodes } from './element-tree.ts';
import type { ProfileScope } from './profile-scope.ts';
import type { Run } from './run.ts';
import type { Matcher } from './slicing.ts';
import { createSourceUnit } from './source-unit.ts';

/** A test of one value, with the type it has. */
type PlaceTest = (place: Place, run: Run) => boolean;

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

/** How a slice is told: by its value alone, or by asking further. */
export interface SliceTest {
  readonly matches: Matcher;
  readonly ofValue: ((value: unknown) => boolean) | undefined;
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
  const [first, ...more] = tests;
  if (!first || more.length === 0) return first;
  const ofValues = tests.flatMap(({ ofValue }) => ofValue ?? []);
  const ofValue =
    ofValues.length === tests.length ? (value: unknown) => ofValues.every((test) => test(value)) : undefined;
  return { ofValue, matches: (instance, run) => tests.every(({ matches }) => matches(instance, run)) };
}

const asking = (matches: Matcher): SliceTest => ({ matches, ofValue: undefined });

function discriminatorTest(
  kind: NonNullable<ElementDefinitionSlicingDiscriminator['type']>,
  path: string,
  slice: ElementNode,
  scope: ProfileScope,
): SliceTest | undefined {
  const { compilation } = scope;
  const steps = discriminatorSteps(path);
  const nodes = definitionsAt(slice, steps, compilation);
  if (kind === 'exists') {
    const must = nodes.some(({ definition }) => (definition.min ?? 0) > 0);
    const never = nodes.some(({ definition }) => definition.max === '0');
    if (!must && !never) return undefined;
    return asking((instance, run) => placesAt(instance, steps, run, compilation).length > 0 === must);
  }
  const plain = kind === 'value' || kind === 'pattern' ? plainTest(nodes, steps) : undefined;
  if (plain) return { ofValue: plain, matches: ({ value }) => plain(value) };
  const tests = nodes.flatMap((node) => {
    const test =
      kind === 'type'
        ? typeTest(node, steps)
        : kind === 'profile'
          ? profileTest(node, steps, compilation)
          : valueTest(node, compilation);
    return test ? [test] : [];
  });
  if (tests.length === 0) return undefined;
  return asking((instance, run) => {
    const places = placesAt(instance, steps, run, compilation);
    return tests.every((test) => places.some((place) => test(place, run)));
  });
}

/** The elements of a slice's definition that a discriminator path leads to. */
function definitionsAt(slice: ElementNode, steps: readonly Step[], compilation: Compilation): ElementNode[] {
  let nodes = [slice];
  for (const step of steps) {
    if (step.kind === 'resolve' || step.kind === 'ofType') continue;
    nodes = nodes.flatMap((node) => childDefinitions(node, step, compilation));
  }
  return nodes;
}

function childDefinitions(node: ElementNode, step: Step, compilation: Compilation): ElementNode[] {
  const given = partOfPattern(node, step);
  if (given.length > 0) return given;
  const name = step.kind === 'extension' ? 'extension' : step.name;
  const child = node.children.find((one) => one.name === name);
  const all = child ? [child, ...child.slices] : [];
  const fitting =
    step.kind === 'extension'
      ? all.filter((one) => one.definition.type?.[0]?.profile?.includes(step.name))
      : all;
  if (fitting.length > 0) return fitting;
  const profiles = (node.definition.type ?? []).flatMap(
    ({ profile, targetProfile }) => profile ?? targetProfile ?? [],
  );
  return profiles.flatMap((url) => {
    const structure = compilation.structure(url);
    const tree = structure && elementTree(structure);
    return tree ? childDefinitions({ ...tree, definition: {} as ElementDefinition }, step, compilation) : [];
  });
}

/** What a fixed value or pattern of an element says about a child, as if the child's own definition said it. */
function partOfPattern({ definition }: ElementNode, { kind, name }: Step): ElementNode[] {
  const whole = fixedValue(definition) ?? patternValue(definition);
  if (kind !== 'child' || !isObject(whole) || whole[name] === undefined) return [];
  const part: unknown[] = Array.isArray(whole[name]) ? whole[name] : [whole[name]];
  return part.map((value) => {
    // Whatever its type: a pattern of an object, a fixed value of a primitive.
    const says = isObject(value) ? { patternElement: value } : { fixedValue: value };
    return {
      definition: says as unknown as ElementDefinition,
      name,
      choice: false,
      children: [],
      slices: [],
    };
  });
}

/** Fixed value, pattern or required binding of an element, or of those inside it. */
function valueTest(node: ElementNode, compilation: Compilation): PlaceTest | undefined {
  const { definition } = node;
  const exact = exactTest(node);
  if (exact) return ({ value }) => exact(value);
  const inner = node.children.flatMap((child) =>
    [child, ...child.slices].flatMap((one) => {
      const test = valueTest(one, compilation);
      return test ? [{ test, steps: discriminatorSteps(child.name) }] : [];
    }),
  );
  if (inner.length > 0) {
    return (place, run) =>
      inner.every(({ test, steps }) =>
        placesAt(place, steps, run, compilation).some((one) => test(one, run)),
      );
  }
  const binding = bindingOf(definition.binding);
  if (binding?.strength !== 'required') return undefined;
  return ({ value, type }, run) =>
    membershipOf(value, type, binding, compilation.terminology, run) === 'member';
}

/** The type of a value, or of the resource a reference leads to. */
function typeTest(node: ElementNode, steps: readonly Step[]): PlaceTest | undefined {
  const resolved = steps.at(-1)?.kind === 'resolve';
  const codes = resolved ? targetTypes(node.definition) : typeCodes(node.definition);
  return codes.length === 0 ? undefined : ({ type }) => codes.includes(type);
}

const lastStep = (url: string) => url.slice(url.lastIndexOf('/') + 1);

function targetTypes(definition: ElementDefinition): string[] {
  return (definition.type ?? []).flatMap(({ targetProfile }) => targetProfile ?? []).map(lastStep);
}

function profileTest(
  node: ElementNode,
  steps: readonly Step[],
  compilation: Compilation,
): PlaceTest | undefined {
  const resolved = steps.at(-1)?.kind === 'resolve';
  const urls = (node.definition.type ?? []).flatMap(
    (type) => (resolved ? type.targetProfile : type.profile) ?? [],
  );
  if (urls.length === 0) return resolved ? undefined : typeTest(node, steps);
  return ({ value, type }, run) => urls.some((url) => conforms(value, type, url, run, compilation) === true);
}
