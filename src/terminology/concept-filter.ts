/**
 * The filters a value set may choose concepts by, one row each. Value sets come from clients too: no filter takes
 * longer than a look at each concept, and patterns take time that grows with the text only.
 * https://hl7.org/fhir/R4/valueset-filter-operator.html
 */
import type { ValueSetComposeIncludeFilter } from '@medplum/fhirtypes';
import { linearLength, linearSearch } from '../fhirpath/runtime/linear-pattern.ts';
import type { CodeSystemContent, Concept } from './code-system-content.ts';

export interface ConceptFilter {
  /** What testing one value costs; 1 for a comparison. */
  readonly cost: number;
  readonly test: (concept: Concept) => boolean;
}

type ConceptTest = ConceptFilter['test'];
type Operator = (value: string, property: string, content: CodeSystemContent) => ConceptTest;

/** A longer text meets no pattern: codes and displays are short. */
const longestMatched = 200;

const anyListed: Operator = (value, property) => {
  const listed = new Set(value.split(',').map((part) => part.trim()));
  return (concept) => valuesOf(concept, property).some((found) => listed.has(found));
};
const isA: Operator = (value, _property, content) => {
  const below = content.below(value);
  return (concept) => concept.code === value || below.has(concept);
};

const operators: Readonly<Record<string, Operator>> = {
  '=': (value, property) => (concept) => valuesOf(concept, property).includes(value),
  in: anyListed,
  'not-in': negated(anyListed),
  exists: (value, property) => (concept) => valuesOf(concept, property).length > 0 === (value === 'true'),
  regex: (value, property) => (concept) =>
    valuesOf(concept, property).some(
      (found) => found.length <= longestMatched && linearSearch(value, found, true) === true,
    ),
  'is-a': isA,
  'descendent-of': (value, _property, content) => {
    const below = content.below(value);
    return (concept) => below.has(concept);
  },
  'is-not-a': negated(isA),
  generalizes: (value, _property, content) => {
    const above = content.above(value);
    return (concept) => concept.code === value || above.has(concept);
  },
};

function negated(operator: Operator): Operator {
  return (...filter) => {
    const test = operator(...filter);
    return (concept) => !test(concept);
  };
}

function valuesOf(concept: Concept, property: string): readonly string[] {
  if (property === 'code') return [concept.code];
  if (property === 'display') return concept.display === undefined ? [] : [concept.display];
  return concept.properties.get(property) ?? [];
}

/** @returns undefined for a filter that cannot be evaluated here */
export function conceptFilter(
  { op, value, property }: ValueSetComposeIncludeFilter,
  content: CodeSystemContent,
): ConceptFilter | undefined {
  const operator = op === undefined || !Object.hasOwn(operators, op) ? undefined : operators[op];
  if (!operator || value === undefined || property === undefined) return undefined;
  const cost = op === 'regex' ? linearLength(value) : 1;
  return cost === undefined ? undefined : { cost, test: operator(value, property, content) };
}
