/**
 * Breaks the demands of a profile one at a time on an instance that meets them all. Every mutant is wrong by
 * construction: what is required is gone, what is forbidden is there, a value has a JSON type that its FHIR type never
 * has, a code is in no code system, a fixed part is another. So a mutant that passes is a fault of the validator.
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { choiceKey } from '../../src/fhir/choice-key.ts';
import type { Registry } from '../../src/fhir/registry.ts';
import { isObject, type Resource } from '../../src/fhir/resource.ts';
import { type ElementNode, elementTree, typeCodes } from '../../src/validator/element-tree.ts';

export type MutationKind = 'min' | 'max' | 'type' | 'target' | 'binding' | 'fixed' | 'unknown';

export interface Mutant {
  readonly kind: MutationKind;
  /** The demand that is broken: profile and element id. */
  readonly rule: string;
  readonly resource: Resource;
  /** The element that was changed, or that lacks something now. */
  readonly expression: string;
  /** Something is missing: the finding must stand on the very element that lacks it. */
  readonly lacks?: true;
}

type Path = readonly (string | number)[];
type Holder = Readonly<Record<string, unknown>>;

/** Where a walk stands in the instance. */
interface Place {
  readonly root: Resource;
  readonly path: Path;
  readonly expression: string;
}

/** A value by type, for elements that must not be there. */
const samples: Readonly<Record<string, unknown>> = {
  CodeableConcept: { text: 'x' },
  Extension: { url: 'https://w3id.org/kat-fhir/StructureDefinition/kat-session-number', valuePositiveInt: 1 },
  string: 'x',
};

const numbers: ReadonlySet<string> = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt']);

/** A JSON value that no value of these types may have. */
function wrongFor(types: readonly string[]): unknown {
  const isText = types.every((type) => /^[a-z]/.test(type) && type !== 'boolean' && !numbers.has(type));
  return isText ? 17.5 : 'no such value';
}

/** Everything that can be broken in an instance of a profile. */
export function profileMutants(
  registry: Registry,
  structure: StructureDefinition,
  resource: Resource,
): Iterable<Mutant> {
  const place = { root: resource, path: [], expression: resource.resourceType };
  return insideElement(registry, structure, treeOf(structure), resource, place);
}

/** Everything that can be broken in the extensions of a resource that claims no profile. */
export function extensionMutants(
  registry: Registry,
  resource: Resource,
  isWanted: (url: string) => boolean,
): Iterable<Mutant> {
  return within(resource, { root: resource, path: [], expression: resource.resourceType });

  function* within(value: unknown, place: Place): Generator<Mutant> {
    if (!isObject(value)) return;
    const structure =
      typeof value.url === 'string' && isWanted(value.url) ? registry.structure(value.url) : undefined;
    if (structure?.type === 'Extension') {
      yield* insideElement(registry, structure, treeOf(structure), value, place);
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      const at = below(place, key);
      const expression = `${place.expression}.${key}`;
      if (!Array.isArray(member)) yield* within(member, { ...at, expression });
      for (const [index, item] of Array.isArray(member) ? member.entries() : [])
        yield* within(item, { ...below(at, index), expression: `${expression}[${index}]` });
    }
  }
}

function treeOf(structure: StructureDefinition): ElementNode {
  const tree = elementTree(structure);
  if (!tree) throw new Error(`${structure.url} has no snapshot`);
  return tree;
}

/** Breaks what a definition says of the elements inside an element. */
function* insideElement(
  registry: Registry,
  structure: StructureDefinition,
  node: ElementNode,
  holder: Holder,
  place: Place,
): Generator<Mutant> {
  const invented = { ...place, path: [...place.path, 'invented'] };
  yield {
    kind: 'unknown',
    rule: ruleOf(structure, node),
    resource: changed(invented, 'x'),
    expression: `${place.expression}.invented`,
  };
  for (const child of node.children) {
    const key = keyOf(child, holder);
    if (key === undefined) yield* absentMutants(structure, child, place);
    else yield* presentMutants(registry, structure, child, key, holder, place);
  }
}

/** What can be broken where an element is not. */
function* absentMutants(structure: StructureDefinition, node: ElementNode, place: Place): Generator<Mutant> {
  const { definition, name } = node;
  const expression = `${place.expression}.${name}`;
  const rule = ruleOf(structure, node);
  const [type = ''] = typeCodes(definition);
  if (definition.max === '0') {
    const sample = samples[type] ?? samples.string;
    const key = node.choice ? choiceKey(name, type in samples ? type : 'string') : name;
    const value = definition.base?.max === '*' ? [sample] : sample;
    yield { kind: 'max', rule, resource: changed(below(place, key), value), expression };
  } else if (type !== '' && type !== 'Resource' && place.expression !== '') {
    const key = node.choice ? choiceKey(name, type) : name;
    const wrong = wrongFor(node.choice ? [type] : typeCodes(definition));
    const value = definition.base?.max === '*' ? [wrong] : wrong;
    yield { kind: 'type', rule, resource: changed(below(place, key), value), expression };
  }
}

function* presentMutants(
  registry: Registry,
  structure: StructureDefinition,
  node: ElementNode,
  key: string,
  holder: Holder,
  place: Place,
): Generator<Mutant> {
  const { definition, name, choice } = node;
  const rule = ruleOf(structure, node);
  const at = below(place, key);
  const expression = `${place.expression}.${name}`;
  const value = holder[key];
  const values: unknown[] = Array.isArray(value) ? value : [value];

  if ((definition.min ?? 0) > 0) {
    const resource = changed(below({ ...place, root: changed(at, undefined) }, `_${key}`), undefined);
    yield { kind: 'min', rule, resource, expression: place.expression, lacks: true };
  }
  if (definition.max === '1') {
    // Where the base repeats, one more; where it does not, an array is no value at all.
    const more = Array.isArray(value) ? [...value, structuredClone(value[0])] : [value, value];
    yield { kind: 'max', rule, resource: changed(at, more), expression };
  }
  if (choice) {
    const root = changed(at, undefined);
    for (const type of typesLeftOut(registry, definition)) {
      const other = below({ ...place, root }, choiceKey(name, type));
      const resource = changed(other, /^[a-z]/.test(type) ? '1' : { id: 'x' });
      yield { kind: 'type', rule, resource, expression };
    }
    const foreign = choiceKey(name, 'Foreign');
    const resource = changed(below({ ...place, root }, foreign), 'x');
    yield { kind: 'type', rule, resource, expression: `${place.expression}.${foreign}` };
  }
  for (const [index, one] of values.entries()) {
    if (one === null || one === undefined) continue;
    const here = Array.isArray(value)
      ? { ...below(at, index), expression: `${expression}[${index}]` }
      : { ...at, expression };
    yield* valueMutants(registry, structure, node, key, one, here);
    for (const slice of slicesOfType(node, key)) {
      yield* valueMutants(registry, structure, slice, key, one, here);
    }
  }
  yield* sliceMutants(registry, structure, node, values, { ...at, expression });
}

/** What can be broken in one value of an element. */
function* valueMutants(
  registry: Registry,
  structure: StructureDefinition,
  node: ElementNode,
  key: string,
  value: unknown,
  place: Place,
): Generator<Mutant> {
  const { definition, choice, name } = node;
  const { expression } = place;
  const rule = ruleOf(structure, node);
  const types = typeCodes(definition);
  const own = choice ? types.filter((type) => choiceKey(name, type) === key) : types;
  if (!own.includes('Resource')) {
    yield { kind: 'type', rule, resource: changed(place, wrongFor(own)), expression };
  }
  const outside = wrongTarget(registry, definition);
  if (outside !== undefined && isObject(value) && typeof value.reference === 'string') {
    yield { kind: 'target', rule, resource: changed(below(place, 'reference'), outside), expression };
  }
  if (definition.binding?.strength === 'required') {
    const resource = withoutMember(value, place);
    if (resource) yield { kind: 'binding', rule, resource, expression };
  }
  const demanded = fixedOf(definition);
  if (demanded !== undefined) {
    for (const leaf of leavesOf(demanded)) {
      const target = leaf.reduce<Place>((at, step) => below(at, step), place);
      yield { kind: 'fixed', rule, resource: changed(target, 'other'), expression };
    }
  }
  if (isObject(value)) yield* insideElement(registry, structure, node, value, place);
}

/** What can be broken of the slices of an element. */
function* sliceMutants(
  registry: Registry,
  structure: StructureDefinition,
  node: ElementNode,
  values: readonly unknown[],
  place: Place,
): Generator<Mutant> {
  // Slices by type are broken with the value they are for.
  if (node.choice) return;
  const parent = place.expression.slice(0, place.expression.lastIndexOf('.'));
  for (const slice of node.slices) {
    const rule = ruleOf(structure, slice);
    const { min = 0, max = '*' } = slice.definition;
    const members = values
      .map((value, index) => ({ value, index }))
      .filter(({ value }) => isMember(value, slice));
    const [first] = members;
    if (!first || !isObject(first.value)) continue;
    if (min > 0) {
      const rest = values.filter((value) => !isMember(value, slice));
      const resource = changed(place, rest.length > 0 ? rest : undefined);
      yield { kind: 'min', rule, resource, expression: parent, lacks: true };
    }
    if (max === '1') {
      const more = [...values, structuredClone(first.value)];
      yield { kind: 'max', rule, resource: changed(place, more), expression: place.expression };
    }
    for (const { value, index } of members) {
      if (!isObject(value)) continue;
      const here = { ...below(place, index), expression: `${place.expression}[${index}]` };
      const profile = slice.definition.type?.[0]?.profile?.[0];
      const extension = profile === undefined ? undefined : registry.structure(profile);
      if (extension) yield* insideElement(registry, extension, treeOf(extension), value, here);
      // What tells the slice apart, once changed, leaves the slice: it is missing then.
      else yield* insideSlice(registry, structure, slice, value, here, min > 0 ? parent : undefined);
    }
  }
}

/** @param lackedBy where it is said that the slice is missing; absent when it need not be there */
function* insideSlice(
  registry: Registry,
  structure: StructureDefinition,
  slice: ElementNode,
  value: Holder,
  place: Place,
  lackedBy: string | undefined,
): Generator<Mutant> {
  if (lackedBy !== undefined) yield* strayMutants(structure, slice, place, lackedBy);
  for (const child of slice.children) {
    const key = keyOf(child, value);
    if (fixedOf(child.definition) === undefined) {
      if (key === undefined) yield* absentMutants(structure, child, place);
      else yield* presentMutants(registry, structure, child, key, value, place);
    } else if (key !== undefined && lackedBy !== undefined) {
      const at = below(place, key);
      const rule = ruleOf(structure, child);
      yield { kind: 'min', rule, resource: changed(at, undefined), expression: lackedBy, lacks: true };
      yield* strayMutants(structure, child, Array.isArray(value[key]) ? below(at, 0) : at, lackedBy);
    }
  }
}

/** Changes of what tells a slice apart: the occurrence belongs to it no more. */
function* strayMutants(
  structure: StructureDefinition,
  node: ElementNode,
  place: Place,
  lackedBy: string,
): Generator<Mutant> {
  const rule = ruleOf(structure, node);
  for (const leaf of leavesOf(fixedOf(node.definition))) {
    const target = leaf.reduce<Place>((at, step) => below(at, step), place);
    yield { kind: 'fixed', rule, resource: changed(target, 'other'), expression: lackedBy, lacks: true };
  }
}

const ruleOf = (structure: StructureDefinition, { definition }: ElementNode): string =>
  `${structure.id}#${definition.id ?? definition.path}`;

/** Of a choice sliced by type: what is said of the type that is there. */
function slicesOfType({ choice, name, slices }: ElementNode, key: string): readonly ElementNode[] {
  if (!choice) return [];
  return slices.filter(({ definition }) =>
    typeCodes(definition).some((type) => choiceKey(name, type) === key),
  );
}

function keyOf({ choice, name, definition }: ElementNode, holder: Holder): string | undefined {
  const keys = choice ? typeCodes(definition).map((type) => choiceKey(name, type)) : [name];
  return keys.find((key) => holder[key] !== undefined);
}

const below = (place: Place, step: string | number): Place => ({ ...place, path: [...place.path, step] });

/** A copy with one value replaced; undefined takes it away. */
function changed({ root, path }: Place, value: unknown): Resource {
  const copy = structuredClone(root) as Resource;
  let holder = copy as unknown as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<string | number, unknown>;
  const last = path.at(-1) as string | number;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

function fixedOf(definition: ElementDefinition): unknown {
  const key = Object.keys(definition).find((name) => /^(fixed|pattern)[A-Z]/.test(name));
  return key === undefined ? undefined : definition[key as keyof ElementDefinition];
}

/** All that a slice fixes, as one value. */
function demandedOf(slice: ElementNode): unknown {
  const own = fixedOf(slice.definition);
  if (own !== undefined) return own;
  const entries = slice.children
    .map((child): [string, unknown] => [child.name, fixedOf(child.definition)])
    .filter(([, value]) => value !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function leavesOf(value: unknown, path: Path = []): Path[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, child]) =>
    leavesOf(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function isMember(value: unknown, slice: ElementNode): boolean {
  const profile = slice.definition.type?.[0]?.profile?.[0];
  if (profile !== undefined) return isObject(value) && value.url === profile;
  const demanded = demandedOf(slice);
  return demanded !== undefined && holds(value, demanded);
}

/** Whether a value, or one of several, has everything that a pattern has. */
function holds(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(value) && !Array.isArray(pattern)) return value.some((one) => holds(one, pattern));
  if (Array.isArray(pattern))
    return Array.isArray(value) && pattern.every((part) => value.some((one) => holds(one, part)));
  if (!isObject(pattern)) return value === pattern;
  return isObject(value) && Object.entries(pattern).every(([key, part]) => holds(value[key], part));
}

/** Types that the base of a choice allows and the profile does not. */
function typesLeftOut(registry: Registry, definition: ElementDefinition): string[] {
  const path = definition.base?.path ?? '';
  const base = registry.typeStructure(path.split('.')[0] ?? '')?.snapshot?.element;
  const allowed = typeCodes(definition);
  return typeCodes(base?.find((element) => element.path === path) ?? definition).filter(
    (type) => !allowed.includes(type),
  );
}

/** A reference to a type that none of the target profiles is of. */
function wrongTarget(registry: Registry, definition: ElementDefinition): string | undefined {
  const targets = (definition.type ?? []).flatMap(({ targetProfile = [] }) => targetProfile);
  const types = targets.map((url) => registry.structure(url)?.type);
  if (types.length === 0 || types.includes('Resource') || types.includes('Linkage')) return undefined;
  return 'Linkage/elsewhere';
}

/** The instance with a code that no value set holds. */
function withoutMember(value: unknown, place: Place): Resource | undefined {
  if (typeof value === 'string') return changed(place, 'no-such-code');
  if (!isObject(value)) return undefined;
  if (typeof value.code === 'string') return changed(below(place, 'code'), 'no-such-code');
  if (!Array.isArray(value.coding)) return undefined;
  return changed(
    below(place, 'coding'),
    value.coding.map((coding: object) => ({ ...coding, code: 'no-such-code' })),
  );
}
