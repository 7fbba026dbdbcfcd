/**
 * Terminology over the registry: value sets and code systems are prepared when first asked for and kept.
 * https://hl7.org/fhir/R4/terminologies.html
 */
import type { ValueSet, ValueSetExpansion, ValueSetExpansionContains } from '@medplum/fhirtypes';
import { once } from '../core/once.ts';
import type { Registry } from '../fhir/registry.ts';
import { addedNames } from './added-names.ts';
import { createCanonicalUnits } from './canonical-units.ts';
import { codeGrammars, mayBeLoinc } from './code-grammar.ts';
import { type CodeSystemContent, type Concept, codeSystemContent } from './code-system-content.ts';
import { isPartial } from './partial-expansion.ts';
import type { Terminology } from './terminology.ts';
import { ucumSystem } from './ucum.ts';
import { unitFilter } from './unit-filter.ts';
import { composeMatcher, expansionMatcher, type Matcher, type MatcherSources } from './value-set-matcher.ts';

/** Not shipped; but what cannot be one of its codes is none. */
const loinc = 'http://loinc.org';

export function createTerminology(
  registry: Pick<
    Registry,
    'valueSet' | 'codeSystem' | 'codeSystemEditions' | 'addedDefinitions' | 'expansion'
  >,
): Terminology {
  const grammars = codeGrammars();
  const canonicalUnits = createCanonicalUnits();
  const contents = new Map<string, CodeSystemContent | undefined>();
  const editions = new Map<string, readonly CodeSystemContent[]>();
  const added = once(() => addedNames(registry));
  const matchers = new Map<string, Matcher | undefined>();

  function content(system: string): CodeSystemContent | undefined {
    if (!contents.has(system)) {
      const definition = registry.codeSystem(system);
      // Data names any number of systems that nobody knows: of those nothing is kept.
      if (!definition) return undefined;
      contents.set(system, codeSystemContent(definition));
    }
    return contents.get(system);
  }

  function editionsOf(system: string): readonly CodeSystemContent[] {
    const met = editions.get(system);
    if (met) return met;
    const all = registry.codeSystemEditions(system).flatMap((edition) => codeSystemContent(edition) ?? []);
    editions.set(system, all);
    return all;
  }

  /** A code that R4's own edition of its system lacks and another edition has: HL7 goes on publishing. */
  function conceptOfEdition(system: string, code: string): Concept | undefined {
    for (const { find } of editionsOf(system)) {
      const concept = find(code);
      if (concept) return concept;
    }
    return undefined;
  }

  const sources: MatcherSources = {
    content,
    matcher,
    grammar: (system) => grammars.get(system),
    grammarFilter: (system, filter) =>
      system === ucumSystem ? unitFilter(filter, canonicalUnits) : undefined,
  };

  function matcher(valueSet: string): Matcher | undefined {
    if (!matchers.has(valueSet)) {
      // A value set that refers to itself, directly or not, must not be prepared for ever.
      matchers.set(valueSet, () => 'unknown');
      const definition = registry.valueSet(valueSet);
      const shipped = registry.expansion(valueSet)?.expansion ?? definition?.expansion;
      matchers.set(valueSet, prepare(definition, shipped, sources));
    }
    return matchers.get(valueSet);
  }

  const loose = new WeakMap<ValueSet, Matcher>();

  /** Nobody has looked at its form: of a value set that is none, nothing is known. */
  function prepareLoose(valueSet: ValueSet): Matcher | undefined {
    try {
      return prepare(valueSet, valueSet.expansion, sources);
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }

  function looseMatcher(valueSet: ValueSet): Matcher {
    const made = loose.get(valueSet) ?? prepareLoose(valueSet) ?? (() => 'unknown' as const);
    loose.set(valueSet, made);
    return made;
  }

  return {
    knows: (valueSet) => matcher(valueSet) !== undefined,
    contains(valueSet, { system, code }) {
      if (code === undefined) return 'not-member';
      // A coding without a system means nothing to a value set. https://hl7.org/fhir/R4/datatypes.html#Coding
      return matcher(valueSet)?.(system ?? '', code) ?? 'unknown';
    },
    containedIn: (valueSet, { system, code }) =>
      code === undefined ? 'not-member' : looseMatcher(valueSet)(system ?? '', code),
    containsCode: (valueSet, code) => matcher(valueSet)?.(undefined, code) ?? 'unknown',
    content: (system) => content(system)?.completeness ?? (grammars.has(system) ? 'complete' : 'none'),
    lookup(system, code) {
      const known = content(system);
      if (!known) {
        const wellFormed = grammars.get(system)?.(code);
        if (system === loinc && !mayBeLoinc(code)) return { found: false };
        return wellFormed === undefined ? undefined : { found: wellFormed };
      }
      const concept = known.find(code) ?? conceptOfEdition(system, code);
      if (!concept) return known.completeness === 'complete' ? { found: false } : undefined;
      const { display, designations } = concept;
      return {
        found: true,
        ...(display === undefined ? {} : { display }),
        ...(designations.length > 0 ? { designations } : {}),
      };
    },
    names(system, code) {
      const known = editionsOf(system).flatMap(({ find }) => {
        const concept = find(code);
        return concept ? [concept.display ?? [], concept.designations].flat() : [];
      });
      return [...known, ...(added().get(system)?.get(code) ?? [])];
    },
  };
}

/** Code systems that are not shipped, but whose codes HL7's expansions list to the last one. */
const listedInFull: ReadonlySet<string> = new Set([
  'urn:iso:std:iso:4217',
  'urn:iso:std:iso:3166',
  'urn:iso:std:iso:3166#alpha2',
]);

/** What has come to them since. https://www.iso.org/iso-4217-currency-codes.html */
const takenUpSince: ReadonlyMap<string, readonly string[]> = new Map([
  ['urn:iso:std:iso:4217', ['SLE', 'UYW', 'VED', 'VES', 'XAD', 'XCG', 'ZWG']],
]);

/** Codes that have come to a value set of all codes of a system since HL7 listed them. */
function comeSince(definition: ValueSet | undefined): ValueSetExpansionContains[] {
  return (definition?.compose?.include ?? []).flatMap(({ system = '', concept, filter }) =>
    concept || filter ? [] : (takenUpSince.get(system) ?? []).map((code) => ({ system, code })),
  );
}

/**
 * From the definition; where that leaves a code open, from an expansion that is at hand. What that lists is a member;
 * what it does not list may have come to a growing terminology (SNOMED CT, LOINC, …) since, so it stays open.
 */
function prepare(
  definition: ValueSet | undefined,
  shipped: ValueSetExpansion | undefined,
  sources: MatcherSources,
): Matcher | undefined {
  if (!shipped?.contains) return definition?.compose && composeMatcher(definition, sources);
  const listed = expansionMatcher([...shipped.contains, ...comeSince(definition)]);
  const composed: Matcher = definition?.compose ? composeMatcher(definition, sources) : () => 'unknown';
  const final = !isPartial(shipped) && (!definition?.compose || isListedInFull(definition, sources));
  return (system, code) => {
    const result = composed(system, code);
    if (result !== 'unknown') return result;
    return final || listed(system, code) === 'member' ? listed(system, code) : 'unknown';
  };
}

/** Whether all that the definition draws on is either shipped or listed in full. */
function isListedInFull({ compose }: ValueSet, { content }: MatcherSources): boolean {
  return (compose?.include ?? []).every(
    ({ system, valueSet }) =>
      valueSet === undefined &&
      system !== undefined &&
      (listedInFull.has(system) || content(system)?.completeness === 'complete'),
  );
}
