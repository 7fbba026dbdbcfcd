/**
 * The registry: every definition the server knows, by canonical URL and version.
 * Structure definitions come with their snapshot; texts that no check needs are left out of the compiled file.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import type {
  CodeSystem,
  OperationDefinition,
  SearchParameter,
  StructureDefinition,
  ValueSet,
} from '@medplum/fhirtypes';
import type { Model } from './model.ts';
import type { Resource } from './resource.ts';

export interface Registry {
  /** Types, their properties and their ancestry. */
  readonly model: Model;
  /** Names of the concrete resource types, sorted. */
  readonly resourceTypes: readonly string[];
  isResourceType(name: string): boolean;
  /** A structure definition by `url` or `url|version`; without a version the newest. Its snapshot is present. */
  structure(canonical: string): StructureDefinition | undefined;
  /** The R4 definition of a type by its name, e.g. `Observation` or `HumanName`. */
  typeStructure(name: string): StructureDefinition | undefined;
  valueSet(canonical: string): ValueSet | undefined;
  codeSystem(canonical: string): CodeSystem | undefined;
  /** Every edition of a code system: R4's own, and what HL7 has published since. */
  codeSystemEditions(url: string): readonly CodeSystem[];
  /** The expansion HL7 ships for a value set that cannot be computed from R4 alone, if any. */
  expansion(canonical: string): ValueSet | undefined;
  /** Search parameters of a resource type, those of Resource and DomainResource included, sorted by code. */
  searchParameters(resourceType: string): readonly SearchParameter[];
  /** A search parameter by its canonical URL. */
  searchParameter(canonical: string): SearchParameter | undefined;
  operationDefinition(canonical: string): OperationDefinition | undefined;
  /** A definition of any resource type, such as a form, by `url` or `url|version`. */
  definition(resourceType: string, canonical: string): Resource | undefined;
  /** Whether a canonical means any definition at all: most of what data name is not known here. */
  isKnown(canonical: string): boolean;
  /** Canonical URLs of definitions by the types that have compartments: https://hl7.org/fhir/R4/compartmentdefinition.html */
  readonly compartments: ReadonlyMap<string, string>;
  /** Search parameters by which a resource of one type belongs to the compartment of a resource of another. */
  compartmentParameters(compartmentType: string, resourceType: string): readonly string[];
  /**
   * Search parameters by which a resource of this type belongs to a patient's compartment, e.g. `subject`.
   * https://hl7.org/fhir/R4/compartmentdefinition-patient.html
   */
  patientCompartmentParameters(resourceType: string): readonly string[];
  /** The guide's own artefacts of one resource type, whole. */
  guideArtefacts(resourceType: string): readonly Resource[];
  /** What it was extended by, of one resource type. */
  addedDefinitions(resourceType: string): readonly Resource[];
  /** A registry that also knows these definitions (of another package); missing snapshots are generated. */
  extend(definitions: Iterable<Resource>): Registry;
}
