/**
 * What is known of an extension: its definition, and where that lets it stand.
 * https://hl7.org/fhir/R4/defining-extensions.html
 */
import type { Extension, StructureDefinition, StructureDefinitionContext } from '@medplum/fhirtypes';
import { compareVersions } from '../../fhir/compare-versions.ts';
import type { Compilation, ProfileCheck } from '../compilation.ts';

/** A definition in one of its versions. */
export interface ExtensionEdition {
  readonly structure: StructureDefinition;
  /** The contexts that count in R4; undefined: it may stand anywhere. */
  readonly contexts: readonly StructureDefinitionContext[] | undefined;
}

export interface ExtensionDefinition {
  readonly profile: ProfileCheck;
  /** As HL7's extension pack defines it; undefined when that does not. */
  readonly packed: ProfileCheck | undefined;
  readonly url: string;
  readonly modifier: boolean;
  /** Its definition and that of HL7's extension pack: it may stand where either allows, and have the parts of both. */
  readonly editions: readonly ExtensionEdition[];
  /** Whether nothing but the place decides if it may stand there. */
  readonly byPlaceOnly: boolean;
  /** Places that were allowed by contexts that depend on nothing but the place: type of the resource → paths. */
  readonly places: Map<string, Set<string>>;
  /** The one of them that was met last: type of the resource and path. */
  lastType: string;
  lastAt: string;
  /** Urls of the parts of a complex extension. */
  readonly parts: ReadonlySet<string>;
  /** Whether it has no parts, but a value. */
  readonly simple: boolean;
}

/** HL7's extension pack defines the extensions of R4 anew, in versions of its own, and allows them at more places. */
const extensionPack = '|5';

export function readExtension(url: string, compilation: Compilation): ExtensionDefinition | undefined {
  // A url that names a version is none that an extension has.
  if (!url.includes(':') || url.includes('|')) return undefined;
  const profile = compilation.profile(url);
  if (profile?.type !== 'Extension') return undefined;
  const { structure } = profile;
  const packed = compilation.profile(`${url}${extensionPack}`);
  const structures = packed ? [structure, packed.structure] : [structure];
  const editions = structures.map((one) => ({ structure: one, contexts: contextsOf(one) }));
  const parts = new Set(structures.flatMap(partUrls));
  return {
    profile,
    packed,
    url,
    modifier: structure.snapshot?.element[0]?.isModifier === true,
    editions,
    byPlaceOnly: editions.every(dependsOnPlaceOnly),
    places: new Map(),
    lastType: '',
    lastAt: '',
    parts,
    simple: parts.size === 0 && structures.every(allowsValue),
  };
}

function partUrls({ snapshot }: StructureDefinition): string[] {
  return (snapshot?.element ?? []).flatMap(({ path, fixedUri }) =>
    path === 'Extension.extension.url' && fixedUri ? fixedUri : [],
  );
}

function allowsValue({ snapshot }: StructureDefinition): boolean {
  return snapshot?.element.find(({ path }) => path === 'Extension.value[x]')?.max !== '0';
}

function contextsOf(structure: StructureDefinition): StructureDefinitionContext[] | undefined {
  if (!isForR4(structure.extension)) return [];
  const { context = [] } = structure;
  return context.length === 0 ? undefined : context.filter(({ extension }) => isForR4(extension));
}

const versionUse = 'http://hl7.org/fhir/StructureDefinition/version-specific-use';
const version = '4.0';

/** Whether what has these extensions is meant for R4. https://hl7.org/fhir/extensions/StructureDefinition-version-specific-use.html */
function isForR4(extensions: readonly Extension[] | undefined): boolean {
  const parts = extensions?.find(({ url }) => url === versionUse)?.extension;
  const named = (name: string) => parts?.find(({ url }) => url === name)?.valueCode;
  const start = named('startFhirVersion');
  const end = named('endFhirVersion');
  return (
    (start === undefined || compareVersions(start, version) <= 0) &&
    (end === undefined || compareVersions(end, version) >= 0)
  );
}

/** Contexts that ask something of the whole resource. */
const ofResources: ReadonlySet<string | undefined> = new Set(['CanonicalResource', 'MetadataResource']);

const dependsOnPlaceOnly = ({ structure, contexts = [] }: ExtensionEdition): boolean =>
  structure.contextInvariant === undefined &&
  contexts.every(
    ({ type, expression }) =>
      type === 'element' && !ofResources.has(expression) && expression?.includes('#') !== true,
  );
