/**
 * Everything the server knows, made from its sources: HL7's definitions mended and trimmed, the guide whole with
 * the snapshots of its profiles.
 */
import type { CompartmentDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { compileGuide } from './compile-guide.ts';
import { describeTypes } from './create-model.ts';
import { readGuide, readPackages, type SourceFile } from './definition-sources.ts';
import {
  type CompartmentTable,
  type Definition,
  type DefinitionTables,
  lazyDefinition,
} from './definitions-file.ts';
import { withContents } from './guide-contents.ts';
import { mendStructure } from './known-faults.ts';
import type { Resource } from './resource.ts';
import { trimDefinition } from './trim-definition.ts';

/** Says of the type of the compartment itself that it is in there. */
const itself = '{def}';

export interface Compiled {
  readonly definitions: readonly Definition[];
  readonly tables: DefinitionTables;
  /** The guide's artefacts whole, their snapshots with the words of HL7. */
  readonly guide: readonly Resource[];
}

/**
 * @param root folder of the project
 * @throws Error naming the file of the guide that cannot be compiled
 */
export function compileDefinitions(root: string): Compiled {
  const published = readPackages(root);
  const artefacts = readGuide(root);
  const guide = artefacts.filter(({ resource }) => typeof resource.url === 'string');
  const compartments = published.map(({ resource }) => resource).filter(isCompartment);
  const whole = published
    .filter(({ resource }) => !isCompartment(resource))
    .map((source) => ({ ...source, resource: mended(source.resource) }));
  const trimmed = whole.map((source) => ({ ...source, resource: trimDefinition(source.resource) }));
  const core = trimmed.filter(({ origin }) => origin === 'core').map(({ resource }) => resource);
  const types = (core as unknown as StructureDefinition[]).filter(
    ({ resourceType, derivation }) =>
      resourceType === ('StructureDefinition' as string) && derivation !== 'constraint',
  );
  const model = describeTypes(types);
  const all = [...trimmed, ...compileGuide(guide, trimmed)];
  return {
    // HL7's search parameters are read all together, so they stand in the tables only.
    definitions: all
      .filter(({ resource, origin }) => origin === 'guide' || resource.resourceType !== 'SearchParameter')
      .map(toDefinition),
    tables: {
      model,
      searchParameters: all.map(({ resource }) => resource).filter(isSearchable),
      compartments: compartmentTables(compartments as unknown as CompartmentDefinition[]),
    },
    guide: withContents(
      compileGuide(artefacts, whole).map(({ resource }) => resource),
      (type) => model[type]?.kind === 'resource',
    ),
  };
}

function mended(resource: Resource): Resource {
  if (resource.resourceType !== 'StructureDefinition') return resource;
  return mendStructure(resource as unknown as StructureDefinition) as unknown as Resource;
}

function toDefinition({ resource, origin }: SourceFile): Definition {
  const version = typeof resource.version === 'string' ? resource.version : undefined;
  return lazyDefinition(resource.resourceType, String(resource.url), version, origin, () => resource);
}

/** Some search parameters of the package are for extensions of no type: nothing can be searched by them. */
function isSearchable(resource: Resource): boolean {
  return resource.resourceType === 'SearchParameter' && Array.isArray(resource.base);
}

function isCompartment(resource: Resource): boolean {
  return resource.resourceType === 'CompartmentDefinition';
}

function compartmentTables(
  definitions: readonly CompartmentDefinition[],
): Readonly<Record<string, CompartmentTable>> {
  const parameters = ({ resource = [] }: CompartmentDefinition) =>
    resource.flatMap(({ code, param }) => (param ? [[code, param.filter((name) => name !== itself)]] : []));
  // The package has an example among them, of a compartment that has a definition of its own.
  const real = definitions.filter(({ id }) => id !== 'example');
  return Object.fromEntries(
    real.map((one) => [one.code, { url: one.url, parameters: Object.fromEntries(parameters(one)) }]),
  );
}
