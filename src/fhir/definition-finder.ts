/**
 * Which definition a canonical means.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import { compareVersions } from './compare-versions.ts';
import type { Definition } from './definitions-file.ts';
import type { Resource } from './resource.ts';

const fhirVersion = '4.0.1';

/** The definitions of one kind and URL. */
interface Editions {
  readonly all: Definition[];
  /** The one that the URL means without a version. */
  usual: Definition;
}

/** @returns the definition of a kind that a canonical means; undefined when there is none */
export type DefinitionFinder = (kind: string, canonical: string) => Resource | undefined;

/** An index by kind and URL. The kind is the resource type; HL7's expansions are one of their own, so as not to hide the definitions. */
export function definitionFinder(definitions: readonly Definition[]): DefinitionFinder {
  const kinds = new Map<string, Map<string, Editions>>();
  for (const definition of definitions) {
    const kind = definition.origin === 'expansions' ? 'expansion' : definition.resourceType;
    const byUrl = kinds.get(kind) ?? new Map<string, Editions>();
    kinds.set(kind, byUrl);
    const editions = byUrl.get(definition.url);
    if (!editions) byUrl.set(definition.url, { all: [definition], usual: definition });
    else {
      editions.all.push(definition);
      editions.usual = usualOf(editions.all) as Definition;
    }
  }
  return (kind, canonical) => {
    const byUrl = kinds.get(kind);
    if (!byUrl) return undefined;
    // Most canonicals are a URL and nothing else; data name many that nobody knows.
    const exact = byUrl.get(canonical);
    if (exact) return exact.usual.read();
    const { url, version } = splitCanonical(canonical);
    if (url === canonical) return undefined;
    const editions = byUrl.get(url);
    return (version === undefined ? editions?.usual : editionOf(editions?.all ?? [], version))?.read();
  };
}

/** What R4 4.0.1 itself defines goes before later editions of it, else the newest counts. */
function usualOf(editions: readonly Definition[]): Definition | undefined {
  const own = editions.filter(({ origin }) => origin === 'core');
  return newest(own.length > 0 ? own : editions);
}

/**
 * That version, or the newest that begins with it: `4.0` means `4.0.1`. R4 gives its own version to all that it binds,
 * value sets with versions of their own among it.
 */
function editionOf(editions: readonly Definition[], version: string): Definition | undefined {
  const named = editions.filter((one) => one.version === version || one.version?.startsWith(`${version}.`));
  if (named.length > 0 || version !== fhirVersion) return newest(named);
  return newest(editions.filter(({ origin }) => origin === 'core'));
}

function newest(editions: readonly Definition[]): Definition | undefined {
  return editions.reduce<Definition | undefined>(
    (best, one) => (best && compareVersions(best.version, one.version) > 0 ? best : one),
    undefined,
  );
}

/** A canonical without its fragment, cut into URL and version. Of a URN what follows `#` is part of its name. */
export function splitCanonical(canonical: string): { url: string; version: string | undefined } {
  const hash = canonical.indexOf('#');
  const bare = hash >= 0 && canonical.includes('://') ? canonical.slice(0, hash) : canonical;
  const bar = bare.indexOf('|');
  return bar < 0
    ? { url: bare, version: undefined }
    : { url: bare.slice(0, bar), version: bare.slice(bar + 1) };
}
