/**
 * What `:in`, `:above` and `:below` mean in codes, as far as the definitions at hand can tell.
 * https://hl7.org/fhir/R4/search.html#modifiers
 */
import type {
  CodeSystemConcept,
  ValueSetComposeInclude,
  ValueSetExpansionContains,
} from '@medplum/fhirtypes';
import type { Registry } from '../fhir/registry.ts';
import type { CodeExpansion, SystemCode } from './params/token.ts';

/** A longer list of alternatives is not asked of the index. */
const maximumCodes = 2000;

export function codeExpansion(registry: Registry): CodeExpansion {
  return (modifier, text) => {
    const codes = modifier === 'in' ? valueSetCodes(registry, text, []) : related(registry, modifier, text);
    return codes && codes.length <= maximumCodes ? codes : undefined;
  };
}

/** @param within value sets being expanded: one that contains itself cannot be */
function valueSetCodes(
  registry: Registry,
  canonical: string,
  within: readonly string[],
): SystemCode[] | undefined {
  if (within.includes(canonical)) return undefined;
  const contains = registry.expansion(canonical)?.expansion?.contains;
  if (contains) return expandedCodes(contains);
  const compose = registry.valueSet(canonical)?.compose;
  if (!compose || compose.include.length === 0) return undefined;
  const inside = [...within, canonical];
  const included = compose.include.map((include) => includedCodes(registry, include, inside));
  const excluded = (compose.exclude ?? []).map((exclude) => includedCodes(registry, exclude, inside));
  if (included.includes(undefined) || excluded.includes(undefined)) return undefined;
  const out = new Set(excluded.flatMap((codes) => codes!.map(keyOf)));
  return included.flatMap((codes) => codes!).filter((code) => !out.has(keyOf(code)));
}

function expandedCodes(contains: readonly ValueSetExpansionContains[]): SystemCode[] {
  return contains.flatMap(({ system = '', code, abstract, contains: inner = [] }) => [
    ...(code === undefined || abstract ? [] : [{ system, code }]),
    ...expandedCodes(inner),
  ]);
}

function includedCodes(
  registry: Registry,
  { system, concept, filter, valueSet = [] }: ValueSetComposeInclude,
  within: readonly string[],
): SystemCode[] | undefined {
  if (filter && filter.length > 0) return undefined;
  const sets = valueSet.map((canonical) => valueSetCodes(registry, canonical, within));
  if (system !== undefined) {
    const listed = concept?.map(({ code }) => ({ system, code: code! }));
    sets.push(listed ?? wholeSystem(registry, system));
  }
  // All of the sets at once.
  return sets.reduce((one, other) => {
    if (!one || !other) return undefined;
    const keys = new Set(other.map(keyOf));
    return one.filter((code) => keys.has(keyOf(code)));
  });
}

function wholeSystem(registry: Registry, system: string): SystemCode[] | undefined {
  const definition = registry.codeSystem(system);
  if (definition?.content !== 'complete') return undefined;
  return concepts(definition.concept ?? []).map((code) => ({ system, code }));
}

function concepts(list: readonly CodeSystemConcept[]): string[] {
  return list.flatMap(({ code, concept = [] }) => [code!, ...concepts(concept)]);
}

/** `system|code` with what is below or above it in its system's hierarchy. */
function related(registry: Registry, modifier: 'above' | 'below', text: string): SystemCode[] | undefined {
  const bar = text.indexOf('|');
  const system = text.slice(0, bar);
  const definition = bar > 0 ? registry.codeSystem(system) : undefined;
  if (definition?.content !== 'complete') return undefined;
  const path = pathTo(text.slice(bar + 1), definition.concept ?? []);
  const last = path?.at(-1);
  if (!path || !last) return undefined;
  const codes = modifier === 'above' ? path.map(({ code }) => code!) : concepts([last]);
  return codes.map((code) => ({ system, code }));
}

function pathTo(code: string, list: readonly CodeSystemConcept[]): CodeSystemConcept[] | undefined {
  for (const concept of list) {
    if (concept.code === code) return [concept];
    const rest = pathTo(code, concept.concept ?? []);
    if (rest) return [concept, ...rest];
  }
  return undefined;
}

function keyOf({ system, code }: SystemCode): string {
  return `${system}|${code}`;
}
