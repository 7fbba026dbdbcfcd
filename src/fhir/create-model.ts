/**
 * The type model, from structure definitions (when the definitions are built) to compact rows and back (at run time).
 * https://hl7.org/fhir/R4/structuredefinition.html
 */

import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { choiceKey } from './choice-key.ts';
import type { Model, PropertyModel, TypeModel } from './model.ts';

/** name, types, whether a choice, whether an array */
export type PropertyRow = readonly [string, readonly string[], 0 | 1, 0 | 1];

export interface TypeRow {
  readonly kind: TypeModel['kind'];
  readonly base?: string;
  readonly properties: readonly PropertyRow[];
}

export type ModelData = Readonly<Record<string, TypeRow>>;

const kinds: Readonly<Record<string, TypeModel['kind']>> = {
  'primitive-type': 'primitive',
  'complex-type': 'complex',
  resource: 'resource',
};

/** @param structures definitions of types, not of profiles; logical models are left out */
export function describeTypes(structures: Iterable<StructureDefinition>): ModelData {
  const types: Record<string, TypeRow> = {};
  for (const { name, kind, baseDefinition, snapshot } of structures) {
    const typeKind = kinds[kind ?? ''];
    if (!typeKind || !name) continue;
    const elements = (snapshot?.element ?? []).slice(1);
    const base = baseDefinition?.slice(baseDefinition.lastIndexOf('/') + 1);
    types[name] = {
      kind: typeKind,
      ...(base === undefined ? {} : { base }),
      properties: propertyRows(name, elements, typeKind === 'primitive'),
    };
    for (const element of elements) {
      const path = element.path ?? '';
      if (!isBackbone(element, elements)) continue;
      const properties = propertyRows(path, elements, false);
      types[path] = { kind: 'backbone', base: element.type?.[0]?.code ?? 'BackboneElement', properties };
    }
  }
  return types;
}

/** An element with children of its own in the definition of a type. */
function isBackbone({ path }: ElementDefinition, elements: readonly ElementDefinition[]): boolean {
  return elements.some((other) => other.path?.startsWith(`${path}.`));
}

function propertyRows(
  parent: string,
  elements: readonly ElementDefinition[],
  primitive: boolean,
): PropertyRow[] {
  const depth = parent.split('.').length + 1;
  return elements
    .filter(({ path = '' }) => path.startsWith(`${parent}.`) && path.split('.').length === depth)
    .filter(({ path }) => !(primitive && path === `${parent}.value`))
    .map((element) => {
      const step = element.path?.slice(parent.length + 1) ?? '';
      const choice = step.endsWith('[x]');
      const array = (element.base?.max ?? element.max) !== '1' && element.max !== '1';
      const name = choice ? step.slice(0, -3) : step;
      return [name, typesOf(element, elements), choice ? 1 : 0, array ? 1 : 0];
    });
}

function typesOf(element: ElementDefinition, elements: readonly ElementDefinition[]): string[] {
  if (element.contentReference) return [referredPath(element.contentReference)];
  if (isBackbone(element, elements)) return [element.path ?? ''];
  return [...new Set((element.type ?? []).map(({ code = '' }) => code))];
}

/** `#Observation.referenceRange`, with or without the URL of the definition before it. */
export function referredPath(contentReference: string): string {
  return contentReference.slice(contentReference.indexOf('#') + 1);
}

/** Brings the rows to life, type by type as they are asked for. */
export function createModel(data: ModelData): Model {
  const types = new Map<string, TypeModel>();
  const type = (name: string): TypeModel | undefined => {
    const known = types.get(name);
    if (known || !Object.hasOwn(data, name)) return known;
    const made = createType(name, data[name]!);
    types.set(name, made);
    return made;
  };
  return {
    type,
    isA(name, ancestor) {
      for (let at: string | undefined = name; at !== undefined; at = type(at)?.base) {
        if (at === ancestor) return true;
      }
      return false;
    },
  };
}

function createType(name: string, { kind, base, properties: rows }: TypeRow): TypeModel {
  const properties = rows.map(createProperty);
  const byName = new Map(properties.map((property) => [property.name, property]));
  const byKey = new Map(
    properties.flatMap((property) =>
      property.keys.map(({ key, type }) => [key, { property, type }] as const),
    ),
  );
  return {
    name,
    kind,
    base,
    properties,
    property: (propertyName) => byName.get(propertyName),
    key: (jsonKey) => byKey.get(jsonKey),
  };
}

function createProperty([name, types, choice, array]: PropertyRow): PropertyModel {
  const keys = types.map((type) => {
    const key = choice ? choiceKey(name, type) : name;
    return { key, companion: `_${key}`, type };
  });
  return { name, types, keys, choice: choice === 1, array: array === 1 };
}
