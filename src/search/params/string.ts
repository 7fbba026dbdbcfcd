/**
 * String parameters: a value begins with the text, case, accents and white space aside; `:contains` it anywhere;
 * `:exact` equals it to the letter.
 * https://hl7.org/fhir/R4/search.html#string
 */
import { isObject } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import type { EntryCollector } from '../entry-collector.ts';
import { fold } from '../fold.ts';
import { unescaped } from '../search-value.ts';
import { type ParameterKind, termNode } from './kind.ts';

export interface StringTerm {
  readonly match: 'prefix' | 'contains' | 'exact';
  readonly text: string;
}

/** The elements of a complex type that are searched. */
const partsOf: Readonly<Record<string, readonly string[]>> = {
  HumanName: ['text', 'family', 'given', 'prefix', 'suffix'],
  Address: ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'],
  CodeableConcept: ['text'],
  Annotation: ['text'],
};

export const stringKind: ParameterKind<StringTerm> = {
  modifiers: ['contains'],
  indexedModifiers: ['exact'],
  index(values, name, _parameter, into) {
    indexFolded(values.flatMap(textsOf), name, into);
  },
  indexModifiers(values, name, into) {
    for (const text of values.flatMap(textsOf)) into.terms.add(exactTerm(name, text));
  },
  parse(text, modifier) {
    const meant = unescaped(text);
    if (modifier === 'exact') return { match: 'exact', text: meant };
    return { match: modifier === 'contains' ? 'contains' : 'prefix', text: fold(meant) };
  },
  plan({ match, text }, name) {
    if (match === 'exact') return termNode(exactTerm(name, text));
    return { kind: 'string', match, param: name, text };
  },
};

/** Adds texts to the ordered table, each once. */
export function indexFolded(texts: readonly string[], name: string, into: EntryCollector): void {
  for (const value of new Set(texts.map(fold))) into.strings.push({ param: name, value });
}

function exactTerm(name: string, text: string): string {
  return `${name}:exact|${text}`;
}

function textsOf({ type, value }: TypedValue): string[] {
  if (typeof value === 'string') return [value];
  if (!isObject(value)) return [];
  return (partsOf[type] ?? ['text'])
    .flatMap((part) => value[part])
    .filter((text) => typeof text === 'string');
}
