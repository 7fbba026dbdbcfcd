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

const anyListed: Operator = (value, property, content) => {
  const listed = new Set(value.split(',').map((part) => part.trim()));
  return (concept) => valuesOf(concept, property, content).some((found) => listed.has(found));
};
const isA: Operator = (value, _property, content) => {
  const below = content.below(value);
  return (concept) => concept.code === value || below.has(concept);
};

const operators: Readonly<Record<string, Operator>> = {
  '=': (value, property, content) => (concept) => valuesOf(concept, property, content).includes(value),
  in: anyListed,
  'not-in': negated(anyListed),
  exists: (value, property, content) => (concept) =>
    statedValues(concept, property, content).length > 0 === (value === 'true'),
  regex: (value, property, content) => (concept) =>
    valuesOf(concept, property, content).some(
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

/** Properties that are false of a concept that says nothing. https://hl7.org/fhir/R4/codesystem-concept-properties.html */
const falseByDefault: ReadonlySet<string> = new Set(['inactive', 'notSelectable']);
const no: readonly string[] = ['false'];

function valuesOf(concept: Concept, property: string, content: CodeSystemContent): readonly string[] {
  const stated = statedValues(concept, property, content);
  return stated.length === 0 && falseByDefault.has(property) ? no : stated;
}

function statedValues(concept: Concept, property: string, content: CodeSystemContent): readonly string[] {
  if (property === 'code') return [concept.code];
  if (property === 'display') return concept.display === undefined ? [] : [concept.display];
  // Nesting says the same as these two properties.
  if (property === 'parent') return concept.parents;
  const stated = concept.properties.get(property) ?? [];
  return property === 'child' ? [...stated, ...content.children(concept).map(({ code }) => code)] : stated;
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
