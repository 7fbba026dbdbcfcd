/**
 * From a profile's differential to its snapshot.
 * https://hl7.org/fhir/R4/profiling.html#snapshot
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { choiceKey } from '../choice-key.ts';
import { referredPath } from '../create-model.ts';
import { copyNode, createNode, type ElementNode, slicesFor, toElements, toTree } from './element-node.ts';
import { mergeElement } from './merge-element.ts';

/** Gives a structure definition with its snapshot, by canonical; undefined when it is not known. */
export type ResolveStructure = (canonical: string) => StructureDefinition | undefined;

const typeBase = 'http://hl7.org/fhir/StructureDefinition/';

/** How a choice of types is told apart. */
const byType: NonNullable<ElementDefinition['slicing']> = {
  discriminator: [{ type: 'type', path: '$this' }],
  ordered: false,
  rules: 'open',
};

/** Extensions are told apart by URL, whether a differential says so or not. */
const byUrl: NonNullable<ElementDefinition['slicing']> = {
  discriminator: [{ type: 'value', path: 'url' }],
  ordered: false,
  rules: 'open',
};

/** Extensions of a root that speak of the definition as a whole, which a profile of it is not. */
const ofDefinition: ReadonlySet<string> = new Set([
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status',
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version',
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-fmm',
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-wg',
]);

const prose = ['definition', 'comment', 'requirements', 'meaningWhenMissing'] as const;

type Types = NonNullable<ElementDefinition['type']>;

/** What is known while one differential is laid over. */
interface Context {
  readonly resolve: ResolveStructure;
  /** Choices that this differential restricts by writing `valueQuantity`, with the types they had and have left. */
  readonly restricted: Map<ElementNode, { readonly types: Types; readonly left: Set<string> }>;
  /** Ids of its elements, step by step. */
  readonly ids: readonly (readonly string[])[];
}

/**
 * @returns the profile with its snapshot
 * @throws Error naming what does not resolve, or the element that does not exist in the base
 */
export function generateSnapshot(
  profile: StructureDefinition,
  resolve: ResolveStructure,
): StructureDefinition {
  const base = snapshotOf(profile.baseDefinition ?? '', resolve);
  const root = toTree(base);
  root.definition = inherited(root.definition);
  const walk = createWalk(profile, root, resolve);
  for (const element of profile.differential?.element ?? []) walk(element);
  return { ...profile, snapshot: { element: toElements(root) } };
}

function snapshotOf(canonical: string, resolve: ResolveStructure): readonly ElementDefinition[] {
  const { url = '', snapshot } = resolve(canonical) ?? {};
  if (!snapshot?.element) throw new Error(`${canonical || 'baseDefinition'} is not known`);
  return snapshot.element.map((element) => withSources(withFullLinks(element, url), url));
}

/** Prose of R4 links to pages beside it, which are elsewhere once it is inherited. */
function withFullLinks(element: ElementDefinition, url: string): ElementDefinition {
  if (!url.startsWith(typeBase)) return element;
  const linked = prose.flatMap((name) => {
    const text = element[name];
    const full = text?.replace(/\]\((?!https?:|mailto:|#)(?=[^)\s]+\.html)/g, '](http://hl7.org/fhir/');
    return full === text ? [] : [[name, full] as const];
  });
  return linked.length > 0 ? { ...element, ...Object.fromEntries(linked) } : element;
}

/** A constraint names where it comes from, once it is inherited. */
function withSources(element: ElementDefinition, url: string): ElementDefinition {
  const { constraint } = element;
  if (!constraint || constraint.every(({ source }) => source)) return element;
  return { ...element, constraint: constraint.map((one) => (one.source ? one : { ...one, source: url })) };
}

function inherited(element: ElementDefinition): ElementDefinition {
  const { extension, ...rest } = element;
  if (!extension) return element;
  const kept = extension.filter(({ url = '' }) => !ofDefinition.has(url));
  return kept.length > 0 ? { ...rest, extension: kept } : rest;
}

/** A place on the way to an element: the step, and the slice if the id or the element names one. */
interface Place {
  readonly step: string;
  readonly slice: string | undefined;
  /** Inside of a slice: the id up to here, step by step. */
  readonly within?: readonly string[] | undefined;
}

/** Lays the elements of a differential over the tree, one by one. */
function createWalk(profile: StructureDefinition, root: ElementNode, resolve: ResolveStructure) {
  const url = profile.url ?? '';
  const ids = (profile.differential?.element ?? []).map(({ id = '' }) => id.split('.'));
  const context: Context = { resolve, restricted: new Map(), ids };
  /** Where the previous element of the differential stood, step by step. */
  let open: { step: string; node: ElementNode }[] = [];

  return (element: ElementDefinition): void => {
    const places = placesOf(element);
    const at = [{ step: places[0]?.step ?? '', node: root }];
    let following = true;
    for (const [depth, place] of places.entries()) {
      if (depth === 0) continue;
      const { step, slice } = place;
      const last = depth === places.length - 1;
      const before = open[depth];
      following &&= before?.step === step;
      const parent = at[depth - 1]!.node;
      // Without ids, a path that passes a slice means the slice that came last.
      const stays = following && !last && before && (slice === undefined ? !element.id : false);
      at[depth] = { step, node: stays ? before.node : childOf(parent, place, context) };
      if (!stays && before?.node !== at[depth]?.node) following = false;
    }
    const { node } = at.at(-1)!;
    const { path = '' } = element;
    node.definition = isExtension.test(path) ? withoutWords(node.definition) : node.definition;
    node.definition = mergeElement(withProfileRoot(node, element, resolve), element, url);
    open = at;
  };
}

const isExtension = /^Extension$|\.(?:extension|modifierExtension)$/;

/** What is said of extensions in general says nothing of one that a profile speaks of. */
function withoutWords(definition: ElementDefinition): ElementDefinition {
  const { comment: _, requirements: __, alias: ___, mapping: ____, ...rest } = definition;
  return { ...rest, short: 'Extension', definition: 'An Extension' };
}

/** Ids name the slices on the way where they agree with the path; else only the element's own slice is known. */
function placesOf({ id, path = '', sliceName }: ElementDefinition): Place[] {
  const steps = path.split('.');
  const ids = id?.split('.') ?? [];
  const usable = ids.length === steps.length;
  return steps.map((step, i) => {
    const last = i === steps.length - 1;
    const named = usable ? ids[i]?.slice(ids[i]!.indexOf(':') + 1) : undefined;
    const inId = usable && ids[i]?.includes(':') ? named : undefined;
    const inSlice = usable && ids.slice(0, i).some((one) => one.includes(':'));
    return {
      step,
      slice: last ? (sliceName ?? inId) : inId,
      within: inSlice ? ids.slice(0, i + 1) : undefined,
    };
  });
}

/** The child, or a slice of it, made when it is not there yet. */
function childOf(parent: ElementNode, place: Place, context: Context): ElementNode {
  const { step, slice } = place;
  if (parent.children.length === 0) unfold(parent, context.resolve);
  const child = parent.children.find((one) => one.step === step);
  if (child && slice !== undefined) {
    const type = typeOfKey(child, slice);
    return type === undefined ? sliceOf(child, slice) : typeSlice(child, slice, type);
  }
  if (child) return child;
  for (const choice of parent.children) {
    const type = typeOfKey(choice, step, context.restricted.get(choice)?.types);
    if (type === undefined) continue;
    if (slice === undefined) {
      const known = choice.slices.find(({ definition }) => definition.sliceName === step);
      if (known && !context.restricted.has(choice)) return known;
      if (isOnlyType(choice, place, context)) return narrowChoice(choice, type);
      restrictChoice(choice, type, context);
    }
    return typeSlice(choice, slice ?? step, type);
  }
  throw new Error(`${step} does not exist in ${parent.definition.path}`);
}

/** Inside of a slice, HL7 slices a choice no further when the differential writes one type of it only. */
function isOnlyType(choice: ElementNode, { within }: Place, { ids }: Context): boolean {
  if (!within || choice.definition.slicing) return false;
  const depth = within.length - 1;
  const siblings = ids.filter((id) => within.slice(0, depth).every((step, i) => id[i] === step));
  const steps = new Set(siblings.map((id) => id[depth] ?? '').filter((step) => typeOfKey(choice, step)));
  return steps.size <= 1;
}

function narrowChoice(choice: ElementNode, type: string): ElementNode {
  const types = choice.definition.type?.filter(({ code }) => code === type) ?? [];
  choice.definition = { ...choice.definition, type: types };
  return choice;
}

/** A path that says `valueQuantity` and names no slice leaves only the types that are written so. */
function restrictChoice(choice: ElementNode, type: string, { restricted }: Context): void {
  const { type: now = [], slicing = byType } = choice.definition;
  const { types, left } = restricted.get(choice) ?? { types: now, left: new Set<string>() };
  restricted.set(choice, { types, left: left.add(type) });
  const rest = types.filter(({ code = '' }) => left.has(code));
  choice.definition = { ...choice.definition, type: rest, slicing: { ...slicing, rules: 'closed' } };
}

/** `valueQuantity` written for a `value[x]` that holds a Quantity. */
function typeOfKey(
  { step, definition }: ElementNode,
  key: string,
  types: Types = definition.type ?? [],
): string | undefined {
  if (!step.endsWith('[x]')) return undefined;
  const name = step.slice(0, -3);
  return types.find(({ code = '' }) => choiceKey(name, code) === key)?.code;
}

function sliceOf(group: ElementNode, sliceName: string): ElementNode {
  const slices = slicesFor(group, sliceName);
  const known = slices.find(({ definition }) => definition.sliceName === sliceName);
  if (known) return known;
  const owner = slices === group.slices ? group : ownerOf(group, slices);
  if (owner === group && !group.definition.slicing && /^(?:extension|modifierExtension)$/.test(group.step)) {
    group.definition = { ...withoutWords(group.definition), slicing: byUrl };
  }
  const { slicing, ...rest } = owner.definition;
  const made = createNode({ ...rest, sliceName, min: 0 }, group.step);
  made.children.push(...owner.children.map(copyNode));
  slices.push(made);
  return made;
}

function ownerOf(group: ElementNode, slices: ElementNode[]): ElementNode {
  for (const slice of group.slices) {
    if (slice.slices === slices) return slice;
    const owner = ownerOf(slice, slices);
    if (owner.slices === slices) return owner;
  }
  return group;
}

function typeSlice(choice: ElementNode, sliceName: string, type: string): ElementNode {
  const known = choice.slices.find(({ definition }) => definition.sliceName === sliceName);
  if (known) return known;
  choice.definition = { ...choice.definition, slicing: choice.definition.slicing ?? byType };
  const slice = sliceOf(choice, sliceName);
  const types = slice.definition.type?.filter(({ code }) => code === type) ?? [];
  slice.definition = { ...slice.definition, type: types };
  return slice;
}

/** Gives an element the children of what it holds. */
function unfold(node: ElementNode, resolve: ResolveStructure): void {
  const { contentReference, type = [] } = node.definition;
  if (contentReference) {
    const target = referredNode(contentReference, resolve);
    const { contentReference: _, ...rest } = node.definition;
    node.definition = { ...rest, ...(target.definition.type ? { type: target.definition.type } : {}) };
    node.children.push(...target.children.map(copyNode));
    return;
  }
  const codes = new Set(type.map(({ code }) => code));
  const profiles = type.flatMap(({ profile }) => profile ?? []);
  const sole = codes.size === 1 ? [...codes][0] : undefined;
  const profile = sole !== undefined && profiles.length === 1 ? resolve(profiles[0]!) : undefined;
  const elements = profile?.snapshot?.element ?? snapshotOf(typeBase + (sole ?? 'Element'), resolve);
  node.children.push(...toTree(elements).children);
}

function referredNode(contentReference: string, resolve: ResolveStructure): ElementNode {
  const path = referredPath(contentReference);
  const [type = '', ...steps] = path.split('.');
  let node: ElementNode | undefined = toTree(snapshotOf(typeBase + type, resolve));
  for (const step of steps) node = node?.children.find((child) => child.step === step);
  if (!node) throw new Error(`${path} does not exist`);
  return node;
}

/**
 * What the root of a data type's profile demands holds wherever the profile is used: its constraints, whether it
 * modifies. An extension is also described in its own words. Those of a resource are about that resource by itself.
 */
function withProfileRoot(
  node: ElementNode,
  { type }: ElementDefinition,
  resolve: ResolveStructure,
): ElementDefinition {
  const profiles = type?.length === 1 ? (type[0]?.profile ?? []) : [];
  const profile = profiles.length === 1 ? resolve(profiles[0]!) : undefined;
  const root = profile?.snapshot?.element?.[0];
  if (!root || profile?.kind === 'resource') return node.definition;
  const rules = pick(root, ['path', 'constraint', 'isModifier', 'isModifierReason']);
  const url = profile?.url ?? '';
  if (profile?.type !== 'Extension') return mergeElement(node.definition, rules as ElementDefinition, url);
  const { isSummary: _, condition: __, ...rest } = node.definition;
  const words = pick(root, [
    'short',
    'definition',
    'comment',
    'requirements',
    'alias',
    'mapping',
    'condition',
  ]);
  return mergeElement(rest, { ...rules, ...words } as ElementDefinition, url);
}

function pick(
  element: ElementDefinition,
  names: readonly (keyof ElementDefinition)[],
): Partial<ElementDefinition> {
  return Object.fromEntries(names.filter((name) => element[name]).map((name) => [name, element[name]]));
}
