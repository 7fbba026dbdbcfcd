/**
 * What `:in`, `:above` and `:below` mean in codes, as far as the definitions at hand can tell.
 * https://hl7.org/fhir/R4/search.html#modifiers
 */
import type { ValueSetCompose, ValueSetComposeInclude, ValueSetExpansionContains } from '@medplum/fhirtypes';
import type { Registry } from '../fhir/registry.ts';
import { type CodeSystemContent, codeSystemContent } from '../terminology/code-system-content.ts';
import { conceptFilter } from '../terminology/concept-filter.ts';
import { isPartial } from '../terminology/partial-expansion.ts';
import type { CodeExpansion, SystemCode } from './params/token.ts';

/** A longer list of alternatives is not asked of the index. */
const maximumCodes = 2000;

/** Where HL7's terminology server stopped listing codes, whether it said so or not. */
const cutOff = 1000;

interface Sources {
  readonly registry: Registry;
  /** A code system that is here to the last code. */
  readonly complete: (system: string) => CodeSystemContent | undefined;
}

export function codeExpansion(registry: Registry): CodeExpansion {
  const contents = new Map<string, CodeSystemContent | undefined>();
  const complete = (system: string): CodeSystemContent | undefined => {
    if (!contents.has(system)) {
      const definition = registry.codeSystem(system);
      const content = definition && codeSystemContent(definition);
      contents.set(system, content?.completeness === 'complete' ? content : undefined);
    }
    return contents.get(system);
  };
  const sources = { registry, complete };
  return (modifier, text) => {
    const codes = modifier === 'in' ? valueSetCodes(sources, text, []) : related(sources, modifier, text);
    return codes && codes.length <= maximumCodes ? codes : undefined;
  };
}

/** @param within value sets being expanded: one that contains itself cannot be */
function valueSetCodes(
  sources: Sources,
  canonical: string,
  within: readonly string[],
): SystemCode[] | undefined {
  if (within.includes(canonical)) return undefined;
  const { registry } = sources;
  const shipped = registry.expansion(canonical)?.expansion;
  const composed = composedCodes(sources, registry.valueSet(canonical)?.compose, [...within, canonical]);
  if (composed) return composed;
  // What an expansion leaves out would be taken for what is not in the value set.
  if (!shipped?.contains || isPartial(shipped)) return undefined;
  const codes = expandedCodes(shipped.contains);
  return codes.length < cutOff ? codes : undefined;
}

function composedCodes(
  sources: Sources,
  compose: ValueSetCompose | undefined,
  within: readonly string[],
): SystemCode[] | undefined {
  if (!compose || compose.include.length === 0) return undefined;
  const included = compose.include.map((include) => includedCodes(sources, include, within));
  const excluded = (compose.exclude ?? []).map((exclude) => includedCodes(sources, exclude, within));
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
  sources: Sources,
  { system, concept, filter = [], valueSet = [] }: ValueSetComposeInclude,
  within: readonly string[],
): SystemCode[] | undefined {
  const sets = valueSet.map((canonical) => valueSetCodes(sources, canonical, within));
  if (system !== undefined) {
    const listed = concept?.map(({ code }) => ({ system, code: code! }));
    sets.push(listed ?? chosenCodes(sources, system, filter));
  }
  // All of the sets at once.
  return sets.reduce((one, other) => {
    if (!one || !other) return undefined;
    const keys = new Set(other.map(keyOf));
    return one.filter((code) => keys.has(keyOf(code)));
  });
}

/** The codes of a system that meet every filter. */
function chosenCodes(
  { complete }: Sources,
  system: string,
  filters: NonNullable<ValueSetComposeInclude['filter']>,
): SystemCode[] | undefined {
  const content = complete(system);
  const tests = content && filters.map((filter) => conceptFilter(filter, content));
  if (!tests || tests.includes(undefined)) return undefined;
  const chosen = [...content.concepts()].filter((concept) => tests.every((test) => test!(concept)));
  return chosen.map(({ code }) => ({ system, code }));
}

/** `system|code` with what is below or above it in its system's hierarchy. */
function related({ complete }: Sources, modifier: 'above' | 'below', text: string): SystemCode[] | undefined {
  const bar = text.indexOf('|');
  const system = text.slice(0, bar);
  const content = bar > 0 ? complete(system) : undefined;
  const itself = content?.find(text.slice(bar + 1));
  if (!content || !itself) return undefined;
  const isRelated = (code: string): boolean =>
    modifier === 'above' ? content.isBelow(itself.code, code) : content.isBelow(code, itself.code);
  const others = [...content.concepts()].filter(({ code }) => code !== itself.code && isRelated(code));
  return [itself, ...others].map(({ code }) => ({ system, code }));
}

function keyOf({ system, code }: SystemCode): string {
  return `${system}|${code}`;
}
