/**
 * The oracle for a whole search: which of some resources it finds, and which come along. Reads the query by itself and
 * follows chains, `_has` and includes by looking at every resource there is.
 * https://hl7.org/fhir/R4/search.html
 */
import type { SearchParameter } from '@medplum/fhirtypes';
import type { Resource } from '../../src/fhir/resource.ts';
import { find, matches, type Surroundings } from './oracle.ts';

export interface World extends Surroundings {
  readonly resources: readonly Resource[];
  /** Of a resource type. */
  definitions(type: string): readonly SearchParameter[];
  /** The parameters by which a type belongs to a patient. */
  compartment(type: string): readonly string[];
}

export interface Expected {
  /** `Patient/1`. */
  readonly matches: ReadonlySet<string>;
  readonly included: ReadonlySet<string>;
}

type Pairs = readonly (readonly [string, string])[];

/** These say how to answer, not what. */
const shaping = ['_count', '_sort', '_total', '_summary', '_elements', '_format', '_pretty'];

const keyOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;

/**
 * What a search of a type finds.
 * @param patient id of the patient in whose compartment to search
 */
export function expectedOf(type: string, pairs: Pairs, world: World, patient?: string): Expected {
  const conditions = pairs.filter(([name]) => !shaping.includes(name) && !isInclude(name));
  const found = world.resources.filter(
    (resource) =>
      resource.resourceType === type &&
      (patient === undefined || belongsTo(resource, patient, world)) &&
      conditions.every(([name, value]) => meetsText(resource, name, value, world)),
  );
  const matched = new Set(found.map(keyOf));
  return { matches: matched, included: includedWith(found, matched, pairs, world) };
}

function belongsTo(resource: Resource, patient: string, world: World): boolean {
  if (keyOf(resource) === `Patient/${patient}`) return true;
  return world
    .compartment(resource.resourceType)
    .some((code) =>
      targetsOf(resource, code, world).some((target) => keyOf(target) === `Patient/${patient}`),
    );
}

function isInclude(name: string): boolean {
  return name.startsWith('_include') || name.startsWith('_revinclude');
}

/* Conditions */

function meetsText(resource: Resource, name: string, value: string, world: World): boolean {
  if (name.startsWith('_has:')) return meetsReverse(resource, name.slice('_has:'.length), value, world);
  const dot = name.indexOf('.');
  if (dot >= 0) return meetsChain(resource, name.slice(0, dot), name.slice(dot + 1), value, world);
  const [code = '', modifier] = name.split(':');
  const definition = definitionOf(resource.resourceType, code, world);
  if (!definition) return false;
  const values = cut(value, ',').map((text) => partsOf(text, definition));
  return matches(resource, { definition, modifier, values }, world);
}

function meetsChain(resource: Resource, link: string, rest: string, value: string, world: World): boolean {
  const [code = '', type] = link.split(':');
  return targetsOf(resource, code, world).some(
    (target) => (type === undefined || target.resourceType === type) && meetsText(target, rest, value, world),
  );
}

function meetsReverse(resource: Resource, text: string, value: string, world: World): boolean {
  const [type = '', code = '', ...rest] = text.split(':');
  return world.resources.some(
    (source) =>
      source.resourceType === type &&
      targetsOf(source, code, world).includes(resource) &&
      meetsText(source, rest.join(':'), value, world),
  );
}

function definitionOf(type: string, code: string, world: World): SearchParameter | undefined {
  return world.definitions(type).findLast((definition) => definition.code === code);
}

/** The resources of this world that a reference parameter leads to. */
function targetsOf(source: Resource, code: string, world: World): Resource[] {
  const definition = definitionOf(source.resourceType, code, world);
  if (definition?.type !== 'reference') return [];
  const texts = find(source, definition).map(({ value }) =>
    typeof value === 'string' ? value : (value.reference ?? (value.resourceType ? keyOf(value) : '')),
  );
  const keys = texts.map((text: string) => {
    const base = world.bases.find((one) => text.startsWith(`${one}/`));
    return (base ? text.slice(base.length + 1) : text).split('/_history/')[0];
  });
  const allowed = definition.target ?? [];
  return world.resources.filter(
    (resource) =>
      keys.includes(keyOf(resource)) &&
      (allowed.length === 0 || (allowed as string[]).includes(resource.resourceType)),
  );
}

/* Texts */

/** Parts between separators that no backslash stands before. */
function cut(text: string, separator: string): string[] {
  const parts = [''];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') parts[parts.length - 1] += text[i]! + (text[++i] ?? '');
    else if (text[i] === separator) parts.push('');
    else parts[parts.length - 1] += text[i]!;
  }
  return parts;
}

function partsOf(text: string, { type }: SearchParameter): string[] {
  if (type === 'composite') return [text];
  const parts = cut(text, '|').map((part) => part.replace(/\\([\\,|$])/g, '$1'));
  return type === 'uri' || type === 'string' ? [parts.join('|')] : parts;
}

/* What comes along */

function includedWith(
  found: readonly Resource[],
  matched: ReadonlySet<string>,
  pairs: Pairs,
  world: World,
): Set<string> {
  const included = new Set<string>();
  let layer = found;
  for (let round = 0; layer.length > 0; round++) {
    const asked = pairs.filter(([name]) => isInclude(name) && (round === 0 || name.endsWith(':iterate')));
    const brought = asked.flatMap(([name, value]) =>
      name.startsWith('_include') ? broughtBy(layer, value, world) : referringTo(layer, value, world),
    );
    const fresh = brought.filter(
      (resource) => !matched.has(keyOf(resource)) && !included.has(keyOf(resource)),
    );
    for (const resource of fresh) included.add(keyOf(resource));
    layer = [...new Set(fresh)];
  }
  return included;
}

function broughtBy(layer: readonly Resource[], value: string, world: World): Resource[] {
  const [type, code = '*', target] = value.split(':');
  return layer
    .filter(({ resourceType }) => type === '*' || resourceType === type)
    .flatMap((resource) =>
      codesOf(resource.resourceType, code, world).flatMap((one) => targetsOf(resource, one, world)),
    )
    .filter(({ resourceType }) => target === undefined || resourceType === target);
}

function referringTo(layer: readonly Resource[], value: string, world: World): Resource[] {
  const [type = '', code = '*', target] = value.split(':');
  const wanted = layer.filter(({ resourceType }) => target === undefined || resourceType === target);
  return world.resources.filter(
    (source) =>
      source.resourceType === type &&
      codesOf(type, code, world).some((one) =>
        targetsOf(source, one, world).some((resource) => wanted.includes(resource)),
      ),
  );
}

function codesOf(type: string, code: string, world: World): string[] {
  if (code !== '*') return [code];
  return world
    .definitions(type)
    .filter((definition) => definition.type === 'reference')
    .map((definition) => definition.code!);
}
