/**
 * URI parameters: equal to the letter; `:below` finds what begins with the value, `:above` what the value lies under.
 * `meta.profile` is a canonical: a search without a version finds every version.
 * https://hl7.org/fhir/R4/search.html#uri
 */
import type { TypedValue } from '../../fhirpath/expression.ts';
import { unescaped } from '../search-value.ts';
import { anyOf, type ParameterKind, termNode } from './kind.ts';

export interface UriTerm {
  readonly match: 'equal' | 'above' | 'below';
  readonly uri: string;
}

export const uriKind: ParameterKind<UriTerm> = {
  modifiers: [],
  indexedModifiers: ['above', 'below'],
  index(values, name, _parameter, into) {
    for (const value of values) {
      for (const uri of equivalents(value)) into.terms.add(`${name}|${uri}`);
    }
  },
  indexModifiers(values, name, into) {
    for (const { value } of values) {
      if (typeof value !== 'string') continue;
      into.strings.push({ param: name, value });
      into.terms.add(verbatimTerm(name, value));
    }
  },
  parse(text, modifier) {
    const match = modifier === 'above' || modifier === 'below' ? modifier : 'equal';
    return { match, uri: unescaped(text) };
  },
  plan({ match, uri }, name) {
    if (match === 'below') return { kind: 'string', match: 'prefix', param: name, text: uri };
    if (match === 'above')
      return anyOf(ancestors(uri).map((ancestor) => termNode(verbatimTerm(name, ancestor))));
    return termNode(`${name}|${uri}`);
  },
};

/** Without the latitude that a canonical's version has. */
function verbatimTerm(name: string, uri: string): string {
  return `${name}:verbatim|${uri}`;
}

/** A URI itself, and a canonical without its version too. */
function equivalents({ type, value }: TypedValue): string[] {
  if (typeof value !== 'string') return [];
  const bar = type === 'canonical' ? value.indexOf('|') : -1;
  return bar > 0 ? [value, value.slice(0, bar)] : [value];
}

/** The URI and every path that it lies under, with and without the slash at the end. */
function ancestors(uri: string): string[] {
  const found = new Set([uri]);
  for (let end = uri.lastIndexOf('/'); end > 0 && uri[end - 1] !== '/'; end = uri.lastIndexOf('/', end - 1)) {
    found.add(uri.slice(0, end + 1));
    found.add(uri.slice(0, end));
  }
  return [...found];
}
