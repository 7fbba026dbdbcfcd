/**
 * What the two engines are compared on: every invariant and search expression of R4 and of the guide, and the elements
 * of HL7's examples that they apply to.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StructureDefinition } from '@medplum/fhirtypes';
import type { Registry } from '../../src/fhir/registry.ts';
import { isObject, isResource, type Resource } from '../../src/fhir/resource.ts';
import type { Environment, TypedValue } from '../../src/fhirpath/expression.ts';

export interface Rule {
  readonly name: string;
  readonly expression: string;
  /** Path of the element it is declared on; a resource type for a search parameter. */
  readonly path: string;
}

export function invariants(registry: Registry): Rule[] {
  const types = typeNames(registry).flatMap((name) => registry.typeStructure(name) ?? []);
  const profiles = registry
    .guideArtefacts('StructureDefinition')
    .flatMap(({ url }) => registry.structure(String(url)) ?? []);
  const rules = [...types, ...profiles].flatMap(constraintsOf);
  return [...new Map(rules.map((rule) => [`${rule.path} ${rule.expression}`, rule])).values()];
}

function constraintsOf({ snapshot }: StructureDefinition): Rule[] {
  return (snapshot?.element ?? []).flatMap(({ path = '', constraint = [] }) =>
    constraint.flatMap(({ key = '', expression }) => (expression ? [{ name: key, expression, path }] : [])),
  );
}

function typeNames(registry: Registry): string[] {
  const names = new Set(['Resource', 'DomainResource', ...registry.resourceTypes]);
  for (const name of names) {
    for (const { types } of registry.model.type(name)?.properties ?? []) {
      for (const type of types) names.add(type);
    }
  }
  return [...names];
}

export function searchExpressions(registry: Registry): Rule[] {
  return registry.resourceTypes.flatMap((path) =>
    registry
      .searchParameters(path)
      .flatMap(({ id = '', expression }) => (expression ? [{ name: id, expression, path }] : [])),
  );
}

const conformanceTypes = new Set([
  'StructureDefinition',
  'SearchParameter',
  'ValueSet',
  'CodeSystem',
  'ConceptMap',
  'OperationDefinition',
  'CapabilityStatement',
  'CompartmentDefinition',
  'MessageDefinition',
  'ImplementationGuide',
  'StructureMap',
  'NamingSystem',
  'TerminologyCapabilities',
  'GraphDefinition',
]);

/** HL7's example instances that are no conformance resources, up to 60 KB; every `step`-th of them. */
export function* examples(folder: string, step: number): Generator<Resource> {
  const files = readdirSync(folder).filter((name) => /^[A-Z]\w+-.*\.json$/.test(name));
  const instances = files.filter((name) => !conformanceTypes.has(name.slice(0, name.indexOf('-')))).sort();
  for (let i = 0; i < instances.length; i += step) {
    const text = readFileSync(join(folder, instances[i]!), 'utf8');
    const resource: unknown = text.length < 60_000 ? JSON.parse(text) : undefined;
    if (isResource(resource)) yield resource;
  }
}

export interface Visited {
  readonly focus: TypedValue;
  /** Path of the element in the definition of its resource. */
  readonly path: string;
  readonly environment: Environment;
  readonly isResource: boolean;
}

/** All elements of a resource and of the resources within it. */
export function* elements(
  resource: Resource,
  registry: Registry,
  root = typed(resource),
): Generator<Visited> {
  const self = typed(resource);
  const environment: Environment = {
    resource: self,
    rootResource: root,
    resolve: (reference) => resolveIn(root.value as Resource, reference, registry),
  };
  yield { focus: self, path: self.type, environment, isResource: true };
  yield* within(self, self.type, environment, registry);
}

function typed(resource: Resource): TypedValue {
  return { type: resource.resourceType, value: resource };
}

/** Contained resources as they are; of others only the type, which a relative reference tells. */
function resolveIn(root: Resource, reference: string, registry: Registry): TypedValue | undefined {
  if (reference.startsWith('#')) {
    const contained = (Array.isArray(root.contained) ? root.contained : []) as Resource[];
    const found = contained.find(({ id }) => id === reference.slice(1));
    return found && typed(found);
  }
  const type = /^(\w+)\/[A-Za-z0-9\-.]+$/.exec(reference)?.[1] ?? '';
  return registry.isResourceType(type) ? typed({ resourceType: type, id: 'somewhere' }) : undefined;
}

function* within(
  { type, value }: TypedValue,
  path: string,
  environment: Environment,
  registry: Registry,
): Generator<Visited> {
  if (!isObject(value)) return;
  const keys = new Set(Object.keys(value).map((key) => key.replace(/^_/, '')));
  for (const key of keys) {
    const known = registry.model.type(type)?.key(key);
    if (!known) continue;
    const childPath = `${path}.${known.property.name}`;
    for (const child of pairs(value[key], value[`_${key}`], known.type)) {
      if (known.type === 'Resource') {
        const root = key === 'contained' ? environment.rootResource : undefined;
        if (isResource(child.value)) yield* elements(child.value, registry, root);
        continue;
      }
      yield { focus: child, path: childPath, environment, isResource: false };
      yield* within(child, childPath, environment, registry);
    }
  }
}

function pairs(value: unknown, companion: unknown, type: string): TypedValue[] {
  if (!Array.isArray(value) && !Array.isArray(companion)) return [pair(value, companion, type)];
  const values = Array.isArray(value) ? value : [];
  const companions = Array.isArray(companion) ? companion : [];
  const size = Math.max(values.length, companions.length);
  return Array.from({ length: size }, (_, i) => pair(values[i], companions[i], type));
}

function pair(value: unknown, companion: unknown, type: string): TypedValue {
  return { type, value: value ?? undefined, ...(companion == null ? {} : { element: companion }) };
}
