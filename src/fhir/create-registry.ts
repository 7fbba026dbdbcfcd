/** The registry over a set of definitions: which there are, and what belongs to a resource type. */
import type {
  CodeSystem,
  OperationDefinition,
  SearchParameter,
  StructureDefinition,
  ValueSet,
} from '@medplum/fhirtypes';
import { createModel } from './create-model.ts';
import { definitionFinder, splitCanonical } from './definition-finder.ts';
import {
  type Definition,
  type Definitions,
  type DefinitionTables,
  lazyDefinition,
} from './definitions-file.ts';
import type { Model } from './model.ts';
import type { Registry } from './registry.ts';
import type { Resource } from './resource.ts';
import { generateSnapshot } from './snapshot/generate-snapshot.ts';

const typeBase = 'http://hl7.org/fhir/StructureDefinition/';

/** What a registry is made of; `extend` makes another one of the same parts and more. */
interface Parts {
  readonly model: Model;
  readonly resourceTypes: readonly string[];
  readonly definitions: readonly Definition[];
  readonly searchParameters: readonly SearchParameter[];
  readonly compartments: DefinitionTables['compartments'];
}

/** @param definitions read from the compiled file */
export function createRegistry(definitions: Definitions): Registry {
  const { model: modelData, searchParameters, compartments } = definitions.tables();
  const model = createModel(modelData);
  const abstract = new Set(['Resource', 'DomainResource']);
  const resourceTypes = Object.keys(modelData)
    .filter((name) => modelData[name]?.kind === 'resource' && !abstract.has(name))
    .sort();
  return registryOf({
    model,
    resourceTypes,
    definitions: definitions.definitions,
    searchParameters: searchParameters as unknown as SearchParameter[],
    compartments,
  });
}

function registryOf(parts: Parts): Registry {
  const { model, resourceTypes, definitions, searchParameters, compartments } = parts;
  const find = definitionFinder(definitions);
  const known = new Set(resourceTypes);
  const parametersByBase = Map.groupBy(
    searchParameters.flatMap((parameter) => (parameter.base ?? []).map((base) => ({ base, parameter }))),
    ({ base }) => base as string,
  );
  const parametersByType = new Map<string, SearchParameter[]>();
  let parametersByUrl: ReadonlyMap<string | undefined, SearchParameter> | undefined;
  let urls: ReadonlySet<string> | undefined;

  const parametersOf = (type: string): SearchParameter[] => {
    const found = new Set<SearchParameter>();
    for (let base: string | undefined = type; base !== undefined; base = model.type(base)?.base) {
      for (const { parameter } of parametersByBase.get(base) ?? []) found.add(parameter);
    }
    return [...found].sort((a, b) => compareText(a.code ?? '', b.code ?? ''));
  };

  const registry: Registry = {
    model,
    resourceTypes,
    isResourceType: (name) => known.has(name),
    structure: (canonical) => find('StructureDefinition', canonical) as StructureDefinition | undefined,
    typeStructure: (name) =>
      model.type(name) && (find('StructureDefinition', typeBase + name) as StructureDefinition | undefined),
    valueSet: (canonical) => find('ValueSet', canonical) as ValueSet | undefined,
    codeSystem: (canonical) => find('CodeSystem', canonical) as CodeSystem | undefined,
    codeSystemEditions: (url) =>
      definitions
        .filter((one) => one.resourceType === 'CodeSystem' && one.url === url)
        .map((definition) => definition.read() as unknown as CodeSystem),
    expansion: (canonical) => find('expansion', canonical) as ValueSet | undefined,
    searchParameters(type) {
      let found = parametersByType.get(type);
      if (!found) {
        found = parametersOf(type);
        parametersByType.set(type, found);
      }
      return found;
    },
    searchParameter(canonical) {
      // The first of a URL counts.
      parametersByUrl ??= new Map(
        searchParameters.toReversed().map((parameter) => [parameter.url, parameter]),
      );
      return parametersByUrl.get(splitCanonical(canonical).url);
    },
    operationDefinition: (canonical) =>
      find('OperationDefinition', canonical) as OperationDefinition | undefined,
    definition: find,
    isKnown(canonical) {
      urls ??= new Set([...definitions, ...searchParameters].flatMap(({ url }) => url ?? []));
      return urls.has(splitCanonical(canonical).url);
    },
    compartments: new Map(Object.entries(compartments).map(([type, { url }]) => [type, url])),
    compartmentParameters: (compartment, type) => compartments[compartment]?.parameters[type] ?? [],
    patientCompartmentParameters: (type) => compartments.Patient?.parameters[type] ?? [],
    guideArtefacts: (type) =>
      definitions
        .filter(({ origin, resourceType }) => origin === 'guide' && resourceType === type)
        .map((definition) => definition.read()),
    addedDefinitions: (type) =>
      definitions
        .filter(({ origin, resourceType }) => origin === 'run-time' && resourceType === type)
        .map((definition) => definition.read()),
    extend(more) {
      const added = [...more].map((resource) => runTimeDefinition(resource, () => extended));
      const parameters = added
        .filter(({ resourceType }) => resourceType === 'SearchParameter')
        .map((definition) => definition.read() as unknown as SearchParameter);
      const extended = registryOf({
        ...parts,
        definitions: [...definitions, ...added],
        searchParameters: [...searchParameters, ...parameters],
      });
      return extended;
    },
  };
  return registry;
}

/** A definition of another package; its snapshot is generated when it is first asked for. */
function runTimeDefinition(resource: Resource, registry: () => Registry): Definition {
  const url = typeof resource.url === 'string' ? resource.url : '';
  const version = typeof resource.version === 'string' ? resource.version : undefined;
  const hasAll = resource.resourceType !== 'StructureDefinition' || resource.snapshot !== undefined;
  const make = hasAll ? () => resource : () => withSnapshot(resource, registry());
  const definition = lazyDefinition(resource.resourceType, url, version, 'run-time', make);
  return hasAll ? definition : { ...definition, read: exceptFromWithin(definition.read, resource) };
}

function withSnapshot(resource: Resource, registry: Registry): Resource {
  const structure = resource as unknown as StructureDefinition;
  return generateSnapshot(structure, (canonical) => registry.structure(canonical)) as unknown as Resource;
}

/** Extensions may stand within themselves: while the snapshot of one is made, the differential has to do. */
function exceptFromWithin(read: () => Resource, bare: Resource): () => Resource {
  let open = false;
  return () => {
    if (open) return bare;
    open = true;
    try {
      return read();
    } finally {
      open = false;
    }
  };
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
