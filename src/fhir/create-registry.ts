/**
 * The registry over a set of definitions: which one a canonical means, and what belongs to a resource type.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import type {
  CodeSystem,
  OperationDefinition,
  SearchParameter,
  StructureDefinition,
  ValueSet,
} from '@medplum/fhirtypes';
import { compareVersions } from './compare-versions.ts';
import { createModel } from './create-model.ts';
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
  const find = createFinder(definitions);
  const known = new Set(resourceTypes);
  const parametersByBase = Map.groupBy(
    searchParameters.flatMap((parameter) => (parameter.base ?? []).map((base) => ({ base, parameter }))),
    ({ base }) => base as string,
  );
  const parametersByType = new Map<string, SearchParameter[]>();
  let parametersByUrl: ReadonlyMap<string | undefined, SearchParameter> | undefined;

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
    compartments: new Map(Object.entries(compartments).map(([type, { url }]) => [type, url])),
    compartmentParameters: (compartment, type) => compartments[compartment]?.parameters[type] ?? [],
    patientCompartmentParameters: (type) => compartments.Patient?.parameters[type] ?? [],
    guideArtefacts: (type) =>
      definitions
        .filter(({ origin, resourceType }) => origin === 'guide' && resourceType === type)
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
  return lazyDefinition(resource.resourceType, url, version, 'run-time', () => {
    const bare = resource.resourceType === 'StructureDefinition' && resource.snapshot === undefined;
    if (!bare) return resource;
    const structure = resource as unknown as StructureDefinition;
    return generateSnapshot(structure, (canonical) => registry().structure(canonical)) as unknown as Resource;
  });
}

/** Index by resource type and URL; HL7's expansions are a kind of their own, so as not to hide the definitions. */
function createFinder(definitions: readonly Definition[]) {
  const byUrl = new Map<string, Definition[]>();
  const keyOf = (kind: string, url: string) => `${kind} ${url}`;
  for (const definition of definitions) {
    const kind = definition.origin === 'expansions' ? 'expansion' : definition.resourceType;
    const key = keyOf(kind, definition.url);
    const others = byUrl.get(key);
    if (others) others.push(definition);
    else byUrl.set(key, [definition]);
  }
  return (kind: string, canonical: string): Resource | undefined => {
    const { url, version } = splitCanonical(canonical);
    const candidates = byUrl.get(keyOf(kind, url)) ?? [];
    return choose(candidates, version)?.read();
  };
}

/**
 * A version asked for is that version, or the newest that begins with it (`4.0` means `4.0.1`). Without one, what
 * R4 4.0.1 itself defines goes before later editions of it, else the newest counts.
 */
function choose(candidates: readonly Definition[], version: string | undefined): Definition | undefined {
  const fitting =
    version === undefined
      ? candidates.filter(({ origin }) => origin === 'core')
      : candidates.filter((one) => one.version === version || one.version?.startsWith(`${version}.`));
  const pool = version === undefined && fitting.length === 0 ? candidates : fitting;
  return pool.reduce<Definition | undefined>(
    (best, one) => (best && compareVersions(best.version, one.version) > 0 ? best : one),
    undefined,
  );
}

function splitCanonical(canonical: string): { url: string; version: string | undefined } {
  const bare = canonical.includes('#') && canonical.includes('://') ? canonical.split('#')[0]! : canonical;
  const bar = bare.indexOf('|');
  return bar < 0
    ? { url: bare, version: undefined }
    : { url: bare.slice(0, bar), version: bare.slice(bar + 1) };
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
