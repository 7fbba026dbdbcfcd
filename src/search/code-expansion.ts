/**
 * What `:in`, `:above` and `:below` mean in codes, as far as the definitions at hand can tell: those that ship, and with
 * them those that clients keep on this server.
 * https://hl7.org/fhir/R4/search.html#modifiers
 */
import type {
  CodeSystem,
  ValueSet,
  ValueSetComposeInclude,
  ValueSetExpansion,
  ValueSetExpansionContains,
} from '@medplum/fhirtypes';
import { refuse } from '../core/fhir-error.ts';
import type { Registry } from '../fhir/registry.ts';
import { type CodeSystemContent, codeSystemContent } from '../terminology/code-system-content.ts';
import { conceptFilter } from '../terminology/concept-filter.ts';
import { isPartial } from '../terminology/partial-expansion.ts';
import type { CodeExpansion, SystemCode } from './params/token.ts';

/** A longer list of alternatives is not asked of the index. */
const maximumCodes = 2000;

/** Where HL7's terminology server stopped listing codes, whether it said so or not. */
const cutOff = 1000;

/** Values looked at and codes put together for the value sets of one search: a tenth of a second. */
const mostWork = 500_000;

type Shipped = Pick<Registry, 'valueSet' | 'codeSystem' | 'expansion'>;

/** Definitions of clients, by canonical. What ships goes before them. */
export interface ClientDefinitions {
  valueSet(canonical: string): ValueSet | undefined;
  codeSystem(canonical: string): CodeSystem | undefined;
}

export interface CodeExpansions {
  /** By what ships alone. */
  readonly shipped: CodeExpansion;
  /** Whether the codes of a system ship to the last one. */
  hasSystem(system: string): boolean;
  /**
   * By the definitions of clients too, for the value sets of one search.
   * @returns undefined for a value set whose codes cannot be known
   * @throws FhirError `search-too-large`, when they cost too much to find
   */
  withClients(definitions: ClientDefinitions): (valueSet: string) => readonly SystemCode[] | undefined;
}

interface Sources {
  readonly shipped: Shipped;
  readonly clients: ClientDefinitions;
  /** A code system that is here to the last code. */
  readonly complete: (system: string, version?: string) => CodeSystemContent | undefined;
  /** Takes note of work. @throws FhirError when it was too much */
  readonly spend: (work: number) => void;
  /** Value sets whose codes are known, or are just being found. */
  readonly known: Map<string, SystemCode[] | undefined>;
}

const noDefinitions: ClientDefinitions = { valueSet: () => undefined, codeSystem: () => undefined };

export function codeExpansions(shipped: Shipped): CodeExpansions {
  const shippedSystem = remembered((system) => completeContent(shipped.codeSystem(system)));
  // Shipped definitions are known to be small enough.
  const sources = (): Sources => ({
    shipped,
    clients: noDefinitions,
    complete: shippedSystem,
    spend: () => {},
    known: new Map(),
  });
  const expanded = new Map<string, readonly SystemCode[]>();
  /** What cannot be expanded is not remembered: clients may name whatever they like. */
  const shippedCodes = (canonical: string): readonly SystemCode[] | undefined => {
    const codes = expanded.get(canonical) ?? fewEnough(valueSetCodes(sources(), canonical));
    if (codes) expanded.set(canonical, codes);
    return codes;
  };
  return {
    shipped: (modifier, text) =>
      modifier === 'in' ? shippedCodes(text) : fewEnough(related(shippedSystem, modifier, text)),
    hasSystem: (system) => shippedSystem(system) !== undefined,
    withClients(clients) {
      const clientSystem = remembered((canonical) => completeContent(clients.codeSystem(canonical)));
      const complete: Sources['complete'] = (system, version) =>
        shippedSystem(system) ?? clientSystem(version === undefined ? system : `${system}|${version}`);
      const of = { shipped, clients, complete, spend: boundedWork(), known: new Map() };
      return (valueSet) => fewEnough(valueSetCodes(of, valueSet));
    },
  };
}

function remembered<T>(find: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, find(key));
    return known.get(key)!;
  };
}

function boundedWork(): (work: number) => void {
  let done = 0;
  return (work) => {
    done += work;
    if (done > mostWork)
      throw refuse('search-too-large', 'A value set takes too long to expand for a search');
  };
}

function completeContent(definition: CodeSystem | undefined): CodeSystemContent | undefined {
  const content = definition && codeSystemContent(definition);
  return content?.completeness === 'complete' ? content : undefined;
}

function fewEnough(codes: readonly SystemCode[] | undefined): readonly SystemCode[] | undefined {
  return codes && codes.length <= maximumCodes ? codes : undefined;
}

function valueSetCodes(sources: Sources, canonical: string): SystemCode[] | undefined {
  const { known } = sources;
  // One that contains itself is met again while its codes are not known, and never will be.
  if (!known.has(canonical)) {
    known.set(canonical, undefined);
    known.set(canonical, foundCodes(sources, canonical));
  }
  return known.get(canonical);
}

function foundCodes(sources: Sources, canonical: string): SystemCode[] | undefined {
  const { shipped, clients } = sources;
  const own = shipped.valueSet(canonical);
  const definition = own ?? clients.valueSet(canonical);
  const composed = composedCodes(sources, definition);
  if (composed) return composed;
  // What an expansion leaves out would be taken for what is not in the value set.
  if (own || !definition) return expandedCodes(shipped.expansion(canonical)?.expansion, cutOff - 1);
  return expandedCodes(definition.expansion, maximumCodes);
}

function composedCodes(sources: Sources, definition: ValueSet | undefined): SystemCode[] | undefined {
  const { include = [], exclude = [] } = definition?.compose ?? {};
  if (include.length === 0) return undefined;
  const included = include.map((one) => includedCodes(sources, one));
  const excluded = exclude.map((one) => includedCodes(sources, one));
  if (included.includes(undefined) || excluded.includes(undefined)) return undefined;
  const out = new Set(excluded.flatMap((codes) => codes!.map(keyOf)));
  return included.flatMap((codes) => codes!).filter((code) => !out.has(keyOf(code)));
}

/** @param most a longer list may have been cut off */
function expandedCodes(expansion: ValueSetExpansion | undefined, most: number): SystemCode[] | undefined {
  if (!expansion?.contains || isPartial(expansion)) return undefined;
  const { total = 0, contains } = expansion;
  const codes = listedCodes(contains);
  return total <= countOf(contains) && codes.length <= most ? codes : undefined;
}

function countOf(contains: readonly ValueSetExpansionContains[]): number {
  return contains.reduce((sum, { contains: inner = [] }) => sum + 1 + countOf(inner), 0);
}

function listedCodes(contains: readonly ValueSetExpansionContains[]): SystemCode[] {
  return contains.flatMap(({ system = '', code, abstract, contains: inner = [] }) => [
    ...(code === undefined || abstract ? [] : [{ system, code }]),
    ...listedCodes(inner),
  ]);
}

function includedCodes(
  sources: Sources,
  { system, version, concept, filter = [], valueSet = [] }: ValueSetComposeInclude,
): SystemCode[] | undefined {
  const sets = valueSet.map((canonical) => valueSetCodes(sources, canonical ?? ''));
  if (system !== undefined) {
    const listed = concept?.flatMap(({ code }) => (code === undefined ? [] : { system, code }));
    sets.push(listed ?? chosenCodes(sources, sources.complete(system, version), system, filter));
  }
  if (sets.length === 0) return undefined;
  for (const codes of sets) sources.spend(1 + (codes?.length ?? 0));
  // All of the sets at once.
  return sets.reduce((one, other) => {
    if (!one || !other) return undefined;
    const keys = new Set(other.map(keyOf));
    return one.filter((code) => keys.has(keyOf(code)));
  });
}

/** The codes of a system that meet every filter. */
function chosenCodes(
  { spend }: Sources,
  content: CodeSystemContent | undefined,
  system: string,
  given: NonNullable<ValueSetComposeInclude['filter']>,
): SystemCode[] | undefined {
  if (!content) return undefined;
  const filters = given.map((one) => {
    const filter = conceptFilter(one, content);
    spend(content.size * (filter?.cost ?? 0));
    return filter;
  });
  if (filters.includes(undefined)) return undefined;
  spend(content.size);
  const chosen = [...content.concepts()].filter((concept) =>
    filters.every((filter) => filter!.test(concept)),
  );
  return chosen.map(({ code }) => ({ system, code }));
}

/** `system|code` with what is below or above it in its system's hierarchy. */
function related(
  complete: Sources['complete'],
  modifier: 'above' | 'below',
  text: string,
): SystemCode[] | undefined {
  const bar = text.indexOf('|');
  const system = text.slice(0, bar);
  const content = bar > 0 ? complete(system) : undefined;
  const itself = content?.find(text.slice(bar + 1));
  if (!content || !itself) return undefined;
  return [...new Set([itself, ...content[modifier](itself.code)])].map(({ code }) => ({ system, code }));
}

function keyOf({ system, code }: SystemCode): string {
  return `${system}|${code}`;
}
