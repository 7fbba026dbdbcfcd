/**
 * Value sets that clients keep on this server, with what they draw on, as a search by value set needs them: read by the
 * reader of that search, so that they are what the store holds at that moment. A value set is named by its canonical
 * URL, where the newest version counts unless one is named, or by where it is (`ValueSet/123`).
 * https://hl7.org/fhir/R4/search.html#token and https://hl7.org/fhir/R4/references.html#canonical
 */
import type { CodeSystem, ValueSet } from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import { compareVersions } from '../fhir/compare-versions.ts';
import type { Registry } from '../fhir/registry.ts';
import type { ClientDefinitions, CodeExpansions } from '../search/code-expansion.ts';
import { parseReference } from '../search/local-reference.ts';
import type { SystemCode } from '../search/params/token.ts';
import type { SearchParser } from '../search/search-request.ts';
import type { StoredVersion, StoreReader } from '../storage/store.ts';

/** Value sets and code systems that one search may lead to. */
const mostDefinitions = 100;
/** Their text in all, in characters: read in a few hundredths of a second. */
const mostText = 4_000_000;
/** Versions of one definition that are looked at. */
const mostVersions = 20;

export interface StoredDefinitionsOptions {
  readonly registry: Pick<Registry, 'valueSet'>;
  readonly expansions: CodeExpansions;
  readonly parseSearch: SearchParser;
  readonly localBases: readonly string[];
}

/**
 * The codes of each value set.
 * @returns for a value set that is not known, or whose codes cannot be, undefined
 * @throws FhirError `search-too-large` when they take too much to read or to expand
 */
export async function storedCodes(
  options: StoredDefinitionsOptions,
  reader: StoreReader,
  valueSets: readonly string[],
): Promise<ReadonlyMap<string, readonly SystemCode[] | undefined>> {
  const known = await readDefinitions(options, reader, valueSets);
  const codesOf = options.expansions.withClients(known);
  return new Map(valueSets.map((valueSet) => [valueSet, codesOf(valueSet)]));
}

type Definition = ValueSet | CodeSystem;

async function readDefinitions(
  { registry, expansions, parseSearch, localBases }: StoredDefinitionsOptions,
  reader: StoreReader,
  valueSets: readonly string[],
): Promise<ClientDefinitions> {
  const known = new Map<string, Definition | undefined>();
  const seen = new Set<string>();
  let text = 0;

  async function read(type: 'ValueSet' | 'CodeSystem', canonical: string): Promise<void> {
    const key = keyOf(type, canonical);
    if (known.has(key)) return;
    if (known.size === mostDefinitions) throw tooMuch();
    const found = (await versions(type, canonical)).flatMap(({ body, updated }) =>
      body === undefined ? [] : { body, updated },
    );
    for (const { body } of found) text += body.length;
    if (text > mostText) throw tooMuch();
    const definitions = found
      .sort((one, other) => other.updated - one.updated)
      .map(({ body }) => JSON.parse(body) as Definition)
      .sort((one, other) => compareVersions(other.version, one.version));
    known.set(key, definitions[0]);
  }

  async function versions(type: string, canonical: string): Promise<readonly StoredVersion[]> {
    const [url = '', version] = canonical.split('|');
    const place = version === undefined ? parseReference(url, localBases) : undefined;
    const found = place?.type === type && place.id !== undefined && (await at(type, place.id, place.version));
    if (found) return [found];
    if (url === '' || version === '') return [];
    const { where } = parseSearch(
      type,
      [['url', escaped(url)], ...(version === undefined ? [] : [['version', escaped(version)] as const])],
      'strict',
    );
    return (await reader.search({ type, where, sort: [], limit: mostVersions })).rows;
  }

  /** A URL of this server may also be what a client calls a definition that is somewhere else. */
  async function at(type: string, id: string, version?: string): Promise<StoredVersion | undefined> {
    if (version === undefined) return reader.read(type, id);
    return /^\d+$/.test(version) ? reader.readVersion(type, id, Number(version)) : undefined;
  }

  async function readValueSet(canonical: string): Promise<void> {
    if (!canonical || seen.has(canonical)) return;
    seen.add(canonical);
    if (expansions.shipped('in', canonical)) return;
    if (!registry.valueSet(canonical)) await read('ValueSet', canonical);
    const definition = registry.valueSet(canonical) ?? (known.get(keyOf('ValueSet', canonical)) as ValueSet);
    const { include = [], exclude = [] } = definition?.compose ?? {};
    for (const { valueSet = [], system, version, concept } of [...include, ...exclude]) {
      for (const other of valueSet) await readValueSet(other);
      // Listed codes are known without their system.
      if (system === undefined || concept || expansions.hasSystem(system)) continue;
      await read('CodeSystem', version === undefined ? system : `${system}|${version}`);
    }
  }

  for (const valueSet of valueSets) await readValueSet(valueSet);
  return {
    valueSet: (canonical) => known.get(keyOf('ValueSet', canonical)) as ValueSet | undefined,
    codeSystem: (canonical) => known.get(keyOf('CodeSystem', canonical)) as CodeSystem | undefined,
  };
}

function keyOf(type: string, canonical: string): string {
  return `${type} ${canonical}`;
}

function escaped(value: string): string {
  return value.replace(/[\\,|$]/g, '\\$&');
}

function tooMuch() {
  return refuse('search-too-large', 'The value sets of the search are too large to search by', {
    hint: `At most ${mostDefinitions} value sets and code systems of ${mostText} characters together`,
  });
}
