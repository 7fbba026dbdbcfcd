/**
 * Discriminators: the test that tells whether an occurrence belongs to a slice.
 * https://hl7.org/fhir/R4/profiling.html#discriminator
 */
import type { ElementDefinition, ElementDefinitionSlicingDiscriminator } from '@medplum/fhirtypes';
import type { BaseElement } from './base-elements.ts';
import { bindingOf, membershipOf } from './checks/binding.ts';
import { equals, fixedValue, matchesPattern, patternValue } from './checks/fixed.ts';
import type { Compilation } from './compilation.ts';
import { conforms } from './conformance.ts';
import { discriminatorSteps, type Place, placesAt, type Step } from './discriminator-path.ts';
import { type ElementNode, elementTree, typeCodes } from './element-tree.ts';
import type { ProfileScope } from './profile.ts';
import type { Run } from './run.ts';
import type { Matcher } from './slicing.ts';

/** A test of one value, with the type it has. */
type PlaceTest = (place: Place, run: Run) => boolean;

/** The matcher of a slice: all its discriminators hold. Undefined when one of them tells nothing. */
export function sliceMatcher(
  slice: ElementNode,
  _base: BaseElement | undefined,
  discriminators: readonly ElementDefinitionSlicingDiscriminator[],
  scope: ProfileScope,
): Matcher | undefined {
  const tests: Matcher[] = [];
  for (const { type, path = '$this' } of discriminators) {
    const test = discriminatorTest(type ?? 'value', path, slice, scope);
    if (test) tests.push(test);
    else if (discriminators.length === 1) return undefined;
  }
  const [first, ...more] = tests;
  if (!first) return undefined;
  return more.length === 0 ? first : (instance, run) => tests.every((test) => test(instance, run));
}

function discriminatorTest(
  kind: NonNullable<ElementDefinitionSlicingDiscriminator['type']>,
  path: string,
  slice: ElementNode,
  scope: ProfileScope,
): Matcher | undefined {
  const { compilation } = scope;
  const steps = discriminatorSteps(path);
  const nodes = definitionsAt(slice, steps, compilation);
  if (kind === 'exists') {
    const must = nodes.some(({ definition }) => (definition.min ?? 0) > 0);
    const never = nodes.some(({ definition }) => definition.max === '0');
    if (!must && !never) return undefined;
    return (instance, run) => placesAt(instance, steps, run, compilation).length > 0 === must;
  }
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
  return (instance, run) => {
    const places = placesAt(instance, steps, run, compilation);
    return tests.every((test) => places.some((place) => test(place, run)));
  };
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
    const structure = compilation.registry.structure(url);
    const tree = structure && elementTree(structure);
    return tree ? childDefinitions({ ...tree, definition: {} as ElementDefinition }, step, compilation) : [];
  });
}

/** Fixed value, pattern or required binding of an element, or of those inside it. */
function valueTest(node: ElementNode, compilation: Compilation): PlaceTest | undefined {
  const { definition } = node;
  const fixed = fixedValue(definition);
  if (fixed !== undefined) return ({ value }) => equals(value, fixed);
  const pattern = patternValue(definition);
  if (pattern !== undefined) return ({ value }) => matchesPattern(value, pattern);
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
  return ({ value, type }) => membershipOf(value, type, binding, compilation.terminology) === 'member';
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
