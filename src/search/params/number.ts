/**
 * Number parameters. Without a prefix a number stands for all that rounds to it; with one that compares, for itself.
 * https://hl7.org/fhir/R4/search.html#number
 */
import { type DecimalRange, decimalRange } from '../decimal-range.ts';
import type { Parameter } from '../parameter.ts';
import { invalidValue, type ParameterKind } from './kind.ts';
import { type Alternatives, high, low, type Prefix, rangeNode, splitPrefix } from './prefix.ts';

export interface NumberTerm extends DecimalRange {
  readonly prefix: Prefix;
}

export const numberKind: ParameterKind<NumberTerm> = {
  modifiers: [],
  index(values, name, _parameter, into) {
    for (const { value } of values) {
      if (typeof value === 'number') into.numbers.push({ param: name, low: value, high: value });
    }
  },
  parse: (text, _modifier, parameter) => parseNumber(text, parameter),
  plan: (term, name) => rangeNode('number', name, numberAlternatives(term)),
};

export function parseNumber(text: string, parameter: Parameter): NumberTerm {
  const { prefix, rest } = splitPrefix(text);
  const range = decimalRange(rest);
  if (!range) throw invalidValue(parameter, 'a decimal number, with an optional prefix');
  return { prefix, ...range };
}

/** What an entry must meet; both of its ends are included. */
export function numberAlternatives(term: NumberTerm): Alternatives {
  switch (term.prefix) {
    case 'eq':
      return [[low('>=', term.low), high('<', term.high)]];
    case 'ne':
      return [[low('<', term.low)], [high('>=', term.high)]];
    case 'gt':
      return [[high('>', term.value)]];
    case 'lt':
      return [[low('<', term.value)]];
    case 'ge':
      return [[high('>=', term.value)]];
    case 'le':
      return [[low('<=', term.value)]];
    case 'sa':
      return [[low('>', term.value)]];
    case 'eb':
      return [[high('<', term.value)]];
    case 'ap':
      return [[low('<=', term.nearHigh), high('>=', term.nearLow)]];
  }
}
