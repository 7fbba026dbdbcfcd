/**
 * FHIRPath Patch: operations in a Parameters resource, carried out on the text of a resource, so that what is not
 * patched stays as it was submitted.
 * https://hl7.org/fhir/R4/fhirpatch.html
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import { parseJson } from '../fhir/json-source.ts';
import {
  isMembers,
  type JsonMembers,
  type JsonTree,
  readJsonTree,
  unquoted,
  writeJsonTree,
} from '../fhir/json-tree.ts';
import type { Model } from '../fhir/model.ts';
import { isResource, type Resource } from '../fhir/resource.ts';
import type { ExpressionCompiler } from '../fhirpath/expression.ts';
import { createElementLocator, type Locator, type Place, stepsInto } from '../fhirpath/locate-elements.ts';
import { holdingOf, presentKey, readSlots, type Slot, writeSlots } from './patch-slots.ts';
import { type PatchValue, patchValue } from './patch-value.ts';

/** What patching goes by. */
export interface PatchEngine {
  readonly model: Model;
  /** Bounded: its expressions come from clients. */
  readonly compile: ExpressionCompiler;
}

interface Operation {
  readonly type: keyof typeof handlers;
  readonly path: string;
  readonly name: string | undefined;
  readonly index: number | undefined;
  readonly source: number | undefined;
  readonly destination: number | undefined;
  /** The part that carries the value. */
  readonly value: JsonMembers | undefined;
}

/** Work on one operation: the resource as the operations before it left it. */
interface Patching {
  readonly model: Model;
  readonly root: JsonMembers;
  readonly locator: Locator;
}

const longestPath = 2000;
/** Each operation looks at the resource anew, and may make it larger: this many characters in all. */
const mostWork = 100_000_000;
/** For all paths of a patch, milliseconds: other writers wait meanwhile. */
const longestMs = 1000;

/**
 * The resource as patched.
 * @param text JSON text of the resource
 * @param patch JSON text of the Parameters
 * @throws FhirError 400 for what is no patch, 409 for one that does not fit the resource
 */
export function applyFhirPathPatch({ model, compile }: PatchEngine, text: string, patch: string): string {
  const operations = parsePatch(patch);
  if (operations.length * (text.length + patch.length) > mostWork)
    throw refuse('too-large', 'The patch has more operations than this server takes for so large a resource');
  const root = readJsonTree(text) as JsonMembers;
  const until = performance.now() + longestMs;
  operations.forEach((operation, index) => {
    try {
      const resource = JSON.parse(writeJsonTree(root)) as Resource;
      const locator = createElementLocator(model, compile, resource, until);
      handlers[operation.type]({ model, root, locator }, operation);
    } catch (error) {
      throw error instanceof FhirError ? inOperation(error, index) : error;
    }
  });
  return writeJsonTree(root);
}

function inOperation(error: FhirError, index: number): FhirError {
  const issues = error.issues.map((issue) => ({
    ...issue,
    text: `Operation ${index}: ${issue.text}`,
    expression: `Parameters.parameter[${index}]`,
  }));
  return new FhirError(error.status, issues, error.headers);
}

function parsePatch(patch: string): Operation[] {
  const value = parseJson(patch);
  const tree = readJsonTree(patch);
  const parameters = isMembers(tree) ? (tree.get('parameter') ?? []) : undefined;
  if (!isResource(value) || value.resourceType !== 'Parameters' || !Array.isArray(parameters))
    throw refuse('malformed-patch', 'A FHIRPath Patch is a Parameters resource with operations');
  return parameters.map((parameter, index) => {
    try {
      return parseOperation(parameter);
    } catch (error) {
      throw error instanceof FhirError ? inOperation(error, index) : error;
    }
  });
}

function parseOperation(parameter: JsonTree): Operation {
  const parts = isMembers(parameter) ? parameter.get('part') : undefined;
  if (!isMembers(parameter) || textOf(parameter.get('name')) !== 'operation' || !Array.isArray(parts))
    throw refuse('malformed-patch', "each parameter is called 'operation' and has parts");
  const named = new Map(
    parts.filter(isMembers).map((part) => [textOf(part.get('name')) ?? '', part] as const),
  );
  const text = (name: string) => textOf(scalarOf(named.get(name)));
  const whole = (name: string) => {
    const token = scalarOf(named.get(name));
    if (token !== undefined && !/^[0-9]{1,9}$/.test(token))
      throw refuse('malformed-patch', `${name} is not a whole number`);
    return token === undefined ? undefined : Number(token);
  };
  const type = text('type');
  const path = text('path');
  if (type === undefined || !Object.hasOwn(handlers, type))
    throw refuse('malformed-patch', `type is none of ${Object.keys(handlers).join(', ')}`);
  if (path === undefined || path.length > longestPath)
    throw refuse('malformed-patch', 'path is missing or too long');
  return {
    type: type as Operation['type'],
    path,
    name: text('name'),
    index: whole('index'),
    source: whole('source'),
    destination: whole('destination'),
    value: named.get('value'),
  };
}

type Handler = (patching: Patching, operation: Operation) => void;

const handlers = {
  add(patching, operation) {
    const place = onlyPlace(patching.locator.places(operation.path));
    if (operation.name === undefined) throw refuse('malformed-patch', 'name is missing');
    const { property, key, slot } = broughtValue(patching, place, operation.name, operation);
    const holder = holderAt(patching, place);
    const present = presentKey(holder, property);
    if (present !== undefined && !property.array)
      throw refuse('patch-conflict', 'the element has a value already, and takes no second one');
    writeSlots(holder, key, property.array, [...readSlots(holder, key), slot]);
  },
  insert(patching, operation) {
    const list = listAt(patching, operation.path);
    const { slot } = broughtValue(patching, list.parent, list.name, operation);
    const slots = readSlots(list.holder, list.key);
    slots.splice(within(operation.index, 'index', slots.length), 0, slot);
    writeSlots(list.holder, list.key, true, slots);
  },
  delete({ model, root, locator }, { path }) {
    const found = locator.places(path);
    if (found.length === 0) return;
    const { held, steps } = onlyPlace(found);
    if (!held) throw refuse('malformed-patch', 'a resource cannot be deleted by a patch');
    const holder = holdingOf(root, steps);
    const slots = readSlots(holder, held.key);
    slots.splice(held.index ?? 0, 1);
    writeSlots(holder, held.key, held.property.array, slots);
    removeEmpty(model, root, held.parent);
  },
  replace(patching, operation) {
    const { held, steps } = onlyPlace(patching.locator.places(operation.path));
    if (!held) throw refuse('malformed-patch', 'a resource cannot be replaced by a patch');
    const { key, slot } = broughtValue(patching, held.parent, held.property.name, operation);
    const holder = holdingOf(patching.root, steps);
    const slots = readSlots(holder, held.key);
    slots[held.index ?? 0] = slot;
    // A choice of another type goes under another key.
    if (key !== held.key) writeSlots(holder, held.key, false, []);
    writeSlots(holder, key, held.property.array, slots);
  },
  move(patching, { path, source, destination }) {
    const { holder, key } = listAt(patching, path);
    const slots = readSlots(holder, key);
    const [moved] = slots.splice(within(source, 'source', slots.length - 1), 1);
    slots.splice(within(destination, 'destination', slots.length), 0, moved!);
    writeSlots(holder, key, true, slots);
  },
} satisfies Record<string, Handler>;

function onlyPlace(places: readonly Place[]): Place {
  const [place, another] = places;
  if (!place) throw refuse('patch-conflict', 'the path leads to no element');
  if (another) throw refuse('patch-conflict', 'the path leads to several elements');
  return place;
}

/** The value of an operation, as a property of a place takes it. */
function broughtValue({ model }: Patching, place: Place, name: string, { value }: Operation): PatchValue {
  const type = model.type(place.type);
  const property = type?.property(name) ?? type?.key(name)?.property;
  if (!property) throw refuse('malformed-patch', 'the element has no property of this name');
  if (!value) throw refuse('malformed-patch', 'value is missing');
  return patchValue(model, property, value);
}

/** The object that holds the members of a place; that beside a primitive is made when there is none. */
function holderAt({ model, root }: Patching, place: Place): JsonMembers {
  const isPrimitive = model.type(place.type)?.kind === 'primitive';
  const holder = holdingOf(root, [...stepsInto(place, isPrimitive), '']);
  if (!isMembers(holder)) throw refuse('patch-conflict', 'the path leads to a value that has no properties');
  return holder;
}

function listAt(patching: Patching, path: string) {
  const { parents, name } = patching.locator.lists(path);
  const parent = onlyPlace(parents);
  const property = patching.model.type(parent.type)?.property(name);
  if (!property?.array) throw refuse('malformed-patch', 'the path does not lead to a list');
  return { parent, name, key: property.keys[0]!.key, holder: holderAt(patching, parent) };
}

function within(index: number | undefined, name: string, last: number): number {
  if (index === undefined) throw refuse('malformed-patch', `${name} is missing`);
  if (index > last) throw refuse('patch-conflict', `${name} lies outside of the list`);
  return index;
}

/** FHIR has no empty elements: what lost its last member goes with it. */
function removeEmpty(model: Model, root: JsonMembers, place: Place): void {
  const { held, steps } = place;
  if (!held) return;
  const isPrimitive = model.type(place.type)?.kind === 'primitive';
  const members = holdingOf(root, [...stepsInto(place, isPrimitive), '']);
  if (members.size > 0) return;
  const holder = holdingOf(root, steps);
  const slots = readSlots(holder, held.key);
  const at = held.index ?? 0;
  const { value, companion }: Slot = slots[at] ?? {};
  const left: Slot = isPrimitive ? (value === undefined ? {} : { value }) : companion ? { companion } : {};
  if (left.value === undefined && left.companion === undefined) slots.splice(at, 1);
  else slots[at] = left;
  writeSlots(holder, held.key, held.property.array, slots);
  if (slots.length === 0) removeEmpty(model, root, held.parent);
}

/** The value of a part, whatever primitive type it has. */
function scalarOf(part: JsonMembers | undefined): string | undefined {
  for (const [key, value] of part ?? []) {
    if (key.startsWith('value') && typeof value === 'string') return value;
  }
  return undefined;
}

function textOf(token: JsonTree | undefined): string | undefined {
  return typeof token === 'string' && token.startsWith('"') ? unquoted(token) : undefined;
}
