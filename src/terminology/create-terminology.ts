/**
 * Terminology over the registry: value sets and code systems are prepared when first asked for and kept.
 * https://hl7.org/fhir/R4/terminologies.html
 */
import type { ValueSetExpansion } from '@medplum/fhirtypes';
import type { Registry } from '../fhir/registry.ts';
import { type CodeSystemContent, codeSystemContent } from './code-system-content.ts';
import type { Terminology } from './terminology.ts';
import { composeMatcher, expansionMatcher, type Matcher, type MatcherSources } from './value-set-matcher.ts';

export function createTerminology(
  registry: Pick<Registry, 'valueSet' | 'codeSystem' | 'expansion'>,
): Terminology {
  const contents = new Map<string, CodeSystemContent | undefined>();
  const matchers = new Map<string, Matcher | undefined>();

  function content(system: string): CodeSystemContent | undefined {
    if (!contents.has(system)) {
      const definition = registry.codeSystem(system);
      contents.set(system, definition && codeSystemContent(definition));
    }
    return contents.get(system);
  }

  function matcher(valueSet: string): Matcher | undefined {
    if (!matchers.has(valueSet)) {
      // A value set that refers to itself, directly or not, must not be prepared for ever.
      matchers.set(valueSet, () => 'unknown');
      matchers.set(valueSet, prepare(registry, valueSet, { content, matcher }));
    }
    return matchers.get(valueSet);
  }

  return {
    knows: (valueSet) => matcher(valueSet) !== undefined,
    contains(valueSet, { system, code }) {
      if (code === undefined) return 'not-member';
      // A coding without a system means nothing to a value set. https://hl7.org/fhir/R4/datatypes.html#Coding
      return matcher(valueSet)?.(system ?? '', code) ?? 'unknown';
    },
    containsCode: (valueSet, code) => matcher(valueSet)?.(undefined, code) ?? 'unknown',
    content: (system) => content(system)?.completeness ?? 'none',
    lookup(system, code) {
      const known = content(system);
      if (!known) return undefined;
      const concept = known.find(code);
      if (!concept) return known.completeness === 'complete' ? { found: false } : undefined;
      return { found: true, ...(concept.display === undefined ? {} : { display: concept.display }) };
    },
  };
}

/** From the definition; where that leaves a code open, from the expansion that HL7 ships. */
function prepare(
  registry: Pick<Registry, 'valueSet' | 'expansion'>,
  valueSet: string,
  sources: MatcherSources,
): Matcher | undefined {
  const definition = registry.valueSet(valueSet);
  const shipped = registry.expansion(valueSet)?.expansion ?? definition?.expansion;
  const listed = shipped?.contains && !isPartial(shipped) ? expansionMatcher(shipped.contains) : undefined;
  if (!definition?.compose) return listed;
  const composed = composeMatcher(definition, sources);
  if (!listed) return composed;
  return (system, code) => {
    const result = composed(system, code);
    return result === 'unknown' ? listed(system, code) : result;
  };
}

/** HL7 marks expansions that leave codes out. */
function isPartial(expansion: ValueSetExpansion): boolean {
  return (expansion.extension ?? []).some(({ url }) => /\/valueset-(?:toocostly|unclosed)$/.test(url));
}
