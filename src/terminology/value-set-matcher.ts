/**
 * A value set as a question: is this code in it? Answered from its definition with three values, because some of what
 * value sets draw on (SNOMED CT, LOINC, …) is not shipped.
 * https://hl7.org/fhir/R4/valueset.html#compositions
 */
import type {
  ValueSet,
  ValueSetComposeInclude,
  ValueSetComposeIncludeFilter,
  ValueSetExpansionContains,
} from '@medplum/fhirtypes';
import { type CodeSystemContent, isInactive } from './code-system-content.ts';
import { conceptFilter } from './concept-filter.ts';
import type { Membership } from './terminology.ts';

/** @param system undefined for a bare code, which any system may explain */
export type Matcher = (system: string | undefined, code: string) => Membership;

type CodeTest = (code: string) => boolean;

export interface MatcherSources {
  content(system: string): CodeSystemContent | undefined;
  matcher(valueSet: string): Matcher | undefined;
  /** The test of a system that is a grammar. */
  grammar(system: string): CodeTest | undefined;
  /** A filter of such a system; undefined for one that cannot be evaluated. */
  grammarFilter(system: string, filter: ValueSetComposeIncludeFilter): CodeTest | undefined;
}

/** The matcher of a value set's definition. */
export function composeMatcher(valueSet: ValueSet, sources: MatcherSources): Matcher {
  const includes = (valueSet.compose?.include ?? []).map((include) => includeMatcher(include, sources));
  const excludes = (valueSet.compose?.exclude ?? []).map((exclude) => includeMatcher(exclude, sources));
  const all = anyOf(includes);
  const included = valueSet.compose?.inactive === false ? onlyActive(all, sources) : all;
  if (excludes.length === 0) return included;
  const excluded = anyOf(excludes);
  return (system, code) => both(included(system, code), opposite(excluded(system, code)));
}

/** Without the codes that their system says are out of use. */
function onlyActive(matcher: Matcher, { content }: MatcherSources): Matcher {
  return (system, code) => {
    const concept = system === undefined ? undefined : content(system)?.find(code);
    return concept && isInactive(concept) ? 'not-member' : matcher(system, code);
  };
}

/** The matcher of an expansion, which lists every code. */
export function expansionMatcher(contains: readonly ValueSetExpansionContains[]): Matcher {
  const codes = new Set<string>();
  const collect = (entries: readonly ValueSetExpansionContains[]): void => {
    for (const { system, code, abstract, contains: children } of entries) {
      if (code !== undefined && !abstract) codes.add(code).add(`${system}|${code}`);
      if (children) collect(children);
    }
  };
  collect(contains);
  return (system, code) =>
    codes.has(system === undefined ? code : `${system}|${code}`) ? 'member' : 'not-member';
}

/** All parts of one include must hold: its system's part and each of its value sets. */
function includeMatcher(include: ValueSetComposeInclude, sources: MatcherSources): Matcher {
  const parts: Matcher[] = (include.valueSet ?? []).map((url) => sources.matcher(url) ?? (() => 'unknown'));
  if (include.system !== undefined) parts.push(systemMatcher(include, include.system, sources));
  return (system, code) => {
    let result: Membership = 'member';
    for (const part of parts) result = both(result, part(system, code));
    return result;
  };
}

function systemMatcher(include: ValueSetComposeInclude, named: string, sources: MatcherSources): Matcher {
  // Some value sets of R4 write the version into the system, which no coding does.
  const own = named.split('|')[0] ?? named;
  // An edition that is not known here is taken for the one that is.
  const edition = include.version === undefined ? undefined : sources.content(`${own}|${include.version}`);
  const content = edition ?? sources.content(named) ?? sources.content(own);
  const test = codeTest(include, content, () => grammarTest(include, own, sources));
  return (system, code) => (system === undefined || system === own ? test(code) : 'not-member');
}

function codeTest(
  { concept, filter }: ValueSetComposeInclude,
  content: CodeSystemContent | undefined,
  withoutContent: () => (code: string) => Membership,
): (code: string) => Membership {
  if (concept) {
    // The system knows the spelling of a code whose case does not matter in it.
    const spelled = (code: string | undefined) => content?.find(code ?? '')?.code ?? code;
    const listed = new Set(concept.flatMap(({ code }) => [code, spelled(code)]));
    return (code) => of(listed.has(code) || listed.has(spelled(code)));
  }
  if (!content) return withoutContent();
  const filters = (filter ?? []).map((one) => conceptFilter(one, content));
  return (code) => {
    const found = content.find(code);
    if (!found) return content.completeness === 'complete' ? 'not-member' : 'unknown';
    if (filters.includes(undefined)) return 'unknown';
    return of(filters.every((one) => one!.test(found)));
  };
}

/** Of a system that is no list of concepts. */
function grammarTest(
  { filter = [] }: ValueSetComposeInclude,
  system: string,
  sources: MatcherSources,
): (code: string) => Membership {
  const grammar = sources.grammar(system);
  const filters = filter.map((one) => sources.grammarFilter(system, one));
  return (code) => {
    if (grammar?.(code) === false) return 'not-member';
    if (!grammar || filters.includes(undefined)) return 'unknown';
    return of(filters.every((test) => test!(code)));
  };
}

function of(isMember: boolean): Membership {
  return isMember ? 'member' : 'not-member';
}

function anyOf(matchers: readonly Matcher[]): Matcher {
  return (system, code) => {
    let result: Membership = 'not-member';
    for (const matcher of matchers) {
      const one = matcher(system, code);
      if (one === 'member') return one;
      if (one === 'unknown') result = one;
    }
    return result;
  };
}

function both(one: Membership, other: Membership): Membership {
  if (one === 'not-member' || other === 'not-member') return 'not-member';
  return one === 'unknown' || other === 'unknown' ? 'unknown' : 'member';
}

function opposite(membership: Membership): Membership {
  if (membership === 'unknown') return 'unknown';
  return of(membership === 'not-member');
}
