/**
 * Value sets that clients keep on this server, with what they draw on, as a search by value set needs them: read by the
 * reader of that search, so that they are what the store holds at that moment. Of several versions the newest counts.
 * https://hl7.org/fhir/R4/search.html#token and https://hl7.org/fhir/R4/references.html#canonical
 */
import type { CodeSystem, ValueSet } from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import { compareVersions } from '../fhir/compare-versions.ts';
import type { Registry } from '../fhir/registry.ts';
import type { ClientDefinitions, CodeExpansions } from '../search/code-expansion.ts';
import type { SystemCode } from '../search/params/token.ts';
import type { StoreReader } from '../storage/store.ts';
import { type CanonicalLookup, storedVersions } from './stored-versions.ts';

/** Value sets and code systems that one search may lead to. */
const mostDefinitions = 100;
/** Their text in all, in characters: read in a few hundredths of a second. */
const mostText = 4_000_000;
/** Versions of one definition that are looked at. */
const mostVersions = 20;

export interface StoredDefinitionsOptions extends CanonicalLookup {
  readonly registry: Pick<Registry, 'valueSet'>;
  readonly expansions: CodeExpansions;
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
  options: StoredDefinitionsOptions,
  reader: StoreReader,
  valueSets: readonly string[],
): Promise<ClientDefinitions> {
  const { registry, expansions } = options;
  const known = new Map<string, Definition | undefined>();
  const seen = new Set<string>();
  let text = 0;

  async function read(type: 'ValueSet' | 'CodeSystem', canonical: string): Promise<void> {
    const key = keyOf(type, canonical);
    if (known.has(key)) return;
    if (known.size === mostDefinitions) throw tooMuch();
    const versions = await storedVersions(options, reader, type, canonical, mostVersions);
    const found = versions.flatMap(({ body, updated }) => (body === undefined ? [] : { body, updated }));
    for (const { body } of found) text += body.length;
    if (text > mostText) throw tooMuch();
    const definitions = found
      .sort((one, other) => other.updated - one.updated)
      .map(({ body }) => JSON.parse(body) as Definition)
      .sort((one, other) => compareVersions(other.version, one.version));
    known.set(key, definitions[0]);
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

function tooMuch() {
  return refuse('search-too-large', 'The value sets of the search are too large to search by', {
    hint: `At most ${mostDefinitions} value sets and code systems of ${mostText} characters together`,
  });
}
