/**
 * The filters a value set may choose concepts by, one row each.
 * https://hl7.org/fhir/R4/valueset-filter-operator.html
 */
import type { ValueSetComposeIncludeFilter } from '@medplum/fhirtypes';
import type { CodeSystemContent, Concept } from './code-system-content.ts';

type ConceptTest = (concept: Concept, value: string, property: string, content: CodeSystemContent) => boolean;

const listOf = (value: string): string[] => value.split(',').map((part) => part.trim());

const operators: Readonly<Record<string, ConceptTest>> = {
  '=': (concept, value, property) => valuesOf(concept, property).includes(value),
  in: (concept, value, property) =>
    valuesOf(concept, property).some((found) => listOf(value).includes(found)),
  'not-in': (concept, value, property) =>
    !valuesOf(concept, property).some((found) => listOf(value).includes(found)),
  exists: (concept, value, property) => valuesOf(concept, property).length > 0 === (value === 'true'),
  regex: (concept, value, property) => {
    // The pattern comes from a definition of a published package, never from a client.
    const pattern = new RegExp(`^(?:${value})$`, 'u');
    return valuesOf(concept, property).some((found) => pattern.test(found));
  },
  'is-a': (concept, value, _property, content) =>
    concept.code === value || content.isBelow(concept.code, value),
  'descendent-of': (concept, value, _property, content) => content.isBelow(concept.code, value),
  'is-not-a': (concept, value, _property, content) =>
    concept.code !== value && !content.isBelow(concept.code, value),
  generalizes: (concept, value, _property, content) =>
    concept.code === value || content.isBelow(value, concept.code),
};

function valuesOf(concept: Concept, property: string): readonly string[] {
  if (property === 'code') return [concept.code];
  if (property === 'display') return concept.display === undefined ? [] : [concept.display];
  return concept.properties.get(property) ?? [];
}

/**
 * @returns the test of one filter; undefined for an operator that cannot be evaluated here
 */
export function conceptFilter(
  filter: ValueSetComposeIncludeFilter,
  content: CodeSystemContent,
): ((concept: Concept) => boolean) | undefined {
  const { op, value, property } = filter;
  const test = op === undefined ? undefined : operators[op];
  if (!test || value === undefined || property === undefined) return undefined;
  return (concept) => test(concept, value, property, content);
}
